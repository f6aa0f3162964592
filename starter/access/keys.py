"""API keys of systems: given out once, kept as a hash, limited to scopes, taken back at any time.

A key is `dck_PREFIX_SECRET`: the prefix finds it and may be shown, the secret proves it and is never stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.access_tables import API_KEYS
from activities.store.database import AnyRow, insert_new
from domain.errors import InvalidInputError
from domain.people import Role
from domain.sla.spans import MINUTE, Instant
from starter.access.principals import DESK, Principal, Scope, SystemName
from starter.access.secrets import digest, matches, new_secret

MARK = "dck"
"""How every key begins, so that one that was committed somewhere is found."""

NOTED_EVERY = MINUTE
"""How old `last_used_at` may be: a write with each request would cost more than the request."""

NO_KEY = digest("")
"""Compared with where there is no such key, so that finding out which prefixes exist takes no less time."""

_NAME: TypeAdapter[str] = TypeAdapter(SystemName)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    prefix: str
    name: str
    scopes: frozenset[Scope]
    created_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class ApiKeys:
    """The `api_keys` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def create(self, name: str, scopes: Iterable[Scope]) -> str:
        """Make a key for a system; returns it whole, which nobody can do again.

        Raises:
            InvalidInputError: the name is none, or there is no scope.
        """
        wanted = sorted({Scope(scope) for scope in scopes})
        if not wanted:
            raise InvalidInputError(f"expected at least one scope of {', '.join(Scope)}", field="scope")
        prefix, secret = secrets.token_hex(6), new_secret()
        row = {"prefix": prefix, "name": _named(name), "secret_hash": digest(secret), "scopes": " ".join(wanted)}
        async with self._engine.begin() as connection:
            assert await insert_new(connection, API_KEYS, **row, created_at=self._clock())
        return f"{MARK}_{prefix}_{secret}"

    async def all(self) -> list[ApiKey]:
        """Every key that was ever made, oldest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.prefix))
            return [_key(row) for row in rows]

    async def revoke(self, prefix: str) -> bool:
        """Take a key back, from this moment on; False where it was taken back before.

        Args:
            prefix: of the key, with or without its mark, or the whole key.

        Raises:
            InvalidInputError: there is no such key.
        """
        prefix = prefix.removeprefix(f"{MARK}_").partition("_")[0]
        own = API_KEYS.c.prefix == prefix
        async with self._engine.begin() as connection:
            if (await connection.execute(select(API_KEYS.c.prefix).where(own))).one_or_none() is None:
                raise InvalidInputError(f"there is no key {prefix}", field="prefix")
            open_ones = update(API_KEYS).where(own & API_KEYS.c.revoked_at.is_(None))
            return (await connection.execute(open_ones.values(revoked_at=self._clock()))).rowcount == 1

    async def principal(self, token: str) -> Principal | None:
        """Whose key this is, or None if it is none or was taken back."""
        mark, prefix, secret = ([*token.split("_", 2), "", ""])[:3]
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(API_KEYS).where(API_KEYS.c.prefix == prefix))).one_or_none()
        proven = matches(secret, row.secret_hash if row else NO_KEY)
        if row is None or not proven or mark != MARK or row.revoked_at is not None:
            return None
        key = _key(row)
        await self._note_use(key)
        return Principal(key.name, Role.SYSTEM, scopes=key.scopes)

    async def _note_use(self, key: ApiKey) -> None:
        now = self._clock()
        if key.last_used_at is None or key.last_used_at <= now - NOTED_EVERY:
            async with self._engine.begin() as connection:
                own = update(API_KEYS).where(API_KEYS.c.prefix == key.prefix)
                await connection.execute(own.values(last_used_at=now))


def _named(name: str) -> str:
    if name == DESK:
        raise InvalidInputError(f"name: {DESK} is what the staff's own cases come from", field="name")
    try:
        return _NAME.validate_python(name)
    except ValidationError:
        expected = "a small letter, then small letters, digits, _ and -, 32 at most"
        raise InvalidInputError(f"name: expected {expected}; got {name!r}", field="name") from None


def _key(row: AnyRow) -> ApiKey:
    # A scope that this release does not know opens nothing.
    known = frozenset(Scope(scope) for scope in row.scopes.split() if scope in set(Scope))
    return ApiKey(row.prefix, row.name, known, row.created_at, row.last_used_at, row.revoked_at)
