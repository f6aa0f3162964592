"""The rest of the embedded shop: what in a real one happens without us. Orders come in, and goods go out."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.charging import charge_at_cut_off
from activities.shop.events import tell
from activities.shop.parcels import announce
from activities.shop.stock import keep, send_out
from activities.shop.transactions import HeldOrder, ShopBooks
from activities.store.database import insert_new, upsert
from activities.store.shop_tables import SHOP_ACCOUNTS, SHOP_ORDERS, SHOP_STOCK, SHOP_VARIANTS
from domain.shop.edits import reserved_more
from domain.shop.errors import OrderStateError
from domain.shop.orders import Fulfilment, Order, counted
from domain.shop.parcels import Direction, LabelRequest, Parcel, ParcelItem
from domain.shop.values import PaymentMethod, Variant
from domain.timeline import Facts

CUT_OFF_AT_A_TIME = 100
"""Orders that one round of the cut-off takes."""


class Warehouse:
    """Sells, releases and ships. Each call is one transaction, and can be repeated after a crash."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def offer(self, variant: Variant, pieces: int) -> None:
        """Sell something, with so many pieces on the shelf; known already, its stock stays as it is."""
        document = {"id": variant.id, "document": variant.model_dump_json()}
        async with self._books.writing() as connection:
            await upsert(connection, SHOP_VARIANTS, [document])
            await insert_new(connection, SHOP_STOCK, variant_id=variant.id, on_hand=pieces, reserved=0, set_aside=0)

    async def place(self, order: Order) -> bool:
        """Take an order in: stock is kept for it and, unless it is paid in cash, its total captured.

        Returns:
            Whether it is new; one that is known already stays as it is.

        Raises:
            OutOfStockError, VariantNotFoundError: it cannot be sold.
        """
        async with self._books.writing() as connection:
            if not await _write(connection, order):
                return False
            await keep(connection, reserved_more(order.model_copy(update={"lines": ()}), order))
            facts: Facts = {"number": order.number, "status": order.fulfilment.value}
            await tell(connection, order.id, "placed", "1", order.placed_at, facts)
        return True

    async def release_due(self) -> list[str]:
        """Release the orders whose cut-off has come; returns their ids."""
        due = (SHOP_ORDERS.c.status == Fulfilment.OPEN.value) & (SHOP_ORDERS.c.release_at <= self._books.clock())
        wanted = select(SHOP_ORDERS.c.id).where(due).order_by(SHOP_ORDERS.c.release_at).limit(CUT_OFF_AT_A_TIME)
        async with self._books.reading() as connection:
            ids = list((await connection.execute(wanted)).scalars())
        for order_id in ids:
            await self.release(order_id)
        return ids

    async def release(self, order_id: str) -> Order:
        """Give what is open of an order to the pickers; from here on nobody can take it out again."""
        async with self._books.holding(order_id) as held:
            waiting = {line.id: line.quantity - line.fulfilled for line in held.order.lines}
            opened = {line_id: {"fulfilled": count} for line_id, count in waiting.items() if count}
            if opened:
                await held.becomes(counted(held.order, opened))
                await charge_at_cut_off(held)
                await held.tell("fulfilled", str(held.writes))
            return held.order

    async def ship(self, order_id: str) -> Parcel:
        """Hand what was released to the carrier, in one parcel.

        Raises:
            OrderStateError: nothing waits to be shipped.
        """
        async with self._books.holding(order_id) as held:
            waiting = {line.id: line.fulfilled - line.shipped for line in held.order.lines}
            items = [ParcelItem(line_id=name, quantity=count) for name, count in waiting.items() if count]
            if not items:
                raise OrderStateError(f"nothing of order {held.order.number} waits to be shipped", field="order_id")
            return await _hand_over(held, tuple(items))


async def _write(connection: AsyncConnection, order: Order) -> bool:
    row = order.model_dump(include={"id", "number", "customer_id", "placed_at", "release_at"})
    document = order.model_dump_json()
    new = await insert_new(connection, SHOP_ORDERS, **row, status=order.fulfilment.value, writes=0, document=document)
    if new:
        cash = order.payment_method is PaymentMethod.CASH_ON_DELIVERY
        money = {"currency": order.currency, "captured": 0 if cash else order.total.minor, "refunded": 0}
        await insert_new(connection, SHOP_ACCOUNTS, order_id=order.id, **money)
    return new


async def _hand_over(held: HeldOrder, items: tuple[ParcelItem, ...]) -> Parcel:
    order = held.order
    pieces: Counter[str] = Counter()
    for item in items:
        pieces[order.line(item.line_id).variant_id] += item.quantity
    await send_out(held.connection, pieces)
    await held.becomes(counted(order, {item.line_id: {"shipped": item.quantity} for item in items}))
    request = LabelRequest(order_id=order.id, direction=Direction.OUTBOUND, items=items, to=order.address)
    parcel = await announce(held.connection, f"{order.id}:parcel:{held.writes}", request, held.now)
    await held.tell("shipped", parcel.id, parcel=parcel.id)
    return parcel
