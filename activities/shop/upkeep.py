"""The embedded shop goes on by itself: orders are released at their cut-off, packed, shipped, and parcels arrive.

In a real shop the warehouse and the carrier do this. Parcels that customers send are moved by customers only.
"""

from __future__ import annotations

from sqlalchemy import select

from activities.carrier.embedded import EmbeddedCarrier
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from activities.store.shop_tables import SHOP_DOCUMENTS, SHOP_EVENTS, SHOP_ORDERS
from domain.shop.errors import OrderStateError
from domain.shop.orders import Fulfilment
from domain.shop.parcels import Direction, Parcel, ParcelStatus
from domain.sla.spans import HOUR, MINUTE, Instant, Span

AT_A_TIME = 100
"""Orders and parcels that one round takes."""

_MOVING = (
    ParcelStatus.LABELLED,
    ParcelStatus.PICKED_UP,
    ParcelStatus.IN_TRANSIT,
    ParcelStatus.OUT_FOR_DELIVERY,
    ParcelStatus.DAMAGED,
    ParcelStatus.REFUSED,
    ParcelStatus.TURNED_BACK,
)


class ShopUpkeep:
    """The embedded shop's warehouse and van: `packing` after its release an order leaves, a scan comes every `leg`."""

    def __init__(
        self, books: ShopBooks, *, packing: Span = 2 * HOUR, leg: Span = 8 * HOUR, every: Span = MINUTE
    ) -> None:
        self._books, self._warehouse, self._carrier = books, Warehouse(books), EmbeddedCarrier(books)
        self._packing, self._leg, self._every = packing, leg, every
        self._next: Instant = 0

    async def go_on(self) -> None:
        """Do what has come due, unless it was looked after less than `every` milliseconds ago."""
        now = self._books.clock()
        if now < self._next:
            return
        self._next = now + self._every
        await self._warehouse.release_due()
        for order_id in await self._packed(now - self._packing):
            try:
                await self._warehouse.ship(order_id)
            except OrderStateError:
                continue  # canceled meanwhile
        for parcel_id in await self._waiting(now - self._leg):
            await self._carrier.move(parcel_id)

    async def _packed(self, released_by: Instant) -> list[str]:
        released = SHOP_ORDERS.c.status == Fulfilment.RELEASED.value
        event = (SHOP_EVENTS.c.order_id == SHOP_ORDERS.c.id) & (SHOP_EVENTS.c.kind == "fulfilled")
        fresh = select(SHOP_EVENTS.c.id).where(event & (SHOP_EVENTS.c.at > released_by)).exists()
        wanted = select(SHOP_ORDERS.c.id).where(released & ~fresh).order_by(SHOP_ORDERS.c.release_at).limit(AT_A_TIME)
        async with self._books.reading() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def _waiting(self, seen_by: Instant) -> list[str]:
        moving = SHOP_DOCUMENTS.c.status.in_([status.value for status in _MOVING])
        own = (SHOP_DOCUMENTS.c.kind == Parcel.kind) & moving & (SHOP_DOCUMENTS.c.at <= seen_by)
        async with self._books.reading() as connection:
            found = (await connection.execute(select(SHOP_DOCUMENTS.c.document).where(own))).scalars()
            parcels = [Parcel.model_validate_json(document) for document in found]
        outbound = [parcel for parcel in parcels if parcel.direction is Direction.OUTBOUND]
        return [parcel.id for parcel in outbound if _last_seen(parcel) <= seen_by][:AT_A_TIME]


def _last_seen(parcel: Parcel) -> Instant:
    return parcel.scans[-1].at if parcel.scans else parcel.at
