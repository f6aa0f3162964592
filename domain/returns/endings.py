"""How a return ends: given up, with everything taken back first; or closed."""

from __future__ import annotations

from domain.conversation import write
from domain.people import SYSTEM, Actor
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.messages import ReturnOutcome
from domain.returns.standing import ReturnStanding
from domain.returns.state import Ending
from domain.returns.wish import Remedy
from domain.shop_case.endings import end, given_back
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.task_moves import withdraw_all
from domain.templates import TemplateName

LEGS = (
    *(ClockKind.ORDER_LOCK, ClockKind.CUSTOMER_ANSWER, ClockKind.PAYMENT, ClockKind.LABEL),
    *(ClockKind.SENDING, ClockKind.TRANSIT, ClockKind.REFUND),
)
"""The clocks that end when the case comes to nothing."""

_COMES_TO = {
    Remedy.REFUND: ReturnOutcome.REFUNDED,
    Remedy.EXCHANGE: ReturnOutcome.EXCHANGED,
    Remedy.REPAIR: ReturnOutcome.REPAIRED,
    Remedy.REPLACEMENT: ReturnOutcome.REPLACED,
}


def give_up(case: ReturnStanding, ending: Ending, now: Instant, by: Actor = SYSTEM) -> None:
    """It comes to nothing: what was asked of people is withdrawn, what was done at the shop is taken back."""
    if case.is_in(ReturnCaseStatus.UNDOING):
        return
    case.state.ending = ending
    withdrawn = ending.outcome is ReturnOutcome.WITHDRAWN
    _keep_nothing(case)
    case.fire(ReturnTrigger.WITHDRAW if withdrawn else ReturnTrigger.GIVE_UP, now, by, ending.reason)
    for kind in LEGS:
        case.cancel(kind, now, ending.reason)
    withdraw_all(case, now, ending.reason)
    case.state.blocked = False


def _keep_nothing(case: ReturnStanding) -> None:
    """What came in this round and was not booked yet stays the customer's; if it lies with us, it goes home."""
    state = case.state
    for item in state.arrived:
        state.accepted[item.line_id] -= item.quantity
        if state.goods_here:
            state.to_go_back[item.line_id] = state.to_go_back.get(item.line_id, 0) + item.quantity
    state.arrived = []


def tell_ending(case: ReturnStanding, now: Instant) -> None:
    """Tell the customer, once, that it came to nothing and why."""
    ending = case.state.ending
    assert ending
    if not case.state.told:
        case.state.told = True
        words = {**ending.words, **given_back(case), "sent_home": "yes" if case.state.to_go_back else None}
        write(case, TemplateName.RETURN_ENDED, now, f"Told the customer: {ending.reason}", **words)


def outcome_of(case: ReturnStanding) -> ReturnOutcome:
    """What it came to."""
    state = case.state
    if state.ending:
        return ReturnOutcome.PARTLY if case.part_settled else state.ending.outcome
    return ReturnOutcome.PARTLY if state.rest_dropped else _COMES_TO[state.remedy]


def close(case: ReturnStanding, trigger: ReturnTrigger, now: Instant, why: str) -> None:
    """The case is over: every clock ends, open tasks are withdrawn."""
    case.fire(trigger, now)
    end(case, outcome_of(case), now, why)
