"""Goods that go out in place of others, as further lines of a Medusa order.

Not Medusa's exchanges and claims: those tie what goes out to a return of their own, and take no note; an order edit is
found again by ours, and does the same to lines, total and stock.
"""

from __future__ import annotations

from decimal import Decimal

from activities.medusa.amounts import from_medusa
from activities.medusa.deeds import Kind, Plan
from activities.medusa.documents.orders import MedusaOrder
from activities.medusa.edits import AddLine, SetLine, carried_out
from activities.medusa.reading import REPLACES_NOTE, order_of
from activities.medusa.shop import Held, MedusaShop
from activities.medusa.stock import check_available, read_stock
from activities.orders.medusa_returns import return_under
from activities.shop.documents import id_for
from domain.shop.edits import check_not_canceled
from domain.shop.errors import (
    NothingUnderKeyError,
    OutOfStockError,
    ShopUnavailableError,
    VariantNotFoundError,
)
from domain.shop.orders import Order, counted
from domain.shop.returns import Replacement, ReplacementRequest, ReplacementStatus

KEY_NOTE = "duecourse"
"""Where a line's metadata has the key of the replacement that it belongs to."""


class ReplacementPlan(Plan):
    """What is to be sent."""

    request: ReplacementRequest


REPLACEMENT = Kind(Replacement, ReplacementPlan)


class MedusaReplacements:
    """The part of `OrderReturns` that sends goods out."""

    def __init__(self, shop: MedusaShop) -> None:
        self._shop = shop

    async def send_replacement(self, key: str, order_id: str, request: ReplacementRequest) -> Replacement:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.repeated(REPLACEMENT, key, order_id, request)
            if deed and deed.document:
                return deed.document
            if deed is None:
                await held.idle()
                await self._check(order_of(await held.read()), request)
                plan = ReplacementPlan(request=request)
                deed = await self._shop.deeds.begin(REPLACEMENT, key, order_id, plan, request)
            try:
                deed = await carried_out(held, deed, key, _strokes(key, request))
            except OutOfStockError:
                await self._shop.deeds.forget(deed)
                raise
            found = await held.read()
            lines = _lines(found, key)
            if not lines:
                raise ShopUnavailableError("Medusa does not show the replacement's lines yet")
            cost = sum((line.total for line in found.items if line.id in lines), Decimal(0))
            sent = Replacement(
                key=key,
                id=id_for("replacement", key),
                at=deed.begun_at,
                order_id=order_id,
                status=ReplacementStatus.REQUESTED,
                why=request.why,
                line_ids=lines,
                value=from_medusa(cost, found.currency_code),
                return_key=request.return_key,
            )
            return await self._shop.deeds.shown(deed, sent)

    async def cancel_replacement(self, key: str, order_id: str) -> Replacement:
        async with self._shop.holding(order_id) as held:
            deed = await self._shop.deeds.find(REPLACEMENT, key, order_id)
            if deed is None or deed.document is None:
                raise NothingUnderKeyError(f"no replacement has the key {key}", field="key", key=key)
            sent = deed.document
            if sent.status is ReplacementStatus.CANCELED:
                return sent
            if await self._still_there(held, sent):
                deed = await carried_out(held, deed, f"{key}:undo", [SetLine(line, 0) for line in sent.line_ids])
            canceled = sent.model_copy(update={"status": ReplacementStatus.CANCELED})
            return await self._shop.deeds.shown(deed, canceled)

    async def find_replacement(self, key: str, order_id: str) -> Replacement | None:
        deed = await self._shop.deeds.find(REPLACEMENT, key, order_id)
        return deed.document if deed else None

    async def _check(self, order: Order, request: ReplacementRequest) -> None:
        check_not_canceled(order)
        if request.return_key:
            await return_under(self._shop, request.return_key, order.id)
        stock = await read_stock(self._shop.client, {item.variant_id for item in request.items})
        for item in request.items:
            order.line(item.replaces)
            if item.variant_id not in stock:
                raise VariantNotFoundError(f"Medusa does not sell {item.variant_id}", field="variant_id")
            stock[item.variant_id].as_told().price(order.currency)
            wanted = sum(other.quantity for other in request.items if other.variant_id == item.variant_id)
            check_available(stock[item.variant_id], wanted)

    async def _still_there(self, held: Held, sent: Replacement) -> bool:
        order = order_of(await held.read())
        left = {line.id: {"quantity": -line.quantity} for line in order.lines if line.id in sent.line_ids}
        counted(order, left)
        return bool(left)


def _strokes(key: str, request: ReplacementRequest) -> list[AddLine]:
    return [
        AddLine(item.variant_id, item.quantity, item.unit_price, {REPLACES_NOTE: item.replaces, KEY_NOTE: key})
        for item in request.items
    ]


def _lines(found: MedusaOrder, key: str) -> tuple[str, ...]:
    lines = sorted(found.items, key=lambda line: (line.created_at, line.id))
    return tuple(line.id for line in lines if (line.metadata or {}).get(KEY_NOTE) == key)
