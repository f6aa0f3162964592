"""Waiting for another case: an order takes one change at a time, and the customer is told which one comes first."""

from __future__ import annotations

from domain.conversation import write
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.standing import ReturnStanding
from domain.shop.refusal import Refusal
from domain.shop_case.answers import ask_to_settle
from domain.shop_case.state import StepState, TakenStep
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName

BUSY = "order_busy"


def block(case: ReturnStanding, why: Refusal, now: Instant) -> None:
    """Another change of the order is open: wait for it, and say so once."""
    state = case.state
    first, state.blocked, state.blocked_by = not waits(case), True, why.holder
    if case.is_in(ReturnCaseStatus.PREPARING):
        case.fire(ReturnTrigger.WAIT, now, why=BUSY)
    if state.waited:
        _give_way(case, now)
    elif first:
        case.promise(ClockKind.ORDER_LOCK, now, "another case keeps the order busy")
        about = "Told the customer that another case of the order comes first"
        write(case, TemplateName.RETURN_RECEIVED, now, about, other_case=why.holder)


def waits(case: ReturnStanding) -> bool:
    """Whether the case has been waiting for another one."""
    return case.open_clock(ClockKind.ORDER_LOCK) is not None


def try_again(case: ReturnStanding, now: Instant) -> None:
    """The order may be free by now."""
    if not case.state.blocked:
        return
    case.state.blocked = False
    if case.is_in(ReturnCaseStatus.WAITING):
        case.fire(ReturnTrigger.PREPARE, now)


def free(case: ReturnStanding, now: Instant) -> None:
    """The order was free: a step went through."""
    case.state.blocked_by, case.state.waited = None, False
    case.meet(ClockKind.ORDER_LOCK, now, "the order is free")


def waited_too_long(case: ReturnStanding, now: Instant) -> None:
    """The other case does not seem to end: one last try, for nobody may have told us of its end."""
    case.cancel(ClockKind.ORDER_LOCK, now, "waited long enough")
    case.state.waited = True
    try_again(case, now)


def _give_way(case: ReturnStanding, now: Instant) -> None:
    """Before anything has come back the case is refused, later a person sees to it."""
    case.state.waited = False
    if case.is_in(ReturnCaseStatus.WAITING):
        case.refuse(BUSY, now, other_case=case.state.blocked_by)
        return
    step = _refused_step(case)
    step.state, case.state.blocked = StepState.BY_HAND, False
    why = Refusal(BUSY, f"case {case.state.blocked_by or 'of somebody else'} keeps the order busy", {})
    ask_to_settle(case, {"step": step.name, "todo": step.ask.do}, why, now)


def _refused_step(case: ReturnStanding) -> TakenStep:
    return next(step for step in reversed(case.state.steps) if step.state is StepState.REFUSED)
