"""What a first start shows beside the sample complaints: a shop with orders, and what customers want of them.

A further case type at the shop is a line in `bring_in_shop`.
"""

from __future__ import annotations

from collections.abc import Iterator

from activities.orders.embedded import EmbeddedOrderSystem
from activities.shop.catalog import CATALOG
from activities.shop.seeds import seed_shop
from activities.shop.transactions import ShopBooks
from domain.numbers import change_number, return_number
from domain.people import Channel
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.changes import AddItem, OrderDelta
from domain.shop.orders import Fulfilment, Order
from starter.doors import Doors
from starter.intake import register_unknown
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn

ORDERS = 40
CHANGES = 15
RETURNS = 5


async def bring_in_shop(doors: Doors) -> int:
    """Seed the embedded shop, and open the sample's order changes and returns; returns how many are new.

    Interrupted or run again, it goes on with what is missing.

    Raises:
        UnavailableError: the server went away.
    """
    books = ShopBooks(doors.store.engine)
    ids = await seed_shop(books, orders=ORDERS)
    orders = [await EmbeddedOrderSystem(books).order(order_id) for order_id in ids]
    opened = 0
    for change in wishes(orders[:CHANGES]):
        if await _is_new(doors, change_number(change.source, change.reference), change.customer_id):
            opened += (await doors.service.open_order_change(change)).created
    delivered = [order for order in orders[CHANGES:] if order.fulfilment is Fulfilment.DELIVERED]
    for wish in returned(delivered[:RETURNS]):
        if await _is_new(doors, return_number(wish.source, wish.reference), wish.customer_id):
            opened += (await doors.service.open_return(wish)).created
    return opened


async def _is_new(doors: Doors, case_id: str, customer_id: str) -> bool:
    """Whether a case was not started yet; then its customer is known from now on."""
    known = await doors.store.openings.get(case_id)
    if known and known.started:
        return False
    await register_unknown(doors, customer_id)
    return True


def wishes(orders: list[Order]) -> Iterator[NewOrderChange]:
    """What customers want of these orders: each third one another address, more goods, nothing at all any more."""
    for number, order in enumerate(orders):
        yield NewOrderChange(
            source="sample",
            reference=order.id,
            channel=tuple(Channel)[number % len(Channel)],
            customer_id=order.customer_id,
            order_id=order.id,
            wanted=_wanted(number, order),
        )


def _wanted(number: int, order: Order) -> OrderDelta:
    if number % 3 == 0:
        return OrderDelta(address=order.address.model_copy(update={"street": "2 Lily Street"}))
    if number % 3 == 1:
        cheapest = min(CATALOG, key=lambda variant: variant.price(order.currency).minor)
        return OrderDelta(lines=(AddItem(variant_id=cheapest.id, quantity=1),))
    return OrderDelta(cancel="ordered by mistake")


def returned(orders: list[Order]) -> Iterator[NewReturn]:
    """What customers want of these delivered orders: money back, something else, a repair, to be made good."""
    for number, order in enumerate(orders):
        kind = tuple(ReturnKind)[number % len(ReturnKind)]
        item = WantedItem(
            line_id=order.lines[0].id,
            quantity=1,
            reason=_REASONS[kind],
            variant_id=CATALOG[number].id if kind is ReturnKind.EXCHANGE else None,
        )
        yield NewReturn(
            source="sample",
            reference=order.id,
            channel=tuple(Channel)[number % len(Channel)],
            customer_id=order.customer_id,
            order_id=order.id,
            wanted=ReturnWish(kind=kind, items=(item,)),
        )


_REASONS = {
    ReturnKind.REFUND: ReturnReason.CHANGED_MIND,
    ReturnKind.EXCHANGE: ReturnReason.DOES_NOT_FIT,
    ReturnKind.REPAIR: ReturnReason.DEFECTIVE,
    ReturnKind.CLAIM: ReturnReason.DAMAGED,
}
