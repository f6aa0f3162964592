"""Requests that no case remembers, answered once: the same key and body again get the same answer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import ANSWERED_REQUESTS
from activities.store.database import insert_new
from domain.errors import RequestIdReusedError
from domain.sla.spans import DAY

KEPT = 30 * DAY
"""How long an answer is remembered; whoever asks again later opens nothing twice either, by its reference."""


class AnsweredRequests:
    """The `answered_requests` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock
        self._under_way: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def once(
        self, principal: str, key: str, route: str, body: BaseModel, do: Callable[[], Awaitable[str]]
    ) -> str:
        """The answer to a request, as JSON: got by doing it, or remembered from when it was done.

        Sent twice at once it is done once, and whoever came second waits for the answer that the first one gets.

        Raises:
            RequestIdReusedError: the key came before with another body, or on another route.
        """
        async with self._under_way.setdefault((principal, key), asyncio.Lock()):
            before = await self.before(principal, key, route, body)
            return before if before is not None else await self.remember(principal, key, await do())

    async def before(self, principal: str, key: str, route: str, body: BaseModel) -> str | None:
        """The answer that this request got before, as JSON; None if it is new or was never finished.

        Raises:
            RequestIdReusedError: the key came before with another body, or on another route.
        """
        content = hashlib.sha256(f"{route}\x00{body.model_dump_json()}".encode()).hexdigest()
        own = self._own(principal, key)
        row = {"principal": principal, "key": key, "fingerprint": content, "at": self._clock()}
        async with self._engine.begin() as connection:
            if await insert_new(connection, ANSWERED_REQUESTS, **row):
                return None
            known = (await connection.execute(select(ANSWERED_REQUESTS).where(own))).one()
        if known.fingerprint != content:
            raise RequestIdReusedError(f"the key {key} was used with other content", field="Idempotency-Key")
        answer: str | None = known.answer
        return answer

    async def remember(self, principal: str, key: str, answer: str) -> str:
        """Write down the answer, as JSON; returns the one that counts, which of several processes is the first's."""
        own, column = self._own(principal, key), ANSWERED_REQUESTS.c.answer
        async with self._engine.begin() as connection:
            await connection.execute(update(ANSWERED_REQUESTS).where(own & column.is_(None)).values(answer=answer))
            return str((await connection.execute(select(column).where(own))).scalar_one())

    async def forget_old(self) -> int:
        """Delete what is older than anybody repeats a request; returns how many."""
        async with self._engine.begin() as connection:
            old = delete(ANSWERED_REQUESTS).where(ANSWERED_REQUESTS.c.at < self._clock() - KEPT)
            return (await connection.execute(old)).rowcount

    @staticmethod
    def _own(principal: str, key: str) -> ColumnElement[bool]:
        return (ANSWERED_REQUESTS.c.principal == principal) & (ANSWERED_REQUESTS.c.key == key)
