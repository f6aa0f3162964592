"""Bringing the tables of the read model to the version that this code works with, on either database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from readmodel.tables import METADATA

NEWEST = "0007"
"""The last migration; known here so that a start with nothing to migrate need not load Alembic."""

VERSIONS = "readmodel_version"
"""The table in which Alembic notes how far this database is; other rooms have tables beside it."""

_KNOWN = Table(VERSIONS, MetaData(), Column("version_num", String(32)))

_MIGRATING = 0x_D0E_C0_5F
"""The PostgreSQL advisory lock under which one process migrates while others wait."""


async def migrate(engine: AsyncEngine) -> None:
    """Run the migrations that this database lacks; several processes may do so at the same time."""
    async with engine.connect() as connection:
        if await connection.run_sync(present) == NEWEST:
            return
    async with engine.begin() as connection:
        await _only_one(connection)
        # Another process may have migrated while this one waited.
        if await connection.run_sync(present) != NEWEST:
            await connection.run_sync(_upgrade)


async def restore(engine: AsyncEngine) -> bool:
    """Make all tables anew if one of them is missing; returns whether that was so."""
    async with engine.begin() as connection:
        await _only_one(connection)
        if await connection.run_sync(lambda sync: METADATA.tables.keys() <= set(inspect(sync).get_table_names())):
            return False
        await connection.run_sync(METADATA.drop_all)
        await connection.run_sync(_KNOWN.drop, checkfirst=True)
        await connection.run_sync(_upgrade)
    return True


async def _only_one(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
    else:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")


def present(connection: Connection) -> str | None:
    """The version that this database has, None before the first migration."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.execute(select(_KNOWN.c.version_num)).scalar()
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see NEWEST
    from alembic.config import Config  # noqa: PLC0415 - see NEWEST

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
