"""One store for all tests of the API; a fresh application for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from runtime.settings import Settings
from starter.doors import Store, open_store
from tests.starter.api.calling import Api, calling


@pytest.fixture(scope="session")
async def store(settings: Settings) -> AsyncIterator[Store]:
    async with open_store(settings) as opened:
        yield opened


@pytest.fixture
async def api(store: Store) -> AsyncIterator[Api]:
    async with calling(store) as called:
        yield called
