"""What changes while somebody looks: one reader for the whole process, however many follow.

It keeps the latest changes; each follower has a place among them, and whoever falls behind all that is kept is told so.
A follower costs nothing but their connection, and none can hold up another.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from readmodel.model import ReadModel
from readmodel.rows import Change
from starter.access.errors import RateLimitedError

EVERY = 0.25
"""Seconds between two looks at the database, while anybody follows."""

AGAIN_AFTER = 5.0
"""Seconds until a database that does not answer is looked at again."""

KEPT = 2_000
"""Changes that are kept for those who come back."""

LOOK_AROUND = 15.0
"""Seconds after which a follower hears that nothing happened."""

MOST_EACH = 300
"""Streams that one principal may have open."""

AT_ONCE = 500

log = structlog.get_logger()


@dataclass(frozen=True)
class Look:
    """What a follower finds.

    Attributes:
        number: of the last change that is known now; where to go on.
        changes: since the last look.
        missed: there was more than that, and it is not kept any more.
    """

    number: int
    changes: tuple[Change, ...] = ()
    missed: bool = False


class LiveChanges:
    """Follows the changes of the read model for everybody who wants to know of them."""

    def __init__(self, model: ReadModel, *, every: float = EVERY, kept: int = KEPT) -> None:
        self._model = model
        self._every = every
        self._kept = kept
        self._changes: list[Change] = []
        self._floor = self._newest = 0
        self._followers = 0
        self._something = asyncio.Event()
        self._beginning = asyncio.Lock()
        self._closed = False
        self._places: Counter[str] = Counter()

    async def follow(self, after: int | None, seconds: float) -> AsyncGenerator[Look]:
        """The changes behind a number, and those to come, for so long; from now on if no number is given.

        The first look comes at once, another whenever something has changed, and one now and then without anything.

        Raises:
            SQLAlchemyError: the database does not answer at the beginning; later it is waited for.
        """
        async with self._read_along():
            until = time.monotonic() + seconds
            place = self._newest if after is None else after
            while not self._closed:
                something, look = self._something, self._look(place)
                place = look.number
                yield look
                if (left := until - time.monotonic()) <= 0:
                    break
                with suppress(TimeoutError):
                    await asyncio.wait_for(something.wait(), min(left, LOOK_AROUND))

    async def newest(self) -> int:
        """Number of the newest change; who follows from there on misses nothing that comes after this.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        return self._newest if self._followers else await self._model.newest_change()

    @contextmanager
    def place_of(self, principal: str) -> Iterator[None]:
        """A place among the followers, for as long as the context lasts.

        Raises:
            RateLimitedError: this principal has too many already; connections are what a process runs out of first.
        """
        if self._places[principal] >= MOST_EACH:
            raise RateLimitedError(f"expected at most {MOST_EACH} streams at once", retry_after=round(LOOK_AROUND))
        self._places[principal] += 1
        try:
            yield
        finally:
            self._places[principal] -= 1
            if not self._places[principal]:
                del self._places[principal]

    def close(self) -> None:
        """Send everybody away, for good."""
        self._closed = True
        self._something.set()

    def _look(self, place: int) -> Look:
        if not self._floor <= place <= self._newest:
            return Look(self._newest, missed=True)
        behind = bisect_right(self._changes, place, key=lambda change: change.number)
        return Look(self._newest, tuple(self._changes[behind:]))

    @asynccontextmanager
    async def _read_along(self) -> AsyncIterator[None]:
        """Have the database read as long as anybody follows."""
        async with self._beginning:
            if not self._followers:
                await self._catch_up()
                self._reading = asyncio.create_task(self._read())
            self._followers += 1
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers:
                self._reading.cancel()

    async def _catch_up(self) -> None:
        newest = await self._model.newest_change()
        if newest - self._newest > self._kept:
            self._changes, self._floor = [], newest - self._kept
            self._newest = self._floor
        while await self._read_some():
            pass

    async def _read(self) -> None:
        while True:
            pause = self._every
            try:
                if await self._read_some():
                    continue
            except (SQLAlchemyError, OSError) as error:
                log.warning("changes_not_read", error=type(error).__name__)
                pause = AGAIN_AFTER
            await asyncio.sleep(pause)

    def _forget(self) -> None:
        """Keep no more than what was said."""
        if too_many := self._changes[: -self._kept]:
            del self._changes[: len(too_many)]
            self._floor = too_many[-1].number

    async def _read_some(self) -> bool:
        """Read what is new; returns whether there may be more."""
        found = await self._model.changes(self._newest, limit=AT_ONCE)
        if found:
            self._changes += found
            self._newest = found[-1].number
            self._forget()
            self._something.set()
            self._something = asyncio.Event()
        return len(found) == AT_ONCE
