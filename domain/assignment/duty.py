"""Who is there: what somebody said of themselves, their shifts and absences, and what they have in hand."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import Instant

_FROZEN = ConfigDict(frozen=True)


class Presence(StrEnum):
    """Whether somebody takes new work; `busy` is there and takes none."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class Told(BaseModel):
    """What is on record of a person.

    Attributes:
        presence: as it was said last.
        heard_at: when they were last heard of.
        absent_until: the end of the absence in which they are, None for none.
        last_given: when they were given a task last.
    """

    model_config = _FROZEN

    presence: Presence = Presence.OFFLINE
    heard_at: Instant = 0
    absent_until: Instant | None = None
    last_given: Instant = 0


class Duty(BaseModel):
    """A person at one instant.

    Attributes:
        back_at: when an absence or the time between two shifts ends, None where nobody knows.
        in_hand: tasks that the person has, by the channel of their cases.
    """

    model_config = _FROZEN

    person: str
    presence: Presence
    absent: bool
    on_shift: bool
    back_at: Instant | None = None
    skills: frozenset[str] = frozenset()
    in_hand: Mapping[Channel, int] = {}
    last_given: Instant = 0

    @property
    def load(self) -> int:
        """Tasks that the person has."""
        return sum(self.in_hand.values())


def duty_of(person: str, policy: Policy, told: Told, in_hand: Mapping[Channel, int], now: Instant) -> Duty:
    """How things stand with a person under the policy in force."""
    rules = policy.assignment
    fresh = now - told.heard_at <= rules.present_for
    begins = _next_shift(person, policy, now)
    absent = told.absent_until is not None and told.absent_until > now
    return Duty(
        person=person,
        presence=told.presence if fresh else Presence.OFFLINE,
        absent=absent,
        on_shift=begins is None or begins <= now,
        back_at=told.absent_until if absent else begins,
        skills=rules.skills_of(person),
        in_hand=in_hand,
        last_given=told.last_given,
    )


def _next_shift(person: str, policy: Policy, now: Instant) -> Instant | None:
    """When the person works next, `now` if they do; None for whoever is in no shift."""
    shifts = (shift for shift in policy.assignment.shifts.values() if person in shift.members)
    return min((policy.calendars[shift.calendar].next_open(now) for shift in shifts), default=None)
