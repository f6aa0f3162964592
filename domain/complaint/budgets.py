"""What the pinned policy gives each clock of a complaint."""

from __future__ import annotations

from domain.complaint.standing import ComplaintStanding
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Span


def budget_of(case: ComplaintStanding, clock: Clock) -> Span | None:
    """What the pinned policy gives a clock at the case's present priority; None where it was set by hand."""
    rules, clocks = case.rules, case.rules.clocks
    task = case.find_task(clock.task) if clock.task else None
    if clock.kind is ClockKind.TIER:
        return rules.tier_time(case.tier, case.state.priority)
    if clock.kind is ClockKind.STATUS_UPDATE:
        return clocks.status_update.every
    if clock.kind is ClockKind.FIRST_RESPONSE:
        return clocks.first_response.budget(case.state.channel, vip=case.state.customer.vip)
    if clock.kind is ClockKind.TASK_CLAIM and task:
        return rules.tiers[task.tier or case.tier].respond_within
    if clock.kind is ClockKind.CLAIM_IDLE and task:
        return case.claim_idle_budget(task)
    fixed = {
        ClockKind.CUSTOMER_ANSWER: clocks.customer_answer.within,
        ClockKind.SATISFACTION: clocks.satisfaction.within,
        ClockKind.FOLLOW_UP: clocks.follow_up.within,
    }
    return fixed.get(clock.kind)
