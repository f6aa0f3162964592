"""Order changes on the stage: what each customer wants of which order, and how it goes.

The orders are the embedded shop's own, made for the purpose: young or old, shipped, cheap or dear. One of each kind
comes in before any comes twice, so that a short demonstration shows as much as a long one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory
from activities.shop.catalog import CATALOG
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.people import Channel
from domain.shop.changes import AddItem, OrderDelta, SetQuantity
from domain.shop.orders import Order
from domain.shop.values import Variant
from domain.sla.spans import DAY, HOUR, Span
from starter.demo.orders import address_of, make_known, new_order
from starter.new_order_change import NewOrderChange

Wish = Literal["address", "more", "less", "cancel"]


@dataclass(frozen=True)
class ChangePart:
    """One order change and how it goes.

    Attributes:
        title: in a few words.
        wish: what is wanted.
        dear: the order is worth more than an agent may refund.
        age: how long ago the order was placed; outside the window if long.
        shipped: the parcel is on its way.
        stranger: the order is somebody else's.
        decision: what a person decides who is asked.
        late: nobody decides in time.
        answer: what the customer says to the price; None is silence.
        pays: whether the customer pays.
        asks: the customer has a question first.
        cut_off: the warehouse takes the order over while the customer pays.
        withdraws: the customer takes the wish back while a person decides.
    """

    title: str
    wish: Wish
    dear: bool = False
    age: Span = 0
    shipped: bool = False
    stranger: bool = False
    decision: str = "approve"
    late: bool = False
    answer: bool | None = True
    pays: bool = True
    asks: bool = False
    cut_off: bool = False
    withdraws: bool = False


KINDS = (
    ChangePart("lapses: nobody answers", "more", answer=None),
    ChangePart("lapses: nobody pays", "more", pays=False),
    ChangePart("inside the window", "address"),
    ChangePart("price up, paid", "more"),
    ChangePart("price down, refunded", "less"),
    ChangePart("four eyes", "cancel", dear=True),
    ChangePart("outside, approved", "address", age=3 * HOUR),
    ChangePart("outside, decided late", "cancel", age=3 * HOUR, late=True),
    ChangePart("outside, refused", "cancel", age=3 * HOUR, decision="refuse"),
    ChangePart("price declined", "more", answer=False),
    ChangePart("cut off, refused, paid back", "more", cut_off=True, decision="refuse"),
    ChangePart("withdrawn", "cancel", age=3 * HOUR, withdraws=True),
    ChangePart("somebody else's order", "address", stranger=True),
    ChangePart("parcel turned back", "cancel", age=DAY, shipped=True, decision="intercept"),
    ChangePart("a question first", "more", asks=True),
    ChangePart("inside the window", "cancel"),
)
"""What takes long comes first."""


def changes(number: int) -> list[ChangePart]:
    """So many parts, all kinds in turn."""
    return list(islice(cycle(KINDS), number))


async def place(
    engine: AsyncEngine, customers: CustomerDirectory, part: ChangePart, number: int, source: str = "demo"
) -> NewOrderChange:
    """Place the order that a part is about; returns the wish to change it."""
    buyer, asker = (f"D{number:05d}{letter}" for letter in ("B", "A" if part.stranger else "B"))
    for customer_id in {buyer, asker}:
        await make_known(customers, customer_id)
    order = _order(part, number, buyer)
    warehouse = Warehouse(ShopBooks(engine))
    await warehouse.place(order)
    if part.shipped:
        await warehouse.release(order.id)
        await warehouse.ship(order.id)
    return NewOrderChange(
        source=source,
        reference=order.id,
        channel=tuple(Channel)[number % len(Channel)],
        customer_id=asker,
        order_id=order.id,
        wanted=_wanted(part, order),
    )


def _order(part: ChangePart, number: int, customer_id: str) -> Order:
    pieces = 1 if part.dear else 2
    return new_order(f"demo-{number:05d}", customer_id, _bought(dear=part.dear), pieces, wall_clock() - part.age)


def _bought(*, dear: bool) -> Variant:
    by_price = sorted(CATALOG, key=lambda variant: variant.price("CNY").minor)
    return by_price[-1 if dear else 0]


def _wanted(part: ChangePart, order: Order) -> OrderDelta:
    if part.wish == "address":
        return OrderDelta(address=address_of(order.customer_id, "2 Lily Street"))
    if part.wish == "cancel":
        return OrderDelta(cancel="ordered by mistake")
    if part.wish == "less":
        return OrderDelta(lines=(SetQuantity(line_id=order.lines[0].id, quantity=1),))
    return OrderDelta(lines=(AddItem(variant_id=_bought(dear=False).id, quantity=1),))
