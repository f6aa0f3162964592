"""The embedded shop's stock, for what cases keep and what comes in."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.shop.documents import file, find, fingerprint, id_for, must_find, refile
from activities.shop.stock import keep, read_level, send_out, take_in
from activities.shop.transactions import ShopBooks
from activities.shop_input import check_quantity
from activities.store.shop_tables import SHOP_DOCUMENTS
from domain.shop.errors import StepStateError
from domain.shop.stock import Condition, Reservation, ReservationStatus, Restock, StockLevel


class EmbeddedInventory:
    """`Inventory` over the store."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def level(self, variant_id: str) -> StockLevel:
        async with self._books.reading() as connection:
            return await read_level(connection, variant_id)

    async def reserve(self, key: str, variant_id: str, quantity: int) -> Reservation:
        check_quantity(quantity)
        held = ReservationStatus.HELD
        at, its_id = self._books.clock(), id_for("reservation", key)
        wanted = Reservation(key=key, id=its_id, at=at, variant_id=variant_id, quantity=quantity, status=held)
        async with self._books.writing() as connection:
            filed = await file(connection, wanted, variant_id, fingerprint("reservation", variant_id, quantity))
            if filed is wanted:
                await keep(connection, {variant_id: quantity})
            return filed

    async def release(self, key: str) -> Reservation:
        async with self._books.writing() as connection:
            reservation = await _hold(connection, key, not_in=ReservationStatus.TAKEN)
            if reservation.status is ReservationStatus.RELEASED:
                return reservation
            await keep(connection, {reservation.variant_id: -reservation.quantity})
            return await refile(connection, reservation, status=ReservationStatus.RELEASED)

    async def take_out(self, key: str) -> Reservation:
        async with self._books.writing() as connection:
            reservation = await _hold(connection, key, not_in=ReservationStatus.RELEASED)
            if reservation.status is ReservationStatus.TAKEN:
                return reservation
            await send_out(connection, {reservation.variant_id: reservation.quantity})
            return await refile(connection, reservation, status=ReservationStatus.TAKEN)

    async def find_reservation(self, key: str) -> Reservation | None:
        async with self._books.reading() as connection:
            return await find(connection, Reservation, key)

    async def restock(self, key: str, variant_id: str, quantity: int, condition: Condition) -> Restock:
        check_quantity(quantity)
        at, its_id = self._books.clock(), id_for("restock", key)
        wanted = Restock(key=key, id=its_id, at=at, variant_id=variant_id, quantity=quantity, condition=condition)
        content = fingerprint("restock", variant_id, quantity, condition)
        pieces = {variant_id: quantity}
        async with self._books.writing() as connection:
            filed = await file(connection, wanted, variant_id, content)
            if filed is wanted:
                sound = condition is Condition.SOUND
                await take_in(connection, pieces if sound else {}, {} if sound else pieces)
            return filed

    async def find_restock(self, key: str) -> Restock | None:
        async with self._books.reading() as connection:
            return await find(connection, Restock, key)


async def _hold(connection: AsyncConnection, key: str, *, not_in: ReservationStatus) -> Reservation:
    own = (SHOP_DOCUMENTS.c.key == key) & (SHOP_DOCUMENTS.c.kind == Reservation.kind)
    # Writes nothing new; whoever else releases or takes the same goods waits here.
    await connection.execute(update(SHOP_DOCUMENTS).where(own).values(kind=Reservation.kind))
    reservation = await must_find(connection, Reservation, key)
    if reservation.status is not_in:
        raise StepStateError(f"the goods were {not_in.value}", field="key", key=key, status=not_in.value)
    return reservation
