"""The choice: who of a team is free and fit for a task, who of them gets it, and what decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.assignment.duty import Duty, Presence
from domain.assignment.need import Need
from domain.assignment.policy import AssignmentPolicy
from domain.sla.spans import Instant


class Bar(StrEnum):
    """Why somebody is not given a task; the first that holds is told."""

    EXCLUDED = "excluded"
    ABSENT = "absent"
    OFF_SHIFT = "off_shift"
    LACKS_SKILL = "lacks_skill"
    NOT_PRESENT = "not_present"
    BUSY = "busy"
    FULL = "full"
    PASSED = "passed"


AWAY_FOR_NOW: frozenset[Bar | None] = frozenset({Bar.EXCLUDED, Bar.ABSENT, Bar.OFF_SHIFT})
"""Bars of which is known when they end, or that they do not: looking again before that finds nobody else."""


class Reason(StrEnum):
    """What decided between those who were free and fit."""

    NAMED_AGENT = "named_agent"
    ONLY_ONE = "only_one"
    BEST_SKILLED = "best_skilled"
    LEAST_BUSY = "least_busy"
    LONGEST_WITHOUT = "longest_without"


class Choice(BaseModel):
    """Who gets a task, and why; nobody if `person` is None.

    Attributes:
        skills: of the task's, those that the person has.
        load: tasks that the person had before.
        fit: how many were free and fit.
        barred: how many were not, by why.
        again_at: before when looking again is of no use, None where it may be at any time.
    """

    model_config = ConfigDict(frozen=True)

    person: str | None = None
    reason: Reason | None = None
    skills: tuple[str, ...] = ()
    load: int = 0
    fit: int = 0
    barred: dict[Bar, int] = {}
    again_at: Instant | None = None


class _Rank(NamedTuple):
    """The order of those who are fit: whoever sorts first is chosen, and where two differ first is the reason."""

    unnamed: bool
    lacking: int
    load: int
    of_channel: int
    last_given: Instant
    person: str


_REASONS = (
    Reason.NAMED_AGENT,
    Reason.BEST_SKILLED,
    Reason.LEAST_BUSY,
    Reason.LEAST_BUSY,
    Reason.LONGEST_WITHOUT,
    Reason.LONGEST_WITHOUT,
)
"""By what two ranks differ in first."""


def choose(need: Need, team: Iterable[Duty], rules: AssignmentPolicy) -> Choice:
    """Choose among the members of a team: the customer's own agent, or the most skilled, or the least busy."""
    people = [duty for duty in team if not need.named_only or duty.person == need.named]
    bars = {duty.person: bar_of(duty, need, rules) for duty in people}
    barred = Counter(bar for bar in bars.values() if bar is not None)
    free = sorted((_rank(duty, need, rules), duty) for duty in people if bars[duty.person] is None)
    if not free:
        return Choice(barred=dict(barred), again_at=_again_at(people, bars))
    (rank, duty), *others = free
    return Choice(
        person=duty.person,
        reason=_reason(rank, others[0][0] if others else None),
        skills=tuple(sorted(duty.skills & _wanted(need, rules))),
        load=duty.load,
        fit=len(free),
        barred=dict(barred),
    )


def bar_of(duty: Duty, need: Need, rules: AssignmentPolicy) -> Bar | None:
    """Why somebody is not given a task now; None if they may get it."""
    of_channel = duty.in_hand.get(need.channel, 0)
    bars = {
        Bar.EXCLUDED: duty.person in need.excluded,
        Bar.ABSENT: duty.absent,
        Bar.OFF_SHIFT: not duty.on_shift,
        Bar.LACKS_SKILL: not need.skills(rules, required=True) <= duty.skills,
        Bar.NOT_PRESENT: duty.presence in (Presence.AWAY, Presence.OFFLINE),
        Bar.BUSY: duty.presence is Presence.BUSY,
        Bar.FULL: duty.load >= rules.in_all or of_channel >= rules.capacity_for(need.channel),
        Bar.PASSED: duty.person in need.passed,
    }
    return next((bar for bar, holds in bars.items() if holds), None)


def _rank(duty: Duty, need: Need, rules: AssignmentPolicy) -> _Rank:
    return _Rank(
        unnamed=duty.person != need.named,
        lacking=len(need.skills(rules, required=False) - duty.skills),
        load=duty.load,
        of_channel=duty.in_hand.get(need.channel, 0),
        last_given=duty.last_given,
        person=duty.person,
    )


def _reason(chosen: _Rank, next_best: _Rank | None) -> Reason:
    if not chosen.unnamed:
        return Reason.NAMED_AGENT
    if next_best is None:
        return Reason.ONLY_ONE
    return next(reason for reason, one, other in zip(_REASONS, chosen, next_best, strict=True) if one != other)


def _wanted(need: Need, rules: AssignmentPolicy) -> frozenset[str]:
    return need.skills(rules, required=True) | need.skills(rules, required=False)


def _again_at(people: list[Duty], bars: dict[str, Bar | None]) -> Instant | None:
    if not set(bars.values()) <= AWAY_FOR_NOW:
        return None
    away = (duty.back_at for duty in people if bars[duty.person] is not Bar.EXCLUDED)
    return min((back_at for back_at in away if back_at is not None), default=None)
