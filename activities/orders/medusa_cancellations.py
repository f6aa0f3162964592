"""Cancelling Medusa orders. Medusa pays back by itself in doing so; how much is read from the payments."""

from __future__ import annotations

from activities.medusa.amounts import from_medusa
from activities.medusa.deeds import Deed, Kind, Plan
from activities.medusa.documents.orders import MedusaOrder
from activities.medusa.edits import SetLine, carried_out
from activities.medusa.reading import account_of, order_of
from activities.medusa.shop import Held, MedusaShop
from activities.shop.documents import id_for
from domain.money import Money
from domain.shop.changes import Cancellation
from domain.shop.errors import OrderStateError, ShopUnavailableError
from domain.shop.orders import Fulfilment, Order


class CancellationPlan(Plan):
    """What is to be canceled, and how the order stood before."""

    reason: str
    pieces: dict[str, int]
    keep: dict[str, int]
    before: Money
    refunded_before: Money


CANCELLATION = Kind(Cancellation, CancellationPlan)
CancellationDeed = Deed[Cancellation, CancellationPlan]


class MedusaCancellations:
    """The part of `OrderSystem` that cancels."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def cancel_order(self, key: str, order_id: str, reason: str) -> Cancellation:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(CANCELLATION, key, order_id)
            if deed and deed.document:
                return deed.document
            settled = held.settled(deed)
            order = await held.read()
            # Medusa would refund all of it first, and then refuse.
            await held.idle(but_for=key)
            if deed is None:
                deed = await self._shop.deeds.begin(CANCELLATION, key, order_id, _plan(order, reason))
            if not settled:
                held.must_be_settled(deed)
            deed = await _carried_out(held, deed, order)
            return await self._shop.deeds.shown(deed, _document(deed, await held.read()))

    async def find_cancellation(self, key: str, order_id: str) -> Cancellation | None:
        deed = await self._shop.deeds.find(CANCELLATION, key, order_id)
        return deed.document if deed else None


async def _carried_out(held: Held, deed: CancellationDeed, order: MedusaOrder) -> CancellationDeed:
    for parcel in order.fulfillments:
        if not parcel.shipped_at and not parcel.canceled_at:
            # The warehouse has packed it: its goods go back on the shelf, still kept for the order.
            deed = await _once(held, deed, f"orders/{held.name}/fulfillments/{parcel.id}/cancel")
    if deed.plan.keep:
        return await _cut_down(held, deed)
    if order.status != "canceled":
        deed = await _once(held, deed, f"orders/{held.name}/cancel")
    return deed


async def _once(held: Held, deed: CancellationDeed, path: str) -> CancellationDeed:
    deed, _ = await held.once(deed, lambda: held.post(path))
    return deed


async def _cut_down(held: Held, deed: CancellationDeed) -> CancellationDeed:
    """Something was shipped, so that Medusa cancels nothing: an edit leaves only what was."""
    strokes = [SetLine(line, deed.plan.keep.get(line, 0)) for line in deed.plan.pieces]
    return await carried_out(held, deed, deed.key, strokes)


def _plan(found: MedusaOrder, reason: str) -> CancellationPlan:
    order = order_of(found)
    pieces = {line.id: line.quantity - line.shipped for line in order.lines if line.quantity > line.shipped}
    if not pieces:
        state = order.fulfilment.value
        raise OrderStateError(
            f"order {order.number} is {state}: nothing is left to cancel", field="order_id", state=state
        )
    return CancellationPlan(
        reason=reason,
        pieces=pieces,
        keep={line.id: line.shipped for line in order.lines if line.shipped},
        before=order.total,
        refunded_before=account_of(found).refunded,
    )


def _document(deed: CancellationDeed, found: MedusaOrder) -> Cancellation:
    order = order_of(found)
    if not _gone(order):
        raise ShopUnavailableError("Medusa does not show the order as canceled yet")
    return Cancellation(
        key=deed.key,
        id=id_for("cancellation", deed.key),
        at=deed.begun_at,
        order_id=order.id,
        reason=deed.plan.reason,
        pieces=deed.plan.pieces,
        before=deed.plan.before,
        after=order.total,
        refunded=from_medusa(found.refunded, order.currency).beyond(deed.plan.refunded_before),
    )


def _gone(order: Order) -> bool:
    return order.fulfilment is Fulfilment.CANCELED or all(line.quantity == line.shipped for line in order.lines)
