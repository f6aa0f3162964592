"""Sessions that go back to one at the OpenID Connect server, and end when that one does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import OIDC_SESSIONS, SESSIONS
from activities.store.database import insert_new
from starter.access.oidc.tokens import LEEWAY, Claims
from starter.access.secrets import digest
from starter.access.sessions import LASTS

_HERE = OIDC_SESSIONS.c


class OidcSessions:
    """The `oidc_sessions` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def note(self, token: str, claims: Claims) -> None:
        """Keep to which session there one of ours goes back. What is over goes on this occasion.

        Args:
            token: of our session.
            claims: of the ID token with which it began.
        """
        now, sid = self._clock(), claims.get("sid")
        row = {
            "token_hash": digest(token),
            "issuer": claims["iss"],
            "subject": claims["sub"],
            "sid": sid if isinstance(sid, str) else None,
            "begun_at": now,
            "expires_at": now + LASTS,
        }
        async with self._engine.begin() as connection:
            await connection.execute(delete(OIDC_SESSIONS).where(_HERE.expires_at <= now))
            await insert_new(connection, OIDC_SESSIONS, **row)

    async def end(self, claims: Claims) -> list[str]:
        """End the sessions that a logout token means; returns the staff ids of those who were signed in with them.

        The same token again ends nothing that began after it.
        """
        async with self._engine.begin() as connection:
            meant = [row.token_hash for row in await connection.execute(select(OIDC_SESSIONS).where(_meant(claims)))]
            of_them = SESSIONS.c.token_hash.in_(meant)
            people = await connection.execute(select(SESSIONS.c.staff_id).where(of_them).distinct())
            found = sorted(person for (person,) in people)
            await connection.execute(delete(SESSIONS).where(of_them))
            await connection.execute(delete(OIDC_SESSIONS).where(_HERE.token_hash.in_(meant)))
        return found


def _meant(claims: Claims) -> ColumnElement[bool]:
    sid, subject = claims.get("sid"), claims.get("sub")
    # Clocks differ: somebody who signed in and out again within a minute must not stay.
    parts = [_HERE.issuer == claims["iss"], _HERE.begun_at <= (claims["iat"] + LEEWAY) * 1000]
    if subject is not None:
        parts.append(_HERE.subject == subject)
    if sid is not None:
        # A server that names sessions only as they end: then all of that person's.
        parts.append(_HERE.sid == sid if subject is None else or_(_HERE.sid == sid, _HERE.sid.is_(None)))
    return and_(*parts)
