"""What the customer of a return may ask. Each function refuses, or returns the act that will be done."""

from __future__ import annotations

from domain.case import Act
from domain.errors import WrongStatusError
from domain.returns import messages as m
from domain.returns.case import Return
from domain.returns.endings import give_up
from domain.returns.machine import ReturnCaseStatus, ReturnTrigger
from domain.returns.parcels import not_sent
from domain.returns.state import Ending
from domain.returns.tasks import FOLLOW_UP
from domain.rights import require_customer
from domain.shop_case.asking import check_shown
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant


def _require_status(case: Return, status: ReturnCaseStatus, what: str) -> None:
    if not case.is_in(status):
        raise WrongStatusError(f"{what}: it is {case.status}", status=case.status, possible=list(case.possible))


def answer_return(case: Return, request: m.AnswerReturn) -> Act:
    """Accept the price that was shown, or do without."""
    require_customer(case, request.actor)
    _require_status(case, ReturnCaseStatus.AWAITING_ANSWER, "nothing is to be answered")
    price = case.state.price
    assert price
    if request.amount is not None:
        check_shown(request.amount, price)

    def act(now: Instant) -> None:
        what = "price_accepted" if request.accepted else "price_declined"
        case.note(now, what, request.actor, text=request.text)
        if not request.accepted:
            give_up(case, Ending(outcome=m.ReturnOutcome.WITHDRAWN, reason="declined"), now, request.actor)
            return
        case.meet(ClockKind.CUSTOMER_ANSWER, now, "the customer accepted")
        case.fire(ReturnTrigger.ASK_PAYMENT, now, request.actor)
        case.promise(ClockKind.PAYMENT, now, "the customer accepted the price")

    return act


def withdraw_return(case: Return, request: m.WithdrawReturn) -> Act:
    """Keep the goods; everything that was announced and kept for it is released."""
    require_customer(case, request.actor)
    case.require(ReturnTrigger.WITHDRAW)

    def act(now: Instant) -> None:
        case.note(now, "withdrawn", request.actor, text=request.text)
        if case.part_settled and case.is_in(ReturnCaseStatus.AWAITING_PARCEL):
            not_sent(case, now)
        else:
            give_up(case, Ending(outcome=m.ReturnOutcome.WITHDRAWN, reason="withdrawn"), now, request.actor)

    return act


def report_sent(case: Return, request: m.ReportSent) -> Act:
    """The parcel is on its way, says the customer: from now on it is expected."""
    require_customer(case, request.actor)
    _require_status(case, ReturnCaseStatus.AWAITING_PARCEL, "no parcel is awaited")

    def act(now: Instant) -> None:
        case.note(now, "reported_sent", request.actor, text=request.text)
        case.state.told_sent, case.state.looked = True, False

    return act


def rate_return(case: Return, request: m.RateReturn) -> Act:
    """Say whether all is well; a customer who is not satisfied is called."""
    require_customer(case, request.actor)
    _require_status(case, ReturnCaseStatus.CONFIRMING, "there is nothing to rate yet")
    if case.state.satisfied is not None:
        raise WrongStatusError("it was rated already", status=case.status, possible=[])

    def act(now: Instant) -> None:
        case.state.satisfied, case.state.score = request.satisfied, request.score
        what = "satisfied" if request.satisfied else "not_satisfied"
        case.note(now, what, request.actor, text=request.text, score=request.score)
        case.meet(ClockKind.SATISFACTION, now, "the customer answered")
        if not request.satisfied:
            case.offer_work(FOLLOW_UP, case.rules.following_team, now, said=request.text, score=request.score)

    return act
