"""How a supervisor steps in. Each act needs a reason and is on record; each function refuses or returns the act."""

from __future__ import annotations

from domain.case import Act
from domain.complaint import messages as m
from domain.complaint.case import Complaint
from domain.complaint.machine import WORKING, ComplaintStatus, ComplaintTrigger
from domain.conversation import write
from domain.errors import ClockStateError, InvalidInputError, LimitExceededError, WrongStatusError
from domain.people import Actor, Role
from domain.policy import Policy
from domain.rights import require_role
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span, say_span
from domain.task_verbs import reassign as reassign_task
from domain.templates import TemplateName


def reassign(case: Complaint, request: m.Reassign) -> Act:
    """Give a task to somebody, whoever has it now."""
    return reassign_task(case, request.task_id, request.to, request.actor, request.reason)


def _open_clock(case: Complaint, clock_id: str, actor: Actor) -> Clock:
    require_role(actor, Role.SUPERVISOR)
    clock = case.clock(clock_id)
    if not clock.open:
        raise ClockStateError(f"clock {clock.id} has ended", field="clock", state=clock.state.value)
    return clock


def extend_clock(case: Complaint, request: m.ExtendClock) -> Act:
    """More time for a clock that is not breached, within the policy's limit for its whole life."""
    clock = _open_clock(case, request.clock, request.actor)
    if clock.breached_at is not None:
        raise ClockStateError(f"clock {clock.id} is breached already", field="clock", state=clock.state.value)
    limit = case.rules.extend_at_most
    if clock.extended_by + request.by > limit:
        raise LimitExceededError(
            f"a clock may be extended by {say_span(limit)} in all, {say_span(clock.extended_by)} are used",
            field="by",
            limit_ms=limit,
            used_ms=clock.extended_by,
        )

    def act(now: Instant) -> None:
        clock.extended_by += request.by
        why = f"extended by {request.actor.id}: {request.reason}"
        clock.rebudget(now, clock.budget + request.by, why, case.calendar(clock.calendar))
        case.note(now, "clock_extended", request.actor, clock=clock.id, by_ms=request.by, reason=request.reason)

    return act


def pause_clock(case: Complaint, request: m.PauseClock) -> Act:
    """Hold one clock until it is resumed."""
    clock = _open_clock(case, request.clock, request.actor)
    if clock.held:
        raise ClockStateError(f"clock {clock.id} is held already", field="clock", state=clock.state.value)

    def act(now: Instant) -> None:
        clock.held = True
        case.note(now, "clock_paused", request.actor, clock=clock.id, reason=request.reason)
        case.settle_pauses(now)

    return act


def resume_clock(case: Complaint, request: m.ResumeClock) -> Act:
    """Let go of a clock that was held; it runs unless the status pauses it."""
    clock = _open_clock(case, request.clock, request.actor)
    if not clock.held:
        raise ClockStateError(f"clock {clock.id} is not held", field="clock", state=clock.state.value)

    def act(now: Instant) -> None:
        clock.held = False
        case.note(now, "clock_resumed", request.actor, clock=clock.id, reason=request.reason)
        case.settle_pauses(now)

    return act


def force_tier(case: Complaint, request: m.ForceTier) -> Act:
    """Put the case into another tier, up or down."""
    require_role(request.actor, Role.SUPERVISOR)
    case.require(ComplaintTrigger.CLIMB)
    if request.tier not in case.rules.tiers:
        raise InvalidInputError(f"there is no tier {request.tier}", field="tier", expected=sorted(case.rules.tiers))
    if request.tier == case.tier:
        raise InvalidInputError(f"the case is in tier {case.tier} already", field="tier")

    def act(now: Instant) -> None:
        case.fire(ComplaintTrigger.CLIMB, now, request.actor, request.reason)
        case.cancel(ClockKind.CUSTOMER_ANSWER, now, "a supervisor moved the case")
        case.hand_over(request.tier, now, request.reason, request.actor)

    return act


def send_update_now(case: Complaint, request: m.SendUpdateNow) -> Act:
    """A status update out of turn."""
    require_role(request.actor, Role.SUPERVISOR)
    if case.state.status not in (*WORKING, ComplaintStatus.SOLUTION_OFFERED):
        raise WrongStatusError(f"nothing to report on a case that is {case.status}", status=case.status)

    def act(now: Instant) -> None:
        case.note(now, "update_ordered", request.actor, reason=request.reason)
        about = f"Status update by order of {request.actor.id}"
        write(case, TemplateName.STATUS_UPDATE, now, about, key=case.key("update_now"))

    return act


def change_priority(case: Complaint, request: m.ChangePriority) -> Act:
    """Another priority; clocks get the budget that it gives and keep what was consumed."""
    require_role(request.actor, Role.SUPERVISOR)
    if request.priority not in case.rules.priorities:
        known = sorted(case.rules.priorities)
        raise InvalidInputError(f"unknown priority {request.priority}", field="priority", expected=known)
    if case.over:
        raise WrongStatusError(f"the case is {case.status}", status=case.status)

    def act(now: Instant) -> None:
        former, case.state.priority = case.state.priority, request.priority
        case.note(
            now, "priority_changed", request.actor, former=former, priority=request.priority, reason=request.reason
        )
        _rebudget(case, now, f"priority {request.priority} by {request.actor.id}")

    return act


def adopt_policy(case: Complaint, request: m.AdoptPolicy, policy: Policy) -> Act:
    """Pin the case to another published policy. Clocks move to its calendars and budgets and keep what was consumed."""
    require_role(request.actor, Role.SUPERVISOR)
    missing = [team for task in case.active_tasks() if (team := task.team) not in policy.teams]
    tiers = {case.tier, *(task.tier for task in case.active_tasks() if task.tier)}
    if missing or tiers - policy.complaint.tiers.keys() or case.state.priority not in policy.complaint.priorities:
        raise InvalidInputError(
            f"policy {request.policy} lacks a team, tier or priority that this case uses", field="policy", teams=missing
        )

    def act(now: Instant) -> None:
        former, old = case.state.policy, case.policy
        case.policy, case.state.policy = policy, request.policy
        cause = f"policy {request.policy} adopted by {request.actor.id}"
        for clock in case.state.clocks:
            if not clock.open:
                continue
            name = case.rule(clock.kind).calendar
            clock.move_to(now, name, case.calendar(name), old.calendars[clock.calendar], request.policy, cause)
        case.note(now, "policy_adopted", request.actor, former=former, policy=request.policy, reason=request.reason)
        _rebudget(case, now, cause)
        case.settle_pauses(now)

    return act


def _rebudget(case: Complaint, now: Instant, cause: str) -> None:
    for clock in case.state.clocks:
        if clock.open and (budget := budget_of(case, clock)) is not None:
            clock.rebudget(now, budget + clock.extended_by, cause, case.calendar(clock.calendar))


def budget_of(case: Complaint, clock: Clock) -> Span | None:
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


def close_case(case: Complaint, request: m.CloseCase) -> Act:
    """Close without the customer's confirmation, or without the rest of the record of what was accepted."""
    require_role(request.actor, Role.SUPERVISOR)
    case.require(ComplaintTrigger.CLOSE)
    accepted = not case.unresolved

    def act(now: Instant) -> None:
        case.fire(ComplaintTrigger.CLOSE, now, request.actor, request.reason)
        outcome = m.Outcome.ACCEPTED if accepted else m.Outcome.CLOSED_BY_SUPERVISOR
        case.end(outcome, TemplateName.CLOSED, now, f"closed by {request.actor.id}")

    return act
