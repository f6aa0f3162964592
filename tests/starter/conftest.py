"""The command line over a real store and a service that only listens; and histories for the auditor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from temporalio.client import Client

from activities.customers.port import Registration
from domain.people import CustomerProfile
from runtime.settings import Settings
from starter.doors import Doors, Store, open_store
from starter.published import publish
from tests.starter.command_line import CUSTOMER, CommandLine, ListeningService
from tests.starter.told import Told, tell


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation whose store has the charter published and one customer."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))

    async def prepare() -> None:
        async with open_store(settings) as store:
            await publish(store.policies, "charter")
            await store.customers.register(Registration(profile=CustomerProfile(id=CUSTOMER)))

    asyncio.run(prepare())
    return settings


@pytest.fixture
def cli(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line over that store and a fresh listening service."""
    service = ListeningService()

    @asynccontextmanager
    async def store() -> AsyncIterator[Store]:
        async with open_store(settings) as opened:
            yield opened

    @asynccontextmanager
    async def doors() -> AsyncIterator[Doors]:
        async with open_store(settings) as opened:
            yield Doors(settings, opened, cast(Client, None), service)

    monkeypatch.setattr("starter.cli.session.store", store)
    monkeypatch.setattr("starter.cli.session.doors", doors)
    return CommandLine(settings, service)


@pytest.fixture
def own_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV file of complaints in our own layout."""

    def write(*rows: str, header: str = "source,reference,channel,customer_id,subject,upset") -> Path:
        path = tmp_path / "complaints.csv"
        path.write_text("\n".join((header, *rows)) + "\n")
        return path

    return write


@pytest.fixture(scope="session")
async def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Complaints that were lived through; whoever forges one forges a copy."""
    return await tell(tmp_path_factory.mktemp("audit"))
