"""One installation and one browser for all browser tests: real server, worker, API, desk and Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from starter.api.guarded import SESSION_COOKIE
from tests.scenarios.serving_api import ServedApi
from tests.world import OpenCase, World

PASSWORD = "correct horse battery"
PATIENCE_MS = 40_000
"""More than twice as long as the slowest page waits until it looks by itself whether something has changed."""
ZONE = "Asia/Shanghai"
WIDE, NARROW = (1200, 900), (390, 844)
LOCALES = {"en": "en-US", "zh-CN": "zh-CN"}


@dataclass
class House:
    """What runs, and who has come in."""

    browser: Browser
    world: World
    api: ServedApi
    known: set[str] = field(default_factory=set)

    async def account(self, staff_id: str) -> None:
        """Give somebody an account, once."""
        if staff_id not in self.known:
            self.known.add(staff_id)
            await self.api.gate.accounts.create(staff_id, PASSWORD)

    @asynccontextmanager
    async def stranger(
        self,
        *,
        language: str = "en",
        size: tuple[int, int] = WIDE,
        scheme: Literal["light", "dark"] = "light",
    ) -> AsyncIterator[Page]:
        """A page of a browser in which nobody is signed in. What the browser complains of fails the test."""
        context = await self.browser.new_context(
            base_url=self.api.address,
            locale=LOCALES[language],
            timezone_id=ZONE,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
        )
        complaints: list[str] = []
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        try:
            yield await context.new_page()
        finally:
            await context.close()
        assert complaints == []

    @asynccontextmanager
    async def desk_of(
        self,
        staff_id: str,
        *,
        language: str = "en",
        size: tuple[int, int] = WIDE,
        scheme: Literal["light", "dark"] = "light",
    ) -> AsyncIterator[Page]:
        """A page of a browser in which somebody is signed in."""
        await self.account(staff_id)
        async with self.stranger(language=language, size=size, scheme=scheme) as page:
            await self._come_in(page.context, staff_id)
            yield page

    async def _come_in(self, context: BrowserContext, staff_id: str) -> None:
        token = await self.api.gate.sessions.begin(staff_id)
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": self.api.address}])


def _complaint(message: ConsoleMessage) -> list[str]:
    """What the console shows as an error; that a page was refused is what tests are about, and is seen on the page."""
    refused = re.match(r"Failed to load resource: the server responded with a status of (4\d\d|503)", message.text)
    return [message.text] if message.type == "error" and not refused else []


async def link_in_letter(case: OpenCase) -> str:
    """Where the newest letter to the customer of a case leads them, on this house."""
    found = re.findall(r"https?://[^/\s]+(/my/\S+)", (await case.letters())[-1].body)
    return str(found[-1])
