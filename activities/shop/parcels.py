"""The embedded carrier's parcels: announced under a key, held while something is booked about them."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.documents import file, fingerprint, id_for
from activities.store.shop_tables import SHOP_DOCUMENTS
from domain.shop.errors import ParcelNotFoundError
from domain.shop.parcels import LabelRequest, Parcel, ParcelStatus
from domain.sla.spans import Instant


async def announce(connection: AsyncConnection, key: str, request: LabelRequest, now: Instant) -> Parcel:
    """Make the label of a parcel, once for each key.

    Raises:
        KeyReusedError: the key stands for something else.
    """
    parcel = Parcel(
        key=key,
        id=id_for("parcel", key),
        at=now,
        order_id=request.order_id,
        direction=request.direction,
        items=request.items,
        status=ParcelStatus.LABELLED,
        return_key=request.return_key,
    )
    return await file(connection, parcel, request.order_id, fingerprint("parcel", request))


async def read_parcel(connection: AsyncConnection, parcel_id: str) -> Parcel:
    """A parcel by its tracking number.

    Raises:
        ParcelNotFoundError: there is none.
    """
    own = (SHOP_DOCUMENTS.c.id == parcel_id) & (SHOP_DOCUMENTS.c.kind == Parcel.kind)
    found = (await connection.execute(select(SHOP_DOCUMENTS.c.document).where(own))).scalar_one_or_none()
    if found is None:
        raise ParcelNotFoundError(f"there is no parcel {parcel_id}", field="parcel_id", parcel_id=parcel_id)
    return Parcel.model_validate_json(found)


async def hold_parcel(connection: AsyncConnection, parcel_id: str) -> Parcel:
    """A parcel that nobody else books about until the transaction ends.

    Raises:
        ParcelNotFoundError: there is none.
    """
    own = (SHOP_DOCUMENTS.c.id == parcel_id) & (SHOP_DOCUMENTS.c.kind == Parcel.kind)
    # Writes nothing new; the row is held by being written.
    await connection.execute(update(SHOP_DOCUMENTS).where(own).values(kind=Parcel.kind))
    return await read_parcel(connection, parcel_id)
