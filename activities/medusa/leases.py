"""One at a time, across all workers: a lease on an order or on a variant's stock, kept in the store."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from sqlalchemy import update

from activities.shop.transactions import ShopBooks
from activities.store.database import insert_new
from activities.store.medusa_tables import SHOP_LEASES
from domain.shop.errors import ShopUnavailableError
from domain.sla.spans import SECOND, Span

LEASE: Span = 15 * SECOND
"""How long a dead worker's order stays its own."""

RENEWED_EVERY: Span = 4 * SECOND
LOOKED_AT_EVERY_S = 0.2
PATIENCE_S = 20.0
"""How long somebody waits for their turn; then the activity is tried again later."""


class Lease:
    """What its holder has. It asks `check` before everything that must not be done twice."""

    def __init__(self) -> None:
        self.holder = uuid.uuid4().hex
        self._good_until = 0.0

    def renewed(self, began: float, span: Span) -> None:
        """The store has noted it, at `began` on the monotonic clock or later."""
        self._good_until = began + span / 1000

    def check(self) -> None:
        """See that it still holds.

        Raises:
            ShopUnavailableError: it could not be renewed in time; somebody else may be at work.
        """
        if time.monotonic() >= self._good_until:
            raise ShopUnavailableError("our lease is over before the work was; the next attempt finds what was done")


class Leases:
    """The `shop_leases` table. Within one worker people queue; between workers they look now and then."""

    def __init__(self, books: ShopBooks, *, span: Span = LEASE) -> None:
        self._books = books
        self._span = span
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[Lease]:
        """Wait for one's turn, and have it until the context ends.

        Raises:
            ShopUnavailableError: others took too long.
        """
        queue = self._queues.setdefault(name, asyncio.Lock())
        try:
            await asyncio.wait_for(queue.acquire(), PATIENCE_S)
        except TimeoutError:
            raise _too_long(name) from None
        try:
            lease = await self._acquired(name)
            renewing = asyncio.create_task(self._keep(name, lease))
            try:
                yield lease
            finally:
                renewing.cancel()
                with suppress(asyncio.CancelledError):
                    await renewing
                await self._change(name, lease, until=0)
        finally:
            queue.release()

    async def _acquired(self, name: str) -> Lease:
        lease, give_up = Lease(), time.monotonic() + PATIENCE_S
        while not await self._taken(name, lease):
            if time.monotonic() > give_up:
                raise _too_long(name)
            await asyncio.sleep(LOOKED_AT_EVERY_S)
        return lease

    async def _taken(self, name: str, lease: Lease) -> bool:
        began, now = time.monotonic(), self._books.clock()
        row = {"holder": lease.holder, "until": now + self._span}
        free = (SHOP_LEASES.c.name == name) & (SHOP_LEASES.c.until <= now)
        async with self._books.writing() as connection:
            # The update first, so that SQLite's transaction is a writer's from its first statement on.
            taken = (await connection.execute(update(SHOP_LEASES).where(free).values(**row))).rowcount == 1
            if taken or await insert_new(connection, SHOP_LEASES, name=name, **row):
                lease.renewed(began, self._span)
                return True
        return False

    async def _keep(self, name: str, lease: Lease) -> None:
        while True:
            await asyncio.sleep(RENEWED_EVERY / 1000)
            began = time.monotonic()
            with suppress(ShopUnavailableError):
                if not await self._change(name, lease, until=self._books.clock() + self._span):
                    return
                lease.renewed(began, self._span)

    async def _change(self, name: str, lease: Lease, *, until: int) -> bool:
        own = (SHOP_LEASES.c.name == name) & (SHOP_LEASES.c.holder == lease.holder)
        async with self._books.writing() as connection:
            return (await connection.execute(update(SHOP_LEASES).where(own).values(until=until))).rowcount == 1


def _too_long(name: str) -> ShopUnavailableError:
    return ShopUnavailableError(f"somebody else is still at work on {name}")
