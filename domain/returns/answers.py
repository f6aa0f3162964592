"""What the shop's answers mean: a step was taken, taken back, or refused for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.deeds import TakeStep
from domain.returns.machine import ReturnCaseStatus
from domain.returns.plan import SEND_BACK
from domain.returns.standing import ReturnStanding
from domain.returns.waiting import BUSY, block, free
from domain.shop import asks
from domain.shop.parcels import Parcel
from domain.shop.payments import Collection, Refund, RefundStatus
from domain.shop.refusal import Refusal
from domain.shop.returns import Replacement, ReturnDocument
from domain.shop.values import Variant
from domain.shop_case.answers import (
    account_read,
    ask_to_settle,
    collection_read,
    hand_over,
    not_undone,
    note_refusal,
    order_read,
    step_answered,
    step_of,
)
from domain.shop_case.collecting import asked_to_pay
from domain.shop_case.state import StepState, TakenStep
from domain.sla.spans import Instant
from domain.templates import TemplateName

EARLY = (
    *(ReturnCaseStatus.RECEIVED, ReturnCaseStatus.PREPARING, ReturnCaseStatus.AWAITING_PAYMENT),
    ReturnCaseStatus.ANNOUNCING,
)
"""Until the customer has sent anything, a refusal of the shop is one of the case."""


def answered(case: ReturnStanding, deed: TakeStep, answer: object, now: Instant) -> None:
    """The shop did what was asked."""
    if deed.step == case.state.reading:
        case.state.reading = None
        _READ[deed.ask.do](case, answer, now)
        return
    step_answered(case, deed, now)
    free(case, now)
    if not deed.undo and (follow := _TAKEN.get(deed.ask.do)):
        follow(case, deed, answer, now)


# What was read.


def _parcels_found(case: ReturnStanding, parcels: list[Parcel], now: Instant) -> None:
    case.state.parcels = parcels


def _variant_read(case: ReturnStanding, variant: Variant, now: Instant) -> None:
    case.state.variants[variant.id] = variant


def _parcel_read(case: ReturnStanding, parcel: Parcel, now: Instant) -> None:
    if case.state.outbound:
        case.state.outbound = parcel
    else:
        case.state.inbound = parcel


_READ: dict[str, Callable[[ReturnStanding, Any, Instant], None]] = {
    "read_order": order_read,
    "read_account": account_read,
    "find_parcels": _parcels_found,
    "read_variant": _variant_read,
    "read_parcel": _parcel_read,
    "read_collection": collection_read,
}


# What was done.


def _announced(case: ReturnStanding, deed: TakeStep, document: ReturnDocument, now: Instant) -> None:
    case.state.document = document


def _received(case: ReturnStanding, deed: TakeStep, document: ReturnDocument, now: Instant) -> None:
    """Received is what stands in the shop's document, not what was answered to us."""
    assert isinstance(deed.ask, asks.ReceiveReturn)
    case.state.document, case.state.goods_here = document, False
    if document.receipt(deed.ask.key) is None:
        why = Refusal("no_evidence", "the shop's return does not show what was received", {})
        hand_over(case, step_of(case, deed), deed, why, now)


def _refunded(case: ReturnStanding, deed: TakeStep, refund: Refund, now: Instant) -> None:
    _count_refund(case, deed)
    if refund.status is RefundStatus.FAILED:
        hand_over(case, step_of(case, deed), deed, Refusal("refund_failed", "no money moved", {}), now)


def _replaced(case: ReturnStanding, deed: TakeStep, replacement: Replacement, now: Instant) -> None:
    _count_replacement(case, deed)
    case.state.replacement_lines += replacement.line_ids


def _labelled(case: ReturnStanding, deed: TakeStep, parcel: Parcel, now: Instant) -> None:
    if deed.step == SEND_BACK:
        case.state.outbound = parcel
    else:
        case.state.inbound = parcel


def _collecting(case: ReturnStanding, deed: TakeStep, answer: Collection, now: Instant) -> None:
    asked_to_pay(case, TemplateName.RETURN_PAYMENT, "Asked the customer to pay", now)


_TAKEN: dict[str, Callable[[ReturnStanding, TakeStep, Any, Instant], None]] = {
    "request_return": _announced,
    "receive_return": _received,
    "refund_payment": _refunded,
    "send_replacement": _replaced,
    "create_label": _labelled,
    "collect_payment": _collecting,
}


def _count_refund(case: ReturnStanding, deed: TakeStep) -> None:
    assert isinstance(deed.ask, asks.RefundPayment)
    case.state.paid_back += deed.ask.amount.minor


def _count_replacement(case: ReturnStanding, deed: TakeStep) -> None:
    assert isinstance(deed.ask, asks.SendReplacement)
    for item in deed.ask.replacement.items:
        case.state.replaced[item.replaces] = case.state.replaced.get(item.replaces, 0) + item.quantity


# Refusals that no repeat would change.


def refused(case: ReturnStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """The shop will never do this."""
    note_refusal(case, deed, why, now)
    if deed.step == case.state.reading:
        case.state.reading = None
        _not_read(case, deed, why, now)
    elif deed.undo:
        not_undone(case, deed, why, now)
    else:
        _not_taken(case, step_of(case, deed), deed, why, now)


def _not_read(case: ReturnStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    if case.is_in(*EARLY):
        case.refuse(why.code, now)
    else:
        ask_to_settle(case, {"step": deed.step, "todo": deed.about, "asked": deed.ask.do}, why, now)


def _not_taken(case: ReturnStanding, step: TakenStep, deed: TakeStep, why: Refusal, now: Instant) -> None:
    step.state = StepState.REFUSED
    if why.code == BUSY:
        block(case, why, now)
    elif case.is_in(*EARLY):
        case.refuse(why.code, now, other_case=why.holder)
    else:
        # Whoever settles it does all of it, so that it must not be asked of the shop again.
        if deed.ask.do == "refund_payment":
            _count_refund(case, deed)
        elif deed.ask.do == "send_replacement":
            _count_replacement(case, deed)
        hand_over(case, step, deed, why, now)
