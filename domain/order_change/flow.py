"""How an order change goes on: what follows from its status when nothing is under way at the shop."""

from __future__ import annotations

from collections.abc import Callable

from domain.conversation import write
from domain.order_change.endings import close, give_up
from domain.order_change.intercepting import begin_interception, intercept
from domain.order_change.machine import ChangeCaseStatus, ChangeTrigger
from domain.order_change.messages import ChangeOutcome
from domain.order_change.permits import WINDOW
from domain.order_change.plan import UNDO, to_commit, to_prepare
from domain.order_change.rules import quote_cancellation, quote_unchanged
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending
from domain.shop import asks
from domain.shop_case.collecting import collect
from domain.shop_case.endings import given_back
from domain.shop_case.people import ask_approval
from domain.shop_case.plan import next_of, next_to_undo, take
from domain.shop_case.policy import within_authority
from domain.shop_case.tasks import SETTLE
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.templates import TemplateName


def go_on(case: OrderChangeStanding, now: Instant) -> None:
    """Take the next step, unless one is under way or somebody else has the word."""
    while (following := _FOLLOWING.get(case.state.status)) and not case.busy:
        status = case.state.status
        following(case, now)
        if case.state.status is status:
            return


def _recognise(case: OrderChangeStanding, now: Instant) -> None:
    case.read(asks.ReadOrder(order_id=case.state.order_id), "Read the order")


def _prepare(case: OrderChangeStanding, now: Instant) -> None:
    state = case.state
    if state.wrong:
        _recognise(case, now)
    elif state.account is None and (state.wanted.lines or state.wanted.cancel):
        case.read(asks.ReadAccount(order_id=state.order_id), "Read what was paid")
    elif planned := next_of(case, to_prepare(case)):
        take(case, planned)
    else:
        if state.account and state.wanted.cancel:
            state.quote = quote_cancellation(case.order, state.account, turned_back=state.intercept)
        state.quote = state.quote or quote_unchanged(case.order)
        _offer(case, now)


def _offer(case: OrderChangeStanding, now: Instant) -> None:
    quote = case.state.quote
    assert quote
    moves = quote.collect or (quote.refund if case.rules.ask_customer == "any_difference" else None)
    if moves is None or case.state.wanted.cancel:
        agreed(case, now)
        return
    case.fire(ChangeTrigger.OFFER, now)
    within = case.rules.clocks.customer_answer.within
    clock = case.start_clock(ClockKind.CUSTOMER_ANSWER, within, now, "the price was shown to the customer")
    about = "Showed the customer what the change means, and asked whether to go on"
    write(case, TemplateName.CHANGE_OFFERED, now, about, answer_by=case.due(clock))


def agreed(case: OrderChangeStanding, now: Instant) -> None:
    """The customer agrees, or did not need to: approve what is above the limit, turn a parcel back, commit."""
    refund = case.state.quote.refund if case.state.quote else None
    if refund and not case.state.approved and not within_authority(case.rules.authority, refund):
        case.fire(ChangeTrigger.ASK_APPROVAL, now)
        ask_approval(case, refund, now)
    elif case.state.intercept:
        begin_interception(case, now)
    else:
        case.fire(ChangeTrigger.COMMIT, now)


def _await_payment(case: OrderChangeStanding, now: Instant) -> None:
    state = case.state
    if state.paid:
        case.meet(ClockKind.PAYMENT, now, "the payment came in")
        case.fire(ChangeTrigger.COMMIT, now)
        return
    assert state.quote
    assert state.quote.collect
    if not collect(case, state.quote.collect, now):
        give_up(case, Ending(outcome=ChangeOutcome.LAPSED, reason="not_paid"), now)


def _commit(case: OrderChangeStanding, now: Instant) -> None:
    state = case.state
    if state.permitted_by == WINDOW and not state.checked:
        case.read(asks.ReadOrder(order_id=state.order_id), "Read the order again before it is changed")
    elif planned := next_of(case, to_commit(case)):
        take(case, planned)
    elif not case.active_tasks(SETTLE):
        case.fire(ChangeTrigger.COMPLETE, now)
        close(case, ChangeOutcome.DONE, TemplateName.CHANGE_DONE, now, "the order was changed")


def _undo(case: OrderChangeStanding, now: Instant) -> None:
    ending = case.state.ending
    assert ending
    if step := next_to_undo(case, UNDO):
        case.take_back(step, UNDO[step.ask.do](case, step), f"Take back: {step.name.partition(':')[0]}")
        return
    if not case.state.told:
        case.state.told = True
        case.cancel(ClockKind.STATUS_UPDATE, now, "the customer was told how it ended")
        write(case, TemplateName.CHANGE_ENDED, now, f"Told the customer: {ending.reason}", **_said_of(case, ending))
    if not case.active_tasks(SETTLE):
        case.fire(_ENDS[ending.outcome], now)
        close(case, ending.outcome, None, now, ending.reason)


def _said_of(case: OrderChangeStanding, ending: Ending) -> dict[str, str | None]:
    return {**ending.words, **given_back(case)}


_ENDS = {
    ChangeOutcome.REFUSED: ChangeTrigger.REFUSE,
    ChangeOutcome.LAPSED: ChangeTrigger.LAPSE,
    ChangeOutcome.WITHDRAWN: ChangeTrigger.CLOSE_WITHDRAWN,
}

_FOLLOWING: dict[ChangeCaseStatus, Callable[[OrderChangeStanding, Instant], None]] = {
    ChangeCaseStatus.RECEIVED: _recognise,
    ChangeCaseStatus.PREPARING: _prepare,
    ChangeCaseStatus.AWAITING_PAYMENT: _await_payment,
    ChangeCaseStatus.INTERCEPTING: intercept,
    ChangeCaseStatus.COMMITTING: _commit,
    ChangeCaseStatus.UNDOING: _undo,
}
