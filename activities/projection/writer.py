"""Writes into the read model what cases show, many at a time, and never in anybody's way.

What cannot be written waits, a newer one of the same case in its stead, until the database is back. What a worker had
not written when it was killed comes with the next turn of the case, or is found by the comparison with Temporal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError, StatementError

from activities.projection.port import CaseReadModel
from activities.projection.waiting import WaitingProjections
from domain.projection import Projection

AT_ONCE = 50
"""Cases in one transaction: it takes some 10 ms, and a SQLite file has one writer at a time."""

GATHER = 0.25
"""Seconds in which turns of a case, and other cases, are gathered into one write."""

WITHIN = 10.0
"""Seconds that a write may take."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds until a database that does not answer is tried again; doubled each time."""

MOST_WAITING = 20_000
"""Cases that wait while there is no database, of some kilobytes each."""

LAST_WORDS = 5.0
"""Seconds that a worker takes to write what waits before it stops."""

_AWAY = (OperationalError, InterfaceError, ProgrammingError)
"""What a database says that is away, locked or without its tables. It may be back, so nothing is given up."""

log = structlog.get_logger()


class ProjectionWriter:
    """Takes projections from any thread and writes them in the background."""

    def __init__(self, shown: CaseReadModel, *, gather: float = GATHER, most_waiting: int = MOST_WAITING) -> None:
        self._shown = shown
        self._gather = gather
        self._waiting = WaitingProjections(most_waiting)
        self._loop = asyncio.get_running_loop()
        self._something = asyncio.Event()
        self._pause = 0.0
        self._under_way: asyncio.Task[bool] | None = None

    def take(self, projection: Projection) -> None:
        """Take a projection; neither waits nor fails, whatever the state of the database."""
        if lost := self._waiting.put([projection]):
            log.warning("projections_given_up", cases=lost)
        # The loop may be gone when the last workflow task ends; then nothing is written any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._something.set)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write while the context lasts, and at its end what still waits.

        A write under way is let finish if it can: a connection that is given up in a transaction keeps the lock of a
        SQLite file until it is collected as garbage, and whoever comes next finds the database locked.
        """
        working = asyncio.create_task(self._work())
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await self._let_finish()
            await self._finish()

    async def _work(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            await asyncio.sleep(max(self._gather, self._pause))
            self._under_way = asyncio.create_task(self.write_waiting())
            await asyncio.shield(self._under_way)
            if self._waiting:
                self._something.set()

    async def write_waiting(self) -> bool:
        """Write what waits; returns whether nothing is left because of the database."""
        while batch := self._waiting.take(AT_ONCE):
            try:
                async with asyncio.timeout(WITHIN):
                    await self._write(batch)
            except BaseException as error:
                # Whatever it was: what may not have been written waits on.
                self._waiting.put(batch)
                if not isinstance(error, Exception):
                    raise
                self._rest(error)
                return False
            self._pause = 0.0
        return True

    async def _write(self, batch: list[Projection]) -> None:
        try:
            await self._shown.write_all(batch)
        except Exception as error:
            if not _is_unfit(error):
                raise
            # It must not keep the others out.
            for projection in batch:
                await self._write_alone(projection)

    async def _write_alone(self, projection: Projection) -> None:
        try:
            await self._shown.write_all([projection])
        except Exception as error:
            if not _is_unfit(error):
                raise
            kind = type(error).__name__
            log.error("projection_refused", case_id=projection.case.case_id, seq=projection.seq, error=kind)

    def _rest(self, error: Exception) -> None:
        if not self._pause:
            log.warning("read_model_away", error=type(error).__name__, waiting=len(self._waiting))
        self._pause = min(2 * self._pause or FIRST_PAUSE, LONGEST_PAUSE)

    async def _let_finish(self) -> None:
        if self._under_way is None:
            return
        _, hanging = await asyncio.wait({self._under_way}, timeout=LAST_WORDS)
        for write in hanging:
            write.cancel()
            with suppress(asyncio.CancelledError):
                await write

    async def _finish(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self.write_waiting()
        if self._waiting:
            log.warning("projections_not_written", cases=len(self._waiting))


def _is_unfit(error: Exception) -> bool:
    """Whether it is the projection that cannot be written, and not the database that cannot write."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return False
    return isinstance(error, (StatementError, ValueError, TypeError)) and not isinstance(error, _AWAY)
