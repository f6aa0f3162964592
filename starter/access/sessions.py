"""Who is signed in: an opaque token that the browser keeps and only its hash stands here, with two ends.

A session ends twelve hours after it began, and earlier if it was not used for half an hour.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import SESSIONS
from activities.store.database import insert_new
from domain.sla.spans import HOUR, MINUTE
from starter.access.secrets import digest, new_secret

LASTS = 12 * HOUR
IDLE = 30 * MINUTE
NOTED_EVERY = MINUTE
"""How old `seen_at` may be: a write with each request would cost more than the request."""


class Sessions:
    """The `sessions` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def begin(self, staff_id: str) -> str:
        """Sign somebody in; returns the token for their browser. Sessions that are over go on this occasion."""
        token, now = new_secret(), self._clock()
        row = {"token_hash": digest(token), "staff_id": staff_id, "begun_at": now, "seen_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
            await insert_new(connection, SESSIONS, **row, expires_at=now + LASTS)
        return token

    async def staff_id(self, token: str, *, used: bool = True) -> str | None:
        """Who is signed in with this token, or None if nobody is any more; without `used` silence goes on."""
        now, own = self._clock(), SESSIONS.c.token_hash == digest(token)
        alive = own & (SESSIONS.c.expires_at > now) & (SESSIONS.c.seen_at > now - IDLE)
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(SESSIONS).where(alive))).one_or_none()
        if row is None:
            return None
        if used and row.seen_at <= now - NOTED_EVERY:
            async with self._engine.begin() as connection:
                await connection.execute(update(SESSIONS).where(own).values(seen_at=now))
        found: str = row.staff_id
        return found

    async def end(self, token: str) -> None:
        """Sign out; harmless where nobody is signed in."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == digest(token)))

    async def end_all(self, staff_id: str) -> None:
        """Sign somebody out everywhere, as when their account is disabled or gets another password."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(SESSIONS).where(SESSIONS.c.staff_id == staff_id))
