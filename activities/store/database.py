"""Opening the store, SQLite in a file or PostgreSQL, and the two statements that each of them spells its own way."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

import activities.store.access_tables
import activities.store.assignment_tables
import activities.store.customer_tables
import activities.store.desk_tables
import activities.store.medusa_tables
import activities.store.shop_tables
import activities.store.subscription_tables  # noqa: F401 - tables join METADATA when they are imported
from activities.store.tables import METADATA

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row, with the columns of its table as attributes."""

AnySelect: TypeAlias = Select[*tuple[Any, ...]]
"""A query for such rows."""

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite connection waits for another process's write before it fails."""

_CREATING = 0x_D0E_C0_5E
"""The PostgreSQL advisory lock under which tables are created."""

_PRAGMAS = (
    # First: switching to WAL takes a lock that another worker may hold at the same moment.
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


def open_database(url: str, *, connections: int = 5) -> AsyncEngine:
    """The engine for a database URL; close it with `await engine.dispose()`.

    Args:
        url: `sqlite+aiosqlite:///path/to/file` or `postgresql+asyncpg://user:password@host/name`. A new SQLite file is
            readable by its owner only, for it holds addresses.
        connections: to PostgreSQL, kept open at most; five more may come under load. A SQLite file gets one.

    Raises:
        ValueError: any other kind of URL, or a SQLite database without a file.
    """
    address = make_url(url)
    # Neither errors nor debug logs may show what is stored: there are addresses among it.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    if address.drivername == "postgresql+asyncpg":
        return create_async_engine(
            address, pool_size=connections, max_overflow=5, pool_pre_ping=True, hide_parameters=True
        )
    if address.drivername == "sqlite+aiosqlite":
        return _open_file(address)
    raise ValueError(f"expected sqlite+aiosqlite:///file or postgresql+asyncpg://…, got {address.drivername}")


def _open_file(address: URL) -> AsyncEngine:
    if not address.database or address.database == ":memory:":
        raise ValueError("the SQLite store needs a file: each connection would get a memory of its own")
    Path(address.database).touch(mode=0o600)
    # SQLite has one writer. Several connections of one process would wait for each other by sleeping, in no order,
    # until one of them gives up as locked; queueing for a single one is fair and measured 1.4 times as fast.
    engine = create_async_engine(address, pool_size=1, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    return engine


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables that are missing; several workers may do so at the same time."""
    async with engine.begin() as connection:
        if is_postgresql(connection):
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CREATING})
        else:
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        await connection.run_sync(METADATA.create_all)


async def insert_new(connection: AsyncConnection, table: Table, **values: object) -> bool:
    """Insert a row unless one of its unique keys is taken; returns whether it was inserted."""
    statement = _insert(connection, table).values(**values).on_conflict_do_nothing()
    return (await connection.execute(statement)).rowcount == 1


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows with the same columns, or overwrite all but the primary key of those that exist."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def is_postgresql(connection: AsyncConnection) -> bool:
    """Whether this connection leads to PostgreSQL."""
    return connection.dialect.name == "postgresql"


def _insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)
