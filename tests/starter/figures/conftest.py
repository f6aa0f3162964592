"""Figures over a store in which some complaints were lived through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.sla.spans import HOUR
from runtime.settings import Settings
from starter.doors import Store, open_store
from starter.published import publish
from tests.domain.cases import MONDAY
from tests.domain.figures.telling import lived
from tests.starter.api.calling import Api, calling

SINCE, UNTIL = MONDAY, MONDAY + 48 * HOUR
"""The complaints of these tests were opened on this day, and nothing else of this run happens then."""

NUMBERS = {f"CFIGURES{letter * 6}": number for letter, number in zip("ABCD", (1, 2, 3, 20), strict=True)}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation of their own, with the charter published: other tests list what there is."""
    settings = Settings(home=tmp_path_factory.mktemp("figures"))

    async def prepare() -> None:
        async with open_store(settings) as store:
            await publish(store.policies, "charter")

    asyncio.run(prepare())
    return settings


@pytest.fixture(scope="session")
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with open_store(settings) as opened:
        await opened.readmodel.write_all([lived(number, case_id) for case_id, number in NUMBERS.items()])
        yield opened


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    async with calling(store) as called:
        yield called
