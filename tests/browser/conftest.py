"""One browser and one running installation for the run; each test opens cases of its own in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from starter.policies.publish import publishable
from tests.browser.chromium import chromium
from tests.browser.house import PATIENCE_MS, House
from tests.scenarios.serving_api import served
from tests.world import running_world, time_skipping_server


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium())
        yield started
        await started.close()


@pytest.fixture(scope="session")
async def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    home, policy = tmp_path_factory.mktemp("browser"), publishable("charter").policy
    async with time_skipping_server() as env, running_world(env, home, policy) as world, served(world) as api:
        yield House(browser, world, api)
