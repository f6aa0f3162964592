"""What the customer of an order change may ask. Each function refuses, or returns the act that will be done."""

from __future__ import annotations

from domain.case import Act
from domain.errors import WrongStatusError
from domain.order_change import messages as m
from domain.order_change.case import OrderChange
from domain.order_change.endings import give_up
from domain.order_change.flow import agreed
from domain.order_change.machine import ChangeCaseStatus, ChangeTrigger
from domain.order_change.state import Ending
from domain.rights import require_customer
from domain.shop_case.asking import check_shown
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant


def answer_change(case: OrderChange, request: m.AnswerChange) -> Act:
    """Accept the difference in price that was shown, or leave the order as it is."""
    require_customer(case, request.actor)
    quote = case.state.quote
    if case.state.status is not ChangeCaseStatus.AWAITING_ANSWER or quote is None:
        what = f"nothing is to be answered: it is {case.status}"
        raise WrongStatusError(what, status=case.status, possible=list(case.possible))
    if request.amount is not None:
        check_shown(request.amount, quote.collect or quote.refund or quote.after)

    def act(now: Instant) -> None:
        what = "change_accepted" if request.accepted else "change_declined"
        case.note(now, what, request.actor, text=request.text)
        if not request.accepted:
            give_up(case, Ending(outcome=m.ChangeOutcome.WITHDRAWN, reason="declined"), now, request.actor)
            return
        case.meet(ClockKind.CUSTOMER_ANSWER, now, "the customer accepted")
        if not quote.collect:
            agreed(case, now)
            return
        case.fire(ChangeTrigger.ASK_PAYMENT, now, request.actor)
        within = case.rules.clocks.payment.within
        case.start_clock(ClockKind.PAYMENT, within, now, "the customer accepted the price")

    return act


def withdraw_change(case: OrderChange, request: m.WithdrawChange) -> Act:
    """Leave the order as it is; everything that was reserved is released."""
    require_customer(case, request.actor)
    case.require(ChangeTrigger.WITHDRAW)

    def act(now: Instant) -> None:
        case.note(now, "withdrawn", request.actor, text=request.text)
        give_up(case, Ending(outcome=m.ChangeOutcome.WITHDRAWN, reason="withdrawn"), now, request.actor)

    return act
