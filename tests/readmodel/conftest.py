"""Read models for the tests of this folder, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import open_database
from readmodel.migrating import migrate
from readmodel.model import ReadModel
from readmodel.tables import METADATA
from tests.postgres_server import new_database

_NUMBERS = itertools.count(1)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite database without tables."""
    return f"sqlite+aiosqlite:///{tmp_path}/rows.db"


@pytest.fixture
async def postgres_url(postgres: Path) -> str:
    """The URL of a PostgreSQL database without tables."""
    return await new_database(postgres, f"readmodel_{next(_NUMBERS)}")


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables, of each kind in turn."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(scope="session")
async def sqlite_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, of which each test gets a copy."""
    file = tmp_path_factory.mktemp("readmodel") / "rows.db"
    await _with_tables(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
async def postgres_rows(postgres: Path) -> str:
    """The URL of a PostgreSQL database with the tables, which the tests empty and use one after the other."""
    return await _with_tables(await new_database(postgres, "readmodel"))


@pytest.fixture
async def sqlite_engine(sqlite_rows: Path, sqlite_url: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Empty tables in SQLite."""
    shutil.copy(sqlite_rows, tmp_path / "rows.db")
    engine = open_database(sqlite_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def postgres_engine(postgres_rows: str) -> AsyncIterator[AsyncEngine]:
    """Empty tables in PostgreSQL."""
    engine = open_database(postgres_rows)
    await empty(engine)
    yield engine
    await engine.dispose()


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> AsyncEngine:
    """A database with empty tables, of each kind in turn."""
    opened: AsyncEngine = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def model(engine: AsyncEngine) -> ReadModel:
    """An empty read model."""
    return ReadModel(engine)


async def empty(engine: AsyncEngine) -> None:
    """Take all rows out of the tables."""
    async with engine.begin() as connection:
        for table in METADATA.tables.values():
            await connection.execute(delete(table))


async def _with_tables(url: str) -> str:
    engine = open_database(url)
    await migrate(engine)
    await engine.dispose()
    return url
