"""What a first start shows beside the sample complaints: a shop with orders, and customers who want them changed.

A further case type at the shop is a line in `bring_in_shop`.
"""

from __future__ import annotations

from collections.abc import Iterator

from activities.orders.embedded import EmbeddedOrderSystem
from activities.shop.catalog import CATALOG
from activities.shop.seeds import seed_shop
from activities.shop.transactions import ShopBooks
from domain.numbers import change_number
from domain.people import Channel
from domain.shop.changes import AddItem, OrderDelta
from domain.shop.orders import Order
from starter.doors import Doors
from starter.intake import register_unknown
from starter.new_order_change import NewOrderChange

ORDERS = 40
CHANGES = 15


async def bring_in_shop(doors: Doors) -> int:
    """Seed the embedded shop, and open the sample's order changes; returns how many are new.

    Interrupted or run again, it goes on with what is missing.

    Raises:
        UnavailableError: the server went away.
    """
    books = ShopBooks(doors.store.engine)
    ids = await seed_shop(books, orders=ORDERS)
    orders = [await EmbeddedOrderSystem(books).order(order_id) for order_id in ids[:CHANGES]]
    opened = 0
    for wish in wishes(orders):
        known = await doors.store.openings.get(change_number(wish.source, wish.reference))
        if known and known.started:
            continue
        await register_unknown(doors, wish.customer_id)
        opened += (await doors.service.open_order_change(wish)).created
    return opened


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
