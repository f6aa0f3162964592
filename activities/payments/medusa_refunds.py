"""Refunds at Medusa: once for each key, spread over the payments that the money came in by."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from activities.medusa.amounts import from_medusa, to_medusa
from activities.medusa.client import Json, said
from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.document import instant
from activities.medusa.documents.orders import MedusaOrder
from activities.medusa.documents.payments import RefundMade
from activities.medusa.reading import account_of
from activities.medusa.shop import Held, MedusaShop
from domain.errors import CurrencyMismatchError, InvalidInputError
from domain.money import Money
from domain.shop.errors import (
    OrderBusyError,
    RefundExceedsError,
    RefundInProgressError,
    ShopRefusedError,
    ShopUnavailableError,
)
from domain.shop.payments import PaymentAccount, Refund, RefundStatus


class RefundPart(Plan):
    """What of a refund goes back by one payment."""

    payment_id: str
    amount: Money


class RefundPlan(Plan):
    """A refund, as it was spread over the order's payments when it was asked for."""

    amount: Money
    reason: str
    parts: tuple[RefundPart, ...]


REFUND = Kind(Refund, RefundPlan)
RefundDeed = Deed[Refund, RefundPlan]


class MedusaRefunds:
    """The part of `PaymentGateway` that pays back. Our key is the note of each refund."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def account(self, order_id: str) -> PaymentAccount:
        return account_of(await self._shop.read(order_id))

    async def refund(self, key: str, order_id: str, amount: Money, reason: str) -> Refund:
        async with self._shop.holding(order_id) as held:
            # Not the reason: a repeat in other words pays back the same money.
            deed = await self._shop.deeds.repeated(REFUND, key, order_id, amount)
            if deed and deed.document:
                return deed.document
            settled = held.settled(deed)
            order = await held.read()
            if deed is None:
                parts = _spread(order, amount)
                await _see_it_idle(held)
                plan = RefundPlan(amount=amount, reason=reason, parts=parts)
                deed = await self._shop.deeds.begin(REFUND, key, order_id, plan, amount)
            return await self._carry_out(held, deed, order, settled=settled)

    async def find_refund(self, key: str, order_id: str) -> Refund | None:
        deed = await self._shop.deeds.find(REFUND, key, order_id)
        if deed is None or deed.document:
            return deed.document if deed else None
        return _shown(deed, await self._shop.read(order_id))

    async def refunds(self, order_id: str) -> list[Refund]:
        order, own = await self._shop.read(order_id), await self._shop.deeds.all_about(REFUND, order_id)
        reasons = {deed.key: deed.plan.reason for deed in own}
        by_note: dict[str, list[RefundMade]] = {}
        for made in _all_made(order):
            # Not ours: paid back by Medusa when it canceled, or by somebody in its dashboard.
            note = made.note if made.note in reasons else f"medusa:{made.id}"
            by_note.setdefault(note, []).append(made)
        found = [_document(note, order, made, reasons.get(note, made[0].note)) for note, made in by_note.items()]
        return sorted(found, key=lambda refund: (refund.at, refund.key))

    async def _carry_out(self, held: Held, deed: RefundDeed, order: MedusaOrder, *, settled: bool) -> Refund:
        missing = _missing(deed, order)
        if missing and not settled:
            held.must_be_settled(deed)
        for part in missing:
            # Busy, it would pay, and answer that it had refused.
            await _see_it_idle(held)
            deed = await _pay_back(held, deed, part)
        document = _shown(deed, await held.read() if missing else order)
        if document is None:
            raise ShopUnavailableError("Medusa does not show the refund yet")
        return await self._shop.deeds.shown(deed, document)


async def _pay_back(held: Held, deed: RefundDeed, part: RefundPart) -> RefundDeed:
    async def ask() -> Json:
        return await held.post(f"payments/{part.payment_id}/refund", amount=to_medusa(part.amount), note=deed.key)

    try:
        deed, _ = await held.once(deed, ask)
    except ShopRefusedError as refusal:
        order = await held.read()
        if len(_missing(deed, order)) == len(deed.plan.parts):
            await held.shop.deeds.forget(deed)
            left = account_of(order).refundable
            raise RefundExceedsError(said(refusal), field="amount", refundable=left.minor) from None
        raise
    return deed


async def _see_it_idle(held: Held) -> None:
    try:
        await held.idle()
    except OrderBusyError as busy:
        raise RefundInProgressError("another change of the order is under way", **busy.details) from None


def check_amount(order: MedusaOrder, amount: Money) -> PaymentAccount:
    """See that an amount can be one of this order's; returns its account.

    Raises:
        CurrencyMismatchError: it is paid in another currency.
        InvalidInputError: it is nothing.
    """
    account = account_of(order)
    if amount.currency != account.captured.currency:
        raise CurrencyMismatchError(
            f"order {order.display_id} is paid in {account.captured.currency}, not in {amount.currency}",
            field="amount",
            expected=account.captured.currency,
            got=amount.currency,
        )
    if not amount.minor:
        raise InvalidInputError("expected an amount above nothing", field="amount")
    return account


def _spread(order: MedusaOrder, amount: Money) -> tuple[RefundPart, ...]:
    account = check_amount(order, amount)
    if amount.minor > account.refundable.minor:
        raise RefundExceedsError(
            f"{amount} to refund, {account.refundable} left", field="amount", refundable=account.refundable.minor
        )
    parts, left = [], amount.minor
    for payment in order.payments:
        here = min(left, from_medusa(payment.captured - payment.refunded, amount.currency).minor)
        if here:
            part = Money(minor=here, currency=amount.currency)
            parts.append(RefundPart(payment_id=payment.id, amount=part))
        left -= here
    return tuple(parts)


def _missing(deed: RefundDeed, order: MedusaOrder) -> list[RefundPart]:
    paid = {payment.id for payment in order.payments if any(made.note == deed.key for made in payment.refunds)}
    return [part for part in deed.plan.parts if part.payment_id not in paid]


def _shown(deed: RefundDeed, order: MedusaOrder) -> Refund | None:
    made = [made for made in _all_made(order) if made.note == deed.key]
    if not made or _missing(deed, order):
        return None
    return _document(deed.key, order, made, deed.plan.reason)


def _document(key: str, order: MedusaOrder, made: Sequence[RefundMade], reason: str | None) -> Refund:
    first = min(made, key=lambda each: (each.created_at, each.id))
    return Refund(
        key=key,
        id=first.id,
        at=instant(first.created_at),
        order_id=order.id,
        status=RefundStatus.SETTLED,
        amount=from_medusa(sum((each.amount for each in made), Decimal(0)), order.currency_code),
        reason=reason or "not said",
    )


def _all_made(order: MedusaOrder) -> list[RefundMade]:
    return [made for payment in order.payments for made in payment.refunds]
