"""Who is there: the staff of the teams that a board shows, with what each has in hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.policy import Policy
from domain.sla.spans import Instant
from readmodel.board import Load


@dataclass(frozen=True)
class Mate:
    """Somebody of the staff. `due` is when the first of their tasks is due; absent is who takes no work in any team."""

    id: str
    teams: tuple[str, ...]
    absent: bool
    tasks: int = 0
    aside: int = 0
    due: Instant | None = None


def crew(policy: Policy, teams: Iterable[str], loads: Iterable[Load]) -> list[Mate]:
    """The members of these teams, and whoever has tasks without being a member any more; most work first."""
    shown, of = {*teams}, {load.owner: load for load in loads}
    members = {one: own for one, own in policy.staff.items() if not shown.isdisjoint(own)}
    gone = [owner for owner in of if owner not in policy.staff] if shown >= policy.teams.keys() else []
    found = [_mate(policy, one, members.get(one, ()), of.get(one)) for one in (*members, *gone)]
    return sorted(found, key=lambda mate: (-mate.tasks, mate.absent, mate.id))


def _mate(policy: Policy, one: str, teams: tuple[str, ...], load: Load | None) -> Mate:
    absent = all(one in policy.teams[team].absent for team in teams)
    if load is None:
        return Mate(one, teams, absent)
    return Mate(one, teams, absent, load.tasks, load.aside, load.due)
