"""Who is there: the staff of the teams that a board shows, with what each has in hand and may still be given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.assignment.duty import Presence
from domain.policy import Policy
from domain.sla.spans import Instant
from readmodel.board import Load
from starter.staffing import Colleague

_ORDER = (Presence.AVAILABLE, Presence.BUSY, Presence.AWAY, Presence.OFFLINE)


@dataclass(frozen=True)
class Mate:
    """Somebody of the staff.

    Attributes:
        person: how things stand with them; None for who has tasks without being of the staff any more.
        tasks: that they have, of which some are laid aside.
        due: when the first of them is due.
    """

    id: str
    person: Colleague | None
    tasks: int = 0
    aside: int = 0
    due: Instant | None = None

    @property
    def room(self) -> int:
        """How many tasks they could be given now, by whatever channel takes most; 0 where they are not there."""
        there = self.person and self.person.presence is Presence.AVAILABLE and not self.person.absent
        return max(self.person.room.values(), default=0) if self.person and there else 0

    @property
    def shown_first(self) -> bool:
        """Whether they have something in hand, or are at work."""
        return self.tasks > 0 or (self.person is not None and self.person.presence is not Presence.OFFLINE)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Most work first, then who is there."""
        return -self.tasks, _ORDER.index(self.person.presence) if self.person else len(_ORDER), self.id


def members(policy: Policy, teams: Iterable[str]) -> list[str]:
    """The staff of these teams."""
    shown = {*teams}
    return [one for one, own in policy.staff.items() if not shown.isdisjoint(own)]


def crew(people: Iterable[Colleague], loads: Iterable[Load], gone: Iterable[str] = ()) -> list[Mate]:
    """These people with what they have in hand, and whoever is gone and still has something; most work first."""
    of, known = {load.owner: load for load in loads}, {one.id: one for one in people}
    found = [_mate(one, known.get(one), of.get(one)) for one in (*known, *gone)]
    return sorted(found, key=lambda mate: mate.rank)


def _mate(one: str, person: Colleague | None, load: Load | None) -> Mate:
    return Mate(one, person) if load is None else Mate(one, person, load.tasks, load.aside, load.due)
