"""How a supervisor steps in, whatever the case is about. Each act needs a reason and is on record.

Each function refuses or returns the act. What a clock's budget is, what may be moved and how a case is closed, the type
of case says.
"""

from __future__ import annotations

from domain import requests as r
from domain.case import Act
from domain.conversation import write
from domain.errors import ClockStateError, InvalidInputError, LimitExceededError, WrongStatusError
from domain.people import Actor, Role
from domain.policy import Policy
from domain.rights import require_role
from domain.sla.clock import Clock
from domain.sla.spans import Instant, Span, say_span
from domain.task_verbs import reassign as reassign_task
from domain.worked_case import WorkedCase


def reassign(case: WorkedCase, request: r.Reassign) -> Act:
    """Give a task to somebody, whoever has it now."""
    return reassign_task(case, request.task_id, request.to, request.actor, request.reason)


def _clock_of(case: WorkedCase, clock_id: str, actor: Actor) -> Clock:
    require_role(actor, Role.SUPERVISOR)
    return case.clock(clock_id)


def _check_movable(case: WorkedCase, clock: Clock) -> None:
    if not clock.open:
        raise ClockStateError(f"clock {clock.id} has ended", field="clock", state=clock.state.value)
    case.check_moved(clock)


def check_extended(case: WorkedCase, clock: Clock, by: Span = 1) -> None:
    """Refuse more time for a clock that has ended or is breached, and more than it may get in its whole life.

    Raises:
        ClockStateError: ended, breached, or not ours to move.
        LimitExceededError: details give the limit and what is used of it, in milliseconds.
    """
    _check_movable(case, clock)
    if clock.breached_at is not None:
        raise ClockStateError(f"clock {clock.id} is breached already", field="clock", state=clock.state.value)
    limit = case.extend_at_most
    if clock.extended_by + by > limit:
        raise LimitExceededError(
            f"a clock may be extended by {say_span(limit)} in all, {say_span(clock.extended_by)} are used",
            field="by",
            limit_ms=limit,
            used_ms=clock.extended_by,
        )


def check_held(case: WorkedCase, clock: Clock) -> None:
    """Refuse to hold a clock that is held, or has ended.

    Raises:
        ClockStateError: nothing of it can be held.
    """
    _check_movable(case, clock)
    if clock.held:
        raise ClockStateError(f"clock {clock.id} is held already", field="clock", state=clock.state.value)


def check_let_go(case: WorkedCase, clock: Clock) -> None:
    """Refuse to let go of a clock that nobody holds: the status pauses it, and lets it run again.

    Raises:
        ClockStateError: it is not held, or has ended.
    """
    _check_movable(case, clock)
    if not clock.held:
        raise ClockStateError(f"clock {clock.id} is not held", field="clock", state=clock.state.value)


def extend_clock(case: WorkedCase, request: r.ExtendClock) -> Act:
    """More time for a clock that is not breached, within the policy's limit for its whole life."""
    clock = _clock_of(case, request.clock, request.actor)
    check_extended(case, clock, request.by)

    def act(now: Instant) -> None:
        clock.extended_by += request.by
        why = f"extended by {request.actor.id}: {request.reason}"
        clock.rebudget(now, clock.budget + request.by, why, case.calendar(clock.calendar))
        case.note(now, "clock_extended", request.actor, clock=clock.id, by_ms=request.by, reason=request.reason)

    return act


def pause_clock(case: WorkedCase, request: r.PauseClock) -> Act:
    """Hold one clock until it is resumed."""
    clock = _clock_of(case, request.clock, request.actor)
    check_held(case, clock)

    def act(now: Instant) -> None:
        clock.held = True
        case.note(now, "clock_paused", request.actor, clock=clock.id, reason=request.reason)
        case.settle_pauses(now)

    return act


def resume_clock(case: WorkedCase, request: r.ResumeClock) -> Act:
    """Let go of a clock that was held; it runs unless the status pauses it."""
    clock = _clock_of(case, request.clock, request.actor)
    check_let_go(case, clock)

    def act(now: Instant) -> None:
        clock.held = False
        case.note(now, "clock_resumed", request.actor, clock=clock.id, reason=request.reason)
        case.settle_pauses(now)

    return act


def check_news(case: WorkedCase) -> None:
    """Refuse an update where there is nothing to tell.

    Raises:
        WrongStatusError: the customer knows already, or has the word.
    """
    if not case.has_news:
        raise WrongStatusError(f"nothing to report on a case that is {case.status}", status=case.status)


def send_update_now(case: WorkedCase, request: r.SendUpdateNow) -> Act:
    """A status update out of turn."""
    require_role(request.actor, Role.SUPERVISOR)
    check_news(case)

    def act(now: Instant) -> None:
        case.note(now, "update_ordered", request.actor, reason=request.reason)
        about = f"Status update by order of {request.actor.id}"
        write(case, case.update_template, now, about, key=case.key("update_now"))

    return act


def check_priority(case: WorkedCase) -> None:
    """Refuse another priority for what is over.

    Raises:
        WrongStatusError: nothing of it is done any more.
    """
    if case.over:
        raise WrongStatusError(f"the case is {case.status}", status=case.status)


def change_priority(case: WorkedCase, request: r.ChangePriority) -> Act:
    """Another priority; clocks get the budget that it gives and keep what was consumed."""
    require_role(request.actor, Role.SUPERVISOR)
    if request.priority not in case.priorities_in(case.policy):
        known = sorted(case.priorities_in(case.policy))
        raise InvalidInputError(f"unknown priority {request.priority}", field="priority", expected=known)
    check_priority(case)

    def act(now: Instant) -> None:
        former, case.state.priority = case.state.priority, request.priority
        case.note(
            now, "priority_changed", request.actor, former=former, priority=request.priority, reason=request.reason
        )
        _rebudget(case, now, f"priority {request.priority} by {request.actor.id}")

    return act


def adopt_policy(case: WorkedCase, request: r.AdoptPolicy, policy: Policy) -> Act:
    """Pin the case to another published policy. Clocks move to its calendars and budgets and keep what was consumed."""
    require_role(request.actor, Role.SUPERVISOR)
    missing = [team for task in case.active_tasks() if (team := task.team) not in policy.teams]
    if missing or not case.fits(policy) or case.state.priority not in case.priorities_in(policy):
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


def _rebudget(case: WorkedCase, now: Instant, cause: str) -> None:
    for clock in case.state.clocks:
        if clock.open and (budget := case.budget_of(clock)) is not None:
            clock.rebudget(now, budget + clock.extended_by, cause, case.calendar(clock.calendar))


def close_case(case: WorkedCase, request: r.CloseCase) -> Act:
    """Close before its time: what that leaves undone, the type of case says."""
    require_role(request.actor, Role.SUPERVISOR)
    case.check_close()

    def act(now: Instant) -> None:
        case.close_by(request.actor, request.reason, now)

    return act
