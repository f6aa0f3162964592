"""Local accounts of staff, for installations without a sign-in of their own: an id and a password, hashed by argon2."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import ACCOUNTS
from activities.store.database import AnyRow, insert_new
from domain.errors import InvalidInputError
from domain.messages import Identifier
from domain.people import Role
from domain.sla.spans import Instant

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
AT_ONCE = 2
"""Passwords that are checked at the same time: each takes 64 MB and a tenth of a second of a processor."""

_ID: TypeAdapter[str] = TypeAdapter(Identifier)


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password. `role` is only there for who is in no team: an auditor."""

    staff_id: str
    role: Role | None
    created_at: Instant
    disabled_at: Instant | None


class Accounts:
    """The `accounts` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock, hasher: PasswordHasher | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._checking = asyncio.Semaphore(AT_ONCE)

    async def create(self, staff_id: str, password: str, role: Literal[Role.AUDITOR] | None = None) -> bool:
        """Make an account; False where there is one.

        Raises:
            InvalidInputError: the id is none, or the password is too short or too long.
        """
        row = {"staff_id": _identified(staff_id), "password_hash": await self._hashed(password), "role": role}
        async with self._engine.begin() as connection:
            return await insert_new(connection, ACCOUNTS, **row, created_at=self._clock())

    async def change_password(self, staff_id: str, password: str) -> None:
        """Give an account another password, and let it in again if it was disabled.

        Raises:
            InvalidInputError: there is no such account, or the password is too short or too long.
        """
        await self._change(staff_id, password_hash=await self._hashed(password), disabled_at=None)

    async def disable(self, staff_id: str) -> None:
        """Let nobody in with this account any more.

        Raises:
            InvalidInputError: there is no such account.
        """
        await self._change(staff_id, disabled_at=self._clock())

    async def get(self, staff_id: str) -> Account | None:
        """An account, or None."""
        row = await self._row(staff_id)
        return None if row is None else _account(row)

    async def with_password(self, staff_id: str, password: str) -> Account | None:
        """The account that this is the password of; None for a wrong one, a disabled or an unknown account."""
        row = await self._row(staff_id)
        async with self._checking:
            right = await asyncio.to_thread(self._verified, row.password_hash if row else None, password)
        if row is None or not right or row.disabled_at is not None:
            return None
        if self._hasher.check_needs_rehash(row.password_hash):
            await self._change(staff_id, password_hash=await self._hashed(password))
        return _account(row)

    @cached_property
    def _nobody(self) -> str:
        """Verified where there is no account, so that it takes as long to find that out as to get a password wrong."""
        return self._hasher.hash("nobody has this password")

    def _verified(self, stored: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _hashed(self, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            expected = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
            raise InvalidInputError(f"password: expected {expected}", field="password")
        async with self._checking:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _row(self, staff_id: str) -> AnyRow | None:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.staff_id == staff_id))
            return found.one_or_none()

    async def _change(self, staff_id: str, **values: object) -> None:
        async with self._engine.begin() as connection:
            own = update(ACCOUNTS).where(ACCOUNTS.c.staff_id == staff_id)
            if (await connection.execute(own.values(**values))).rowcount == 0:
                raise InvalidInputError(f"there is no account {staff_id}", field="staff_id")


def _identified(staff_id: str) -> str:
    try:
        return _ID.validate_python(staff_id)
    except ValidationError:
        raise InvalidInputError(
            f"staff_id: expected letters, digits and ._:-, got {staff_id!r}", field="staff_id"
        ) from None


def _account(row: AnyRow) -> Account:
    return Account(row.staff_id, Role(row.role) if row.role else None, row.created_at, row.disabled_at)
