"""What the due steps of a return's clocks do."""

from __future__ import annotations

from collections.abc import Callable

from domain.due_steps import STEPS, ask_again
from domain.returns import parcels, waiting
from domain.returns.endings import give_up
from domain.returns.messages import ReturnOutcome
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.shop_case.collecting import payment_time_over
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant
from domain.templates import TemplateName


def execute(case: ReturnStanding, clock: Clock, action: StepAction, now: Instant) -> None:
    """Do what a due step says (the table that `domain.sla.rules.EXECUTED` promises)."""
    _STEPS[action](case, clock, now)


def _ask_again(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    ask_again(case, clock, TemplateName.RETURN_REMINDER, now)


def _look_again(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    """A word may have been lost: the shop and the carrier are asked before anything is called late."""
    if clock.kind is ClockKind.ORDER_LOCK:
        waiting.try_again(case, now)
    else:
        case.state.looked = case.state.checked = False


def _trace(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    parcels.trace(case, "the parcel was not seen in time", now)


def _close(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    _CLOSING[clock.kind](case, clock, now)


def _not_answered(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    give_up(case, Ending(outcome=ReturnOutcome.LAPSED, reason="not_answered"), now)


def _not_sent(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    """The parcel may be on its way without a word to us: the carrier is asked before the return lapses."""
    case.state.sending_over, case.state.looked = True, False
    case.cancel(clock.kind, now, "the time for sending is over")


def _not_rated(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    case.state.rating_over = True
    case.cancel(clock.kind, now, "the customer did not answer")


def _waited(case: ReturnStanding, clock: Clock, now: Instant) -> None:
    waiting.waited_too_long(case, now)


_CLOSING: dict[ClockKind, Callable[[ReturnStanding, Clock, Instant], None]] = {
    ClockKind.CUSTOMER_ANSWER: _not_answered,
    ClockKind.PAYMENT: payment_time_over,
    ClockKind.SENDING: _not_sent,
    ClockKind.SATISFACTION: _not_rated,
    ClockKind.ORDER_LOCK: _waited,
}

_STEPS: dict[StepAction, Callable[[ReturnStanding, Clock, Instant], None]] = {
    **STEPS,
    StepAction.ASK_AGAIN: _ask_again,
    StepAction.LOOK_AGAIN: _look_again,
    StepAction.TRACE: _trace,
    StepAction.CLOSE: _close,
}
