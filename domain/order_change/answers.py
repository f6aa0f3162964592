"""What the shop's answers mean: a step was taken, taken back, or refused for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.deeds import TakeStep
from domain.money import Money
from domain.order_change.permits import WINDOW, order_read
from domain.order_change.plan import STAGE
from domain.order_change.rules import quote_lines
from domain.order_change.standing import OrderChangeStanding
from domain.shop.changes import Cancellation, StagedChange
from domain.shop.parcels import Parcel
from domain.shop.payments import Collection
from domain.shop.refusal import Refusal
from domain.shop_case.answers import (
    account_read,
    ask_to_settle,
    collection_read,
    hand_over,
    not_undone,
    note_refusal,
    step_answered,
    step_of,
)
from domain.shop_case.collecting import asked_to_pay
from domain.shop_case.plan import COLLECT, REFUND
from domain.shop_case.policy import within_authority
from domain.shop_case.state import StepState, TakenStep
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
    step_answered(case, deed, now)
    if not deed.undo and (follow := _TAKEN.get(deed.ask.do)):
        follow(case, answer, now)


def _staged(case: OrderChangeStanding, answer: StagedChange, now: Instant) -> None:
    state = case.state
    assert state.account
    state.quote = quote_lines(case.order, answer.preview, state.account)
    state.refund_due = state.quote.refund


def _collecting(case: OrderChangeStanding, answer: Collection, now: Instant) -> None:
    asked_to_pay(case, TemplateName.CHANGE_PAYMENT, "Asked the customer to pay the difference", now)


def _canceled(case: OrderChangeStanding, answer: Cancellation, now: Instant) -> None:
    """What is left in this moment is paid back; another case may have changed the order since it was shown."""
    state = case.state
    assert state.account
    assert state.quote
    left = answer.refundable
    if left is None:
        left = state.account.refundable.beyond(answer.refunded)
    if not state.written_off:
        left = left.beyond(answer.after)
    due = left
    if not within_authority(case.rules.authority, left):
        # No more than was quoted: it is what was approved.
        quoted = state.quote.refund or Money(minor=0, currency=left.currency)
        due = min(left, quoted, key=lambda amount: amount.minor)
    state.refund_due = due if due.minor else None
    if (rest := left.beyond(due)).minor:
        brief: Brief = {"step": f"{REFUND}:rest", "todo": f"refund {rest} more", "asked": f"{left} is left in all"}
        ask_to_settle(case, brief, Refusal("not_approved", "more is left than was shown and approved", {}), now)


_TAKEN: dict[str, Callable[[OrderChangeStanding, Any, Instant], None]] = {
    STAGE: _staged,
    COLLECT: _collecting,
    "cancel_order": _canceled,
}


def _parcels_found(case: OrderChangeStanding, answer: list[Parcel], now: Instant) -> None:
    case.state.parcels = answer


_READ: dict[str, Callable[[OrderChangeStanding, Any, Instant], None]] = {
    "read_order": order_read,
    "read_account": account_read,
    "read_collection": collection_read,
    "find_parcels": _parcels_found,
}


# Refusals that no repeat would change.


def refused(case: OrderChangeStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """The shop will never do this."""
    note_refusal(case, deed, why, now)
    if deed.step == case.state.reading:
        case.state.reading = None
        case.refuse(why.code, now, other_case=why.holder)
    elif deed.undo:
        not_undone(case, deed, why, now)
    else:
        _not_taken(case, step_of(case, deed), deed, why, now)


def _not_taken(case: OrderChangeStanding, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    step.state = StepState.REFUSED
    if deed.step == REFUND:
        hand_over(case, step, deed, why, now)
    elif why.code in MAYBE_CUT_OFF and case.state.permitted_by == WINDOW:
        case.state.wrong, case.state.checked = (why.code, why.message), False
    else:
        case.refuse(why.code, now, other_case=why.holder)
