"""What the answers of shop and carrier mean for a delivery problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.deeds import NoticeKind, TakeStep
from domain.delivery.endings import resolve
from domain.delivery.flow import ask_for_decision
from domain.delivery.machine import DeliveryCaseStatus
from domain.delivery.messages import DeliveryOutcome
from domain.delivery.plan import INTERCEPT, SEND
from domain.delivery.standing import DeliveryStanding
from domain.shop.parcels import Parcel
from domain.shop.payments import PaymentAccount
from domain.shop.refusal import Refusal
from domain.shop_case.answers import account_read, hand_over, note_refusal, order_read, step_answered, step_of
from domain.shop_case.state import StepState
from domain.sla.spans import Instant


def answered(case: DeliveryStanding, deed: TakeStep, answer: object, now: Instant) -> None:
    """The shop did what was asked."""
    if deed.step != case.state.reading:
        step_answered(case, deed, now)
        return
    case.state.reading = None
    _READ[deed.ask.do](case, answer, now)


def _parcel_read(case: DeliveryStanding, parcel: Parcel, now: Instant) -> None:
    case.state.parcel = parcel


def _account_read(case: DeliveryStanding, account: PaymentAccount, now: Instant) -> None:
    account_read(case, account, now)
    due = min(case.value, account.refundable, key=lambda amount: amount.minor)
    case.state.refund_due = due if due.minor else None


_READ: dict[str, Callable[[DeliveryStanding, Any, Instant], None]] = {
    "read_order": order_read,
    "read_parcel": _parcel_read,
    "read_account": _account_read,
}


def refused(case: DeliveryStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    """The shop will never do this."""
    note_refusal(case, deed, why, now)
    if deed.step == case.state.reading:
        case.state.reading = None
        _not_read(case, deed, why, now)
        return
    step = step_of(case, deed)
    if deed.step == INTERCEPT:
        # It has arrived or turned back meanwhile; what was decided holds all the same.
        step.state = StepState.SETTLED
    elif deed.step == SEND:
        step.state = StepState.REFUSED
        ask_for_decision(case, now, f"the shop cannot send it again: {why.message}")
    else:
        hand_over(case, step, deed, why, now)


def _not_read(case: DeliveryStanding, deed: TakeStep, why: Refusal, now: Instant) -> None:
    if case.state.status is DeliveryCaseStatus.COMMITTING:
        ask_for_decision(case, now, f"what was paid cannot be read: {why.message}")
    elif case.state.status is DeliveryCaseStatus.RECEIVED:
        case.notify(NoticeKind.ALARM, (), f"a delivery problem without order or parcel: {why.code}", case.key("alarm"))
        resolve(case, DeliveryOutcome.CLOSED, now, why.code)
