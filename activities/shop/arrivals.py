"""What the end of a parcel's way means for the order that its goods belong to."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.charging import charge_at_the_door
from activities.shop.stock import send_out
from activities.shop.transactions import HeldOrder, hold
from domain.shop.errors import OrderNotFoundError, ShopError
from domain.shop.orders import counted
from domain.shop.parcels import Direction, Parcel, ParcelStatus
from domain.sla.spans import Instant


async def book_arrival(connection: AsyncConnection, parcel: Parcel, now: Instant) -> None:
    """Book that a parcel has come to its end; one whose order another shop has changes nothing here."""
    try:
        held = await hold(connection, parcel.order_id, now)
    except OrderNotFoundError:
        return
    if parcel.direction is Direction.INBOUND:
        end = "return_arrived" if parcel.ended is ParcelStatus.DELIVERED else "return_not_arrived"
        await held.tell(end, parcel.id, parcel=parcel.id, key=parcel.return_key)
        return
    try:
        await _book_outbound(held, parcel)
    except ShopError as error:
        # The scan stays true even where the order's lines say that these goods never left.
        await held.tell("parcel_unmatched", parcel.id, parcel=parcel.id, because=error.code)


async def _book_outbound(held: HeldOrder, parcel: Parcel) -> None:
    if parcel.ended is ParcelStatus.DELIVERED:
        await held.becomes(counted(held.order, {item.line_id: {"delivered": item.quantity} for item in parcel.items}))
        await charge_at_the_door(held, parcel.id)
        await held.tell("delivered", parcel.id, parcel=parcel.id)
        return
    back = {item.line_id: {"shipped": -item.quantity, "fulfilled": -item.quantity} for item in parcel.items}
    after = counted(held.order, back)
    pieces: Counter[str] = Counter()
    for item in parcel.items:
        pieces[after.line(item.line_id).variant_id] -= item.quantity
    await send_out(held.connection, pieces)
    await held.becomes(after)
    await held.tell("parcel_back", parcel.id, parcel=parcel.id)
