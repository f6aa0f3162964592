"""Whom the server vouches for: a staff id belongs to whoever came with it first, and to nobody else after that."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import OIDC_PEOPLE
from activities.store.database import insert_new
from domain.errors import NotAllowedError
from domain.people import Role
from domain.sla.spans import HOUR
from starter.access.accounts import Account

NOTED_EVERY = HOUR


class OidcPeople:
    """The `oidc_people` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def come(self, staff_id: str, issuer: str, subject: str, role: Literal[Role.AUDITOR] | None) -> Account:
        """Note that somebody came, as whom the server knows them for good.

        Raises:
            NotAllowedError: this staff id belongs to somebody else there. Names are given away again, subjects are not.
        """
        now, own = self._clock(), OIDC_PEOPLE.c.staff_id == staff_id
        row = {"staff_id": staff_id, "issuer": issuer, "subject": subject, "role": role}
        async with self._engine.begin() as connection:
            known = (await connection.execute(select(OIDC_PEOPLE).where(own))).one_or_none()
            if known is None:
                await insert_new(connection, OIDC_PEOPLE, **row, first_at=now, last_at=now)
                known = (await connection.execute(select(OIDC_PEOPLE).where(own))).one()
            if (known.issuer, known.subject) != (issuer, subject):
                raise NotAllowedError(
                    f"the staff id {staff_id} belongs to somebody else; `duecourse access person forget` frees it"
                )
            if known.role != role or known.last_at <= now - NOTED_EVERY:
                await connection.execute(update(OIDC_PEOPLE).where(own).values(role=role, last_at=now))
        return Account(staff_id, role, known.first_at, None)

    async def account(self, staff_id: str) -> Account | None:
        """Somebody who came before, or None."""
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(select(OIDC_PEOPLE).where(OIDC_PEOPLE.c.staff_id == staff_id))
            ).one_or_none()
        return Account(staff_id, Role(row.role) if row.role else None, row.first_at, None) if row else None

    async def forget(self, staff_id: str) -> bool:
        """Free a staff id, and let nobody in who came with it; False where nobody did."""
        async with self._engine.begin() as connection:
            gone = delete(OIDC_PEOPLE).where(OIDC_PEOPLE.c.staff_id == staff_id)
            return (await connection.execute(gone)).rowcount == 1
