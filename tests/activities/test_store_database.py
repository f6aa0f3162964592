"""Opening the store, and the statements that the databases spell differently."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import create_tables, insert_new, open_database, upsert
from activities.store.tables import ARCHIVED_TIMELINE, METADATA


@pytest.mark.parametrize(
    "url", ["sqlite:///x.db", "postgresql+psycopg://localhost/x", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"]
)
def test_store_refuses_other_databases(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected|needs a file"):
        open_database(url)


async def test_sqlite_file_is_readable_by_its_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_database(sqlite_url)
    await create_tables(engine)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "store.db": 0o600,
        "store.db-shm": 0o600,
        "store.db-wal": 0o600,
    }
    await engine.dispose()


async def test_sqlite_writes_ahead_and_waits_for_other_writers(sqlite_engine: AsyncEngine) -> None:
    async with sqlite_engine.connect() as connection:
        pragmas = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    assert pragmas == ["wal", 1, 10_000, 1]


async def test_several_workers_may_create_the_tables_at_once(store_url: str) -> None:
    engines = [open_database(store_url) for _ in range(6)]
    await asyncio.gather(*(create_tables(engine) for engine in engines))
    async with engines[0].connect() as connection:
        for table in METADATA.tables.values():
            assert (await connection.execute(select(table))).all() == []
    for engine in engines:
        await engine.dispose()


async def test_workers_write_at_once_without_losing_a_row(store_url: str) -> None:
    engines = [open_database(store_url) for _ in range(3)]
    await create_tables(engines[0])

    async def write(engine: AsyncEngine, case_id: str) -> None:
        for seq in range(20):
            async with engine.begin() as connection:
                await insert_new(connection, ARCHIVED_TIMELINE, case_id=case_id, seq=seq, entry="{}")

    await asyncio.gather(*(write(engine, f"c{n}{m}") for n, engine in enumerate(engines) for m in range(3)))
    async with engines[0].connect() as connection:
        assert len((await connection.execute(select(ARCHIVED_TIMELINE))).all()) == 180
    for engine in engines:
        await engine.dispose()


async def test_a_row_is_inserted_once(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        first = await insert_new(connection, ARCHIVED_TIMELINE, case_id="c1", seq=1, entry="first")
        second = await insert_new(connection, ARCHIVED_TIMELINE, case_id="c1", seq=1, entry="second")
        kept = (await connection.execute(select(ARCHIVED_TIMELINE.c.entry))).scalars().all()
    assert (first, second, kept) == (True, False, ["first"])


async def test_upsert_overwrites_all_but_the_key(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await upsert(connection, ARCHIVED_TIMELINE, [{"case_id": "c1", "seq": n, "entry": "old"} for n in (1, 2)])
        await upsert(connection, ARCHIVED_TIMELINE, [{"case_id": "c1", "seq": n, "entry": "new"} for n in (2, 3)])
        await upsert(connection, ARCHIVED_TIMELINE, [])
        rows = await connection.execute(select(ARCHIVED_TIMELINE).order_by(ARCHIVED_TIMELINE.c.seq))
        assert [row.entry for row in rows] == ["old", "new", "new"]


async def test_errors_of_the_database_do_not_show_what_was_written(engine: AsyncEngine) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with engine.begin() as connection:
            await insert_new(connection, ARCHIVED_TIMELINE, case_id="private words", seq=None, entry="private words")
    assert "private words" not in str(caught.value)
