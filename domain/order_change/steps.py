"""What the due steps of an order change's clocks do."""

from __future__ import annotations

from collections.abc import Callable

from domain.due_steps import STEPS, ask_again
from domain.order_change.endings import give_up
from domain.order_change.intercepting import ask_for_decision
from domain.order_change.messages import ChangeOutcome
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending
from domain.shop_case.collecting import payment_time_over
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant
from domain.templates import TemplateName


def execute(case: OrderChangeStanding, clock: Clock, action: StepAction, now: Instant) -> None:
    """Do what a due step says (the table that `domain.sla.rules.EXECUTED` promises)."""
    _STEPS[action](case, clock, now)


def _ask_again(case: OrderChangeStanding, clock: Clock, now: Instant) -> None:
    ask_again(case, clock, TemplateName.CHANGE_REMINDER, now)


def _close(case: OrderChangeStanding, clock: Clock, now: Instant) -> None:
    if clock.kind is ClockKind.PAYMENT:
        payment_time_over(case, clock, now)
        return
    give_up(case, Ending(outcome=ChangeOutcome.LAPSED, reason="not_answered"), now)


def _nobody_saw_it(case: OrderChangeStanding, clock: Clock, now: Instant) -> None:
    case.cancel(ClockKind.INTERCEPTION, now, "no scan came in time")
    ask_for_decision(case, now, "no scan says that the parcel comes back")


_STEPS: dict[StepAction, Callable[[OrderChangeStanding, Clock, Instant], None]] = {
    **STEPS,
    StepAction.ASK_AGAIN: _ask_again,
    StepAction.CLOSE: _close,
    StepAction.HAND_OVER: _nobody_saw_it,
}
