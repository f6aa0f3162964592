"""What another priority or policy would make of running promises, before anybody asks a case for it.

It follows from what is shown of a case: how much of a clock was extended is what its budget has beyond its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.catalog import COMPLAINT
from domain.complaint.policy import ComplaintPolicy
from domain.figures.dry_run import shop_parts
from domain.people import Channel
from domain.policy import Policy
from domain.projection import ShownClock
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.calendar import WorkingCalendar
from domain.sla.rules import ClockKind, ClockRule, FixedBudgetRule, StepAction
from domain.sla.spans import Instant, Span


class Terms(NamedTuple):
    """What the budgets of a case's clocks follow from."""

    policy: Policy
    case_type: str
    tier: int | None
    priority: str
    channel: str

    @property
    def part(self) -> ComplaintPolicy | ShopCasePolicy:
        """What the policy says about cases of this type."""
        return self.policy.complaint if self.case_type == COMPLAINT.name else shop_parts(self.policy)[self.case_type]

    @property
    def possible(self) -> bool:
        """Whether the policy knows priority and tier; a case refuses what it does not know."""
        tiers = self.policy.complaint.tiers
        return self.priority in self.part.priorities and (self.tier is None or self.tier in tiers)

    def rule(self, kind: ClockKind) -> ClockRule:
        """The rule of one kind of clock."""
        return self.part.clocks.rule(kind)

    def calendar(self, kind: ClockKind) -> WorkingCalendar:
        """The calendar by which such a clock runs."""
        return self.policy.calendars[self.rule(kind).calendar]


class Foreseen(NamedTuple):
    """What becomes of one promise.

    Attributes:
        due: when it would be due; None while it stands still.
        breaks: at once, or as soon as it runs on.
        climbs_to: the tier that the case then goes to; None where it stays.
    """

    kind: ClockKind
    due: Instant | None
    breaks: bool
    climbs_to: int | None


def foresee(
    clocks: Iterable[ShownClock], kinds: Mapping[str, str], had: Terms, gets: Terms, now: Instant
) -> list[Foreseen]:
    """What becomes of promises that are kept so far; nothing where the new terms would be refused.

    Args:
        clocks: that have neither ended nor been breached.
        kinds: of the case's tasks, by their id.
        had: the terms under which the clocks run.
        gets: the terms under which they would go on.
        now: the present instant.
    """
    if not (had.possible and gets.possible):
        return []
    return [_foreseen(clock, kinds.get(clock.task or ""), had, gets, now) for clock in clocks]


def _foreseen(clock: ShownClock, task: str | None, had: Terms, gets: Terms, now: Instant) -> Foreseen:
    used, due = clock.consumed, None
    budget = _budget(clock, task, had, gets)
    if clock.running_since is not None:
        used += had.calendar(clock.kind).between(clock.running_since, now)
        due = gets.calendar(clock.kind).add(max(now, clock.running_since), max(budget - used, 0))
    breaks = used >= budget
    return Foreseen(clock.kind, due, breaks, _climbs_to(gets, clock.kind) if breaks else None)


def _climbs_to(terms: Terms, kind: ClockKind) -> int | None:
    if terms.tier is None or terms.tier >= terms.policy.complaint.top_tier:
        return None
    return terms.tier + 1 if any(step.do is StepAction.ESCALATE for step in terms.rule(kind).steps) else None


def _budget(clock: ShownClock, task: str | None, had: Terms, gets: Terms) -> Span:
    vip = _vip(clock, had)
    before, after = (_given(terms, clock.kind, task, vip=vip) for terms in (had, gets))
    return clock.budget if before is None or after is None else clock.budget - before + after


def _vip(clock: ShownClock, terms: Terms) -> bool:
    """Whether a first response has the budget of a VIP: nothing else that is shown of a case says who is one."""
    usual = _given(terms, clock.kind, None, vip=False)
    return clock.kind is ClockKind.FIRST_RESPONSE and usual is not None and clock.budget < usual


def _given(terms: Terms, kind: ClockKind, task: str | None, *, vip: bool) -> Span | None:
    """What the terms give a clock; None where it was set by hand."""
    part = terms.part
    if isinstance(part, ComplaintPolicy):
        return _of_complaint(part, terms, kind, vip=vip)
    if kind is ClockKind.TASK_DUE and task in type(part.task_times).model_fields:
        return part.time_for(task, terms.priority)
    rule = terms.rule(kind)
    return rule.within if isinstance(rule, FixedBudgetRule) else None


def _of_complaint(part: ComplaintPolicy, terms: Terms, kind: ClockKind, *, vip: bool) -> Span | None:
    if kind is ClockKind.FIRST_RESPONSE:
        return part.clocks.first_response.budget(Channel(terms.channel), vip=vip)
    if kind is ClockKind.TIER and terms.tier is not None:
        return part.tier_time(terms.tier, terms.priority)
    if kind is ClockKind.TASK_CLAIM and terms.tier is not None:
        return part.tiers[terms.tier].respond_within
    return part.clocks.follow_up.within if kind is ClockKind.FOLLOW_UP else None
