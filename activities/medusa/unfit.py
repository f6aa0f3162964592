"""What came in and is not fit for sale: Medusa counts only what is, so this is in our own record."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from activities.shop.transactions import ShopBooks
from activities.store.database import insert_new
from activities.store.medusa_tables import MEDUSA_SET_ASIDE


class SetAside:
    """The `medusa_set_aside` table."""

    def __init__(self, books: ShopBooks) -> None:
        self._books = books

    async def add(self, key: str, pieces: Mapping[str, int]) -> None:
        """These came in under a key; told again, they are the same."""
        async with self._books.writing() as connection:
            for variant_id, count in pieces.items():
                if count:
                    await insert_new(connection, MEDUSA_SET_ASIDE, key=key, variant_id=variant_id, pieces=count)

    async def of(self, variant_id: str) -> int:
        """How many pieces of a variant were set aside until now."""
        own = MEDUSA_SET_ASIDE.c.variant_id == variant_id
        async with self._books.reading() as connection:
            return int((await connection.execute(select(func.sum(MEDUSA_SET_ASIDE.c.pieces)).where(own))).scalar() or 0)
