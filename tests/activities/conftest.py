"""Stores for the tests of this folder: each test gets an empty one, in SQLite and in a real PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notifications.messages import CustomerMessages
from activities.notifications.port import MessageAdapter
from activities.store.database import create_tables, open_database
from activities.store.tables import METADATA
from domain.people import DeliveryChannel
from tests.activities.message_samples import customer_messages, register_customer
from tests.activities.scripted import Plug
from tests.postgres_server import new_database

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def apprise_plugins() -> None:
    """Apprise imports all of its plugins on first use, and those import what warns, here and there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Apprise().add("json://localhost")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite database."""
    return f"sqlite+aiosqlite:///{tmp_path}/store.db"


@pytest.fixture
async def postgres_url(postgres: Path) -> str:
    """The URL of an empty PostgreSQL database."""
    return await new_database(postgres, f"store_{next(_NUMBERS)}")


@pytest.fixture(scope="session")
async def postgres_store(postgres: Path) -> str:
    """The URL of a PostgreSQL database with the tables, which the tests empty and use one after the other."""
    return await _with_tables(await new_database(postgres, "store"))


@pytest.fixture(scope="session")
async def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, of which each test gets a copy."""
    made = tmp_path_factory.mktemp("sqlite") / "store.db"
    await _with_tables(f"sqlite+aiosqlite:///{made}")
    return made


@pytest.fixture
async def sqlite_engine(sqlite_store: Path, sqlite_url: str, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A store in SQLite, for what does not depend on the kind of database."""
    shutil.copy(sqlite_store, tmp_path / "store.db")
    async with _opened(sqlite_url) as opened:
        yield opened


@pytest.fixture
async def postgres_engine(postgres_store: str) -> AsyncIterator[AsyncEngine]:
    """A store in PostgreSQL."""
    async with _opened(postgres_store) as opened:
        async with opened.begin() as connection:
            await connection.execute(text(f"TRUNCATE {', '.join(METADATA.tables)}"))
        yield opened


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> AsyncEngine:
    """A store in each kind of database in turn."""
    opened: AsyncEngine = request.getfixturevalue(request.param)
    return opened


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_database(url)
    yield engine
    await engine.dispose()


async def _with_tables(url: str) -> str:
    async with _opened(url) as engine:
        await create_tables(engine)
    return url


@pytest.fixture
async def known_customer(sqlite_engine: AsyncEngine) -> None:
    """The customer to whom the sample messages go is on record."""
    await register_customer(sqlite_engine)


@pytest.fixture
def messages(sqlite_engine: AsyncEngine) -> Plug:
    """Sends messages by email, over the adapter that is plugged in."""

    def plugged(adapter: MessageAdapter, **changed: Any) -> CustomerMessages:
        return customer_messages(sqlite_engine, {DeliveryChannel.EMAIL: adapter}, **changed)

    return plugged
