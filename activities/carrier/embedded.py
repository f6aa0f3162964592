"""The embedded carrier: parcels in the store, moved by scans. It serves any shop, not only the embedded one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.arrivals import book_arrival
from activities.shop.documents import all_about, file, find, fingerprint, id_for, refile, repeated
from activities.shop.events import write
from activities.shop.parcels import announce, hold_parcel, read_parcel
from activities.shop.transactions import ShopBooks
from activities.store.database import insert_new
from activities.store.shop_tables import SHOP_DOCUMENTS, SHOP_SCANS
from domain.shop.errors import InterceptTooLateError, KeyReusedError
from domain.shop.parcels import STOPPABLE, UNDER_WAY, Direction, Interception, LabelRequest, Parcel, ParcelStatus, Scan
from domain.shop_case.events import scanned

_ONWARD = {
    ParcelStatus.LABELLED: ParcelStatus.PICKED_UP,
    ParcelStatus.PICKED_UP: ParcelStatus.IN_TRANSIT,
    ParcelStatus.IN_TRANSIT: ParcelStatus.OUT_FOR_DELIVERY,
    ParcelStatus.OUT_FOR_DELIVERY: ParcelStatus.DELIVERED,
    ParcelStatus.DAMAGED: ParcelStatus.DELIVERED,
    ParcelStatus.REFUSED: ParcelStatus.BACK,
    ParcelStatus.TURNED_BACK: ParcelStatus.BACK,
}


class EmbeddedCarrier:
    """`Carrier` over the store."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def create_label(self, key: str, request: LabelRequest) -> Parcel:
        async with self._books.writing() as connection:
            return await announce(connection, key, request, self._books.clock())

    async def find_parcel(self, key: str) -> Parcel | None:
        async with self._books.reading() as connection:
            return await find(connection, Parcel, key)

    async def parcel(self, parcel_id: str) -> Parcel:
        async with self._books.reading() as connection:
            return await read_parcel(connection, parcel_id)

    async def parcels_of(self, order_id: str) -> list[Parcel]:
        async with self._books.reading() as connection:
            return await all_about(connection, Parcel, order_id)

    async def under_way(self) -> list[Parcel]:
        moving = SHOP_DOCUMENTS.c.status.in_([status.value for status in UNDER_WAY])
        wanted = select(SHOP_DOCUMENTS.c.document).where((SHOP_DOCUMENTS.c.kind == Parcel.kind) & moving)
        async with self._books.reading() as connection:
            found = (await connection.execute(wanted.order_by(SHOP_DOCUMENTS.c.at))).scalars()
            parcels = [Parcel.model_validate_json(document) for document in found]
        return [parcel for parcel in parcels if parcel.direction is Direction.OUTBOUND]

    async def intercept(self, key: str, parcel_id: str) -> Interception:
        content = fingerprint("interception", parcel_id)
        async with self._books.writing() as connection:
            parcel = await hold_parcel(connection, parcel_id)
            if before := await repeated(connection, Interception, key, content):
                return before
            if parcel.status not in STOPPABLE:
                raise InterceptTooLateError(
                    f"parcel {parcel_id} is {parcel.status}", field="parcel_id", status=parcel.status.value
                )
            its_id = id_for("interception", key)
            accepted = Interception(key=key, id=its_id, at=self._books.clock(), parcel_id=parcel_id)
            return await file(connection, accepted, parcel_id, content)

    async def find_interception(self, key: str) -> Interception | None:
        async with self._books.reading() as connection:
            return await find(connection, Interception, key)

    async def accept_scan(self, scan: Scan) -> bool:
        async with self._books.writing() as connection:
            before = await hold_parcel(connection, scan.parcel_id)
            if not await _is_news(connection, scan):
                return False
            after = await refile(connection, before.with_scan(scan))
            await write(connection, scanned(after.order_id, scan))
            if after.ended and not before.ended:
                await book_arrival(connection, after, self._books.clock())
        return True

    async def move(self, parcel_id: str) -> Parcel:
        """Let a parcel take the next step of its way; an intercepted one turns back. No part of the port.

        Raises:
            ParcelNotFoundError: there is no such tracking number.
        """
        async with self._books.reading() as connection:
            parcel = await read_parcel(connection, parcel_id)
            stopped = await all_about(connection, Interception, parcel_id)
        turns = bool(stopped) and parcel.status in STOPPABLE
        onward = ParcelStatus.TURNED_BACK if turns else _ONWARD.get(parcel.status)
        if onward:
            event_id = f"{parcel_id}:{onward.value}"
            await self.accept_scan(Scan(event_id=event_id, parcel_id=parcel_id, status=onward, at=self._books.clock()))
        return await self.parcel(parcel_id)


async def _is_news(connection: AsyncConnection, scan: Scan) -> bool:
    told = scan.model_dump_json()
    row = {"event_id": scan.event_id, "parcel_id": scan.parcel_id, "scan": told}
    if await insert_new(connection, SHOP_SCANS, **row):
        return True
    before = select(SHOP_SCANS.c.scan).where(SHOP_SCANS.c.event_id == scan.event_id)
    if (await connection.execute(before)).scalar_one() != told:
        raise KeyReusedError("this event id told something else before", field="event_id", event_id=scan.event_id)
    return False
