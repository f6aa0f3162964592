"""Returns on the stage: what each customer gives back of which order, and how it goes.

The orders are the embedded shop's own, made for the purpose and delivered a moment ago. One return of each kind comes
in before any comes twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.embedded import EmbeddedCarrier
from activities.clock import wall_clock
from activities.customers.port import CustomerDirectory
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.people import Channel
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.orders import Order
from domain.shop.parcels import ParcelStatus, Scan
from domain.sla.spans import DAY, HOUR, MINUTE, Span
from starter.demo.orders import goods, make_known, new_order
from starter.new_return import NewReturn

BOOK, KETTLE, COAT = "book-temporal", "kettle-17", "coat-wool-s"
"""Within an agent's limit, twice; above it, and without a warranty."""


@dataclass(frozen=True)
class ReturnPart:
    """One return and how it goes.

    Attributes:
        title: in a few words.
        kind: what the customer wants.
        bought: what they have.
        pieces: how many.
        instead: what they want for it, in an exchange.
        reason: why.
        age: how long ago it was delivered.
        decision: what a person decides who is asked.
        sends: the customer sends the parcel.
        withdraws: the customer would rather keep the goods.
        lost: the carrier loses the parcel.
        short: only one piece is in the parcel, the others come in another.
        accepted: what comes back is in order.
    """

    title: str
    kind: ReturnKind = ReturnKind.REFUND
    bought: str = BOOK
    pieces: int = 1
    instead: str | None = None
    reason: ReturnReason = ReturnReason.CHANGED_MIND
    age: Span = MINUTE // 2
    decision: bool = True
    sends: bool = True
    withdraws: bool = False
    lost: bool = False
    short: bool = False
    accepted: bool = True


_K, _R = ReturnKind, ReturnReason

RETURNS = (
    ReturnPart("lapses: nobody sends it", sends=False),
    ReturnPart("repaired for a price", _K.REPAIR, COAT, reason=_R.DEFECTIVE),
    ReturnPart("dearer instead, paid", _K.EXCHANGE, BOOK, instead=KETTLE),
    ReturnPart("in two parcels", pieces=2, short=True),
    ReturnPart("cheaper instead, refunded", _K.EXCHANGE, KETTLE, instead=BOOK),
    ReturnPart("lost on its way", bought=KETTLE, lost=True),
    ReturnPart("not accepted, goes home", accepted=False),
    ReturnPart("four eyes", bought=COAT),
    ReturnPart("refunded"),
    ReturnPart("claim", _K.CLAIM, KETTLE, reason=_R.DAMAGED),
    ReturnPart("withdrawn", withdraws=True),
    ReturnPart("window over, refused", age=HOUR, decision=False),
)
"""What takes long comes first."""


def returns(number: int) -> list[ReturnPart]:
    """So many parts, all kinds in turn."""
    return list(islice(cycle(RETURNS), number))


async def deliver(
    engine: AsyncEngine, customers: CustomerDirectory, part: ReturnPart, number: int, source: str = "demo"
) -> NewReturn:
    """Place and deliver the order that a part is about; returns the wish to give it back."""
    customer_id = f"E{number:05d}"
    await make_known(customers, customer_id)
    placed_at = wall_clock() - part.age - DAY
    order = new_order(f"demo-r{number:05d}", customer_id, goods(part.bought), part.pieces, placed_at)
    books = ShopBooks(engine)
    warehouse = Warehouse(books)
    await warehouse.place(order)
    await warehouse.release(order.id)
    parcel = await warehouse.ship(order.id)
    at = wall_clock() - part.age
    scan = Scan(event_id=f"{parcel.id}:there", parcel_id=parcel.id, status=ParcelStatus.DELIVERED, at=at)
    await EmbeddedCarrier(books).accept_scan(scan)
    return NewReturn(
        source=source,
        reference=order.id,
        channel=tuple(Channel)[number % len(Channel)],
        customer_id=customer_id,
        order_id=order.id,
        wanted=_wanted(part, order),
    )


def _wanted(part: ReturnPart, order: Order) -> ReturnWish:
    (line,) = order.lines
    item = WantedItem(line_id=line.id, quantity=part.pieces, reason=part.reason, variant_id=part.instead)
    return ReturnWish(kind=part.kind, items=(item,))
