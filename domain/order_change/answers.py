"""What the shop's answers mean: a step was taken, taken back, or refused for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.conversation import write
from domain.deeds import TakeStep
from domain.order_change.endings import give_up
from domain.order_change.messages import ChangeOutcome
from domain.order_change.permits import WINDOW, order_read
from domain.order_change.plan import COLLECT, REFUND, STAGE
from domain.order_change.rules import quote_lines
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending, StepState, TakenStep
from domain.order_change.tasks import SETTLE
from domain.shop.asks import ShopAsk
from domain.shop.changes import Cancellation, StagedChange
from domain.shop.parcels import Parcel
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount
from domain.shop.refusal import Refusal
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import Brief
from domain.templates import TemplateName

MAYBE_CUT_OFF = ("quantity_not_possible", "order_state")
"""Refusals that may mean that the warehouse took the order over while we worked on it."""


def answered(case: OrderChangeStanding, deed: TakeStep, answer: object, now: Instant) -> None:
    """The shop did what was asked."""
    if deed.step == case.state.reading:
        case.state.reading = None
        _READ[deed.ask.do](case, answer, now)
        return
    step = _step(case, deed)
    step.state = StepState.UNDONE if deed.undo else StepState.DONE
    case.note(now, "step_undone" if deed.undo else "step_taken", step=deed.ask.do, name=deed.step)
    if not deed.undo and (follow := _TAKEN.get(deed.ask.do)):
        follow(case, answer, now)


def _step(case: OrderChangeStanding, deed: TakeStep) -> TakenStep:
    step = case.find_step(deed.step)
    assert step, deed.step
    return step


def _staged(case: OrderChangeStanding, answer: StagedChange, now: Instant) -> None:
    state = case.state
    assert state.shop_order
    assert state.account
    state.quote = quote_lines(state.shop_order, answer.preview, state.account)
    state.refund_due = state.quote.refund


def _collecting(case: OrderChangeStanding, answer: Collection, now: Instant) -> None:
    clock = case.open_clock(ClockKind.PAYMENT)
    if clock is None:
        return  # the customer withdrew meanwhile
    case.state.looked = True
    about = "Asked the customer to pay the difference"
    write(case, TemplateName.CHANGE_PAYMENT, now, about, answer_by=case.due(clock))


def _canceled(case: OrderChangeStanding, answer: Cancellation, now: Instant) -> None:
    state = case.state
    if not (state.account and state.quote and state.quote.refund):
        return
    left = state.account.refundable.beyond(answer.after).beyond(answer.refunded)
    # No more than was quoted: it is what was approved.
    due = min(left, state.quote.refund, key=lambda amount: amount.minor)
    state.refund_due = due if due.minor else None


_TAKEN: dict[str, Callable[[OrderChangeStanding, Any, Instant], None]] = {
    STAGE: _staged,
    COLLECT: _collecting,
    "cancel_order": _canceled,
}


def _account_read(case: OrderChangeStanding, answer: PaymentAccount, now: Instant) -> None:
    case.state.account = answer


def _collection_read(case: OrderChangeStanding, answer: Collection | None, now: Instant) -> None:
    step = case.find_step(COLLECT)
    if step and answer and answer.status is CollectionStatus.PAID:
        step.paid = case.state.paid = True
        case.note(now, "payment_received", amount=str(answer.amount))


def _parcels_found(case: OrderChangeStanding, answer: list[Parcel], now: Instant) -> None:
    case.state.parcels = answer


_READ: dict[str, Callable[[OrderChangeStanding, Any, Instant], None]] = {
    "read_order": order_read,
    "read_account": _account_read,
    "read_collection": _collection_read,
    "find_parcels": _parcels_found,
}


# Refusals that no repeat would change.


def refused(case: OrderChangeStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """The shop will never do this."""
    case.note(now, "step_refused", step=deed.ask.do, code=why.code, text=why.message, undo=deed.undo or None)
    if deed.step == case.state.reading:
        case.state.reading = None
        give_up(case, _ending(why), now)
    elif deed.undo:
        _not_undone(case, _step(case, deed), deed, why, now)
    else:
        _not_taken(case, _step(case, deed), deed, why, now)


def _not_taken(case: OrderChangeStanding, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    step.state = StepState.REFUSED
    if deed.step == REFUND:
        _hand_over(case, step, deed, why, now)
    elif why.code in MAYBE_CUT_OFF and case.state.permitted_by == WINDOW:
        case.state.wrong, case.state.checked = (why.code, why.message), False
    else:
        give_up(case, _ending(why), now)


def _not_undone(case: OrderChangeStanding, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    if deed.ask.do == "release_collection" and why.details.get("status") == CollectionStatus.PAID.value:
        # Paid in the last moment: the money goes back as a refund.
        step.state, step.paid = StepState.DONE, True
        return
    _hand_over(case, step, deed, why, now)


def _hand_over(case: OrderChangeStanding, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """A person settles what the shop will not do, with everything that is needed for it."""
    step.state = StepState.BY_HAND
    brief: Brief = {
        "step": step.name,
        "todo": f"take back {step.ask.do}" if deed.undo else deed.ask.do,
        "asked": _said(deed.ask),
        "code": why.code,
        "why": why.message,
    }
    case.offer(SETTLE, case.rules.settling_team, case.task_time(SETTLE), now, brief=brief)


def _said(ask: ShopAsk) -> str:
    """What was asked, field by field; whoever settles it looks an address up at the shop."""
    fields = [name for name in type(ask).model_fields if name not in ("do", "address")]
    return ", ".join(f"{name}: {getattr(ask, name)}" for name in fields)


def _ending(why: Refusal) -> Ending:
    holder = str(why.details.get("holder") or "").partition(":")[0]
    return Ending(outcome=ChangeOutcome.REFUSED, reason=why.code, other_case=holder or None)
