"""Stores for the tests of who may come in, in SQLite and in a real PostgreSQL; a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import ACCOUNTS, ANSWERED_REQUESTS, API_KEYS, SESSIONS, STAFF_LANGUAGES
from activities.store.database import create_tables, open_database
from tests.postgres_server import new_database

TABLES = (API_KEYS, ACCOUNTS, SESSIONS, ANSWERED_REQUESTS, STAFF_LANGUAGES)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes in no time; what it makes is as good as any for a test."""


@dataclass
class MovedClock:
    """Stands still until a test moves it."""

    now: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="session")
async def postgres_with_tables(postgres: Path) -> str:
    """The URL of a PostgreSQL database with the tables, which the tests use one after the other."""
    url = await new_database(postgres, "access")
    await _with_tables(url)
    return url


@pytest.fixture(scope="session")
async def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same in SQLite."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('access')}/store.db"
    await _with_tables(url)
    return url


@pytest.fixture
async def sqlite_engine(sqlite_with_tables: str) -> AsyncIterator[AsyncEngine]:
    """Empty tables in SQLite."""
    async with _emptied(sqlite_with_tables) as opened:
        yield opened


@pytest.fixture
async def postgres_engine(postgres_with_tables: str) -> AsyncIterator[AsyncEngine]:
    """Empty tables in PostgreSQL."""
    async with _emptied(postgres_with_tables) as opened:
        yield opened


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> AsyncEngine:
    """Empty tables, in each kind of database in turn."""
    opened: AsyncEngine = request.getfixturevalue(request.param)
    return opened


@asynccontextmanager
async def _emptied(url: str) -> AsyncIterator[AsyncEngine]:
    opened = open_database(url)
    async with opened.begin() as connection:
        for table in TABLES:
            await connection.execute(delete(table))
    yield opened
    await opened.dispose()


async def _with_tables(url: str) -> None:
    opened = open_database(url)
    await create_tables(opened)
    await opened.dispose()
