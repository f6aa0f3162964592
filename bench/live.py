"""Many open desks: how soon all of them hear that a case has changed, from the moment its update was answered."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any

import httpx

from bench.api import ABOUT, p99, running_api, signed_in
from bench.ground import ANSWERED_WITHIN, Ground
from bench.ratios import Figure
from bench.tier1 import AGENT, Tier1, quiet
from domain.requests import AddNote
from starter.asking import acted

FRESH = 3_000_000
"""References from here on are new to a store in which other cases have been measured."""

STREAM = "/v1/events/stream"


class Desk:
    """An open stream of server-sent events, and what it has heard."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def hears(self, words: str) -> None:
        """Wait until a line has these words.

        Raises:
            EOFError: the stream has ended.
        """
        async for line in self._lines:
            if words in line:
                return
        raise EOFError(f"the stream ended without {words}")


@asynccontextmanager
async def open_desks(client: httpx.AsyncClient, count: int) -> AsyncIterator[list[Desk]]:
    """So many streams, each of which has begun."""
    async with AsyncExitStack() as open_ones:

        async def one() -> Desk:
            response = await open_ones.enter_async_context(client.stream("GET", STREAM))
            response.raise_for_status()
            desk = Desk(response.aiter_lines())
            await desk.hears("id:")
            return desk

        yield [await one() for _ in range(count)]


async def heard_by_all(ground: Ground, desks: int, changes: int) -> list[Figure]:
    """Milliseconds from the answer to a note until the last desk has heard of it."""
    taken: list[float] = []
    async with running_api(ground) as address, signed_in(ground, address, AGENT.id) as agent:
        everybody = httpx.AsyncClient(
            base_url=address,
            cookies=agent.cookies,
            timeout=60,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )
        handle = await Tier1(ground, "ours", numbers=itertools.count(FRESH)).open()
        async with everybody, open_desks(everybody, desks) as all_of_them:
            for number in range(changes):
                await quiet(handle)
                # Whatever the turns before have still to say.
                await asyncio.sleep(1)
                hearing = [asyncio.create_task(desk.hears("note_added")) for desk in all_of_them]
                note: dict[str, Any] = {"request_id": f"n{number}", "actor": AGENT, "text": "Looked at."}
                await acted(handle, "add_note", AddNote(**note), ANSWERED_WITHIN)
                began = time.perf_counter()
                await asyncio.gather(*hearing)
                taken.append(1_000 * (time.perf_counter() - began))
    unit = f"ms until {desks} desks have heard"
    return [
        Figure("live_p50", median(taken), None, unit, about=ABOUT),
        Figure("live_p99", p99(taken), None, unit, 1_000, about=ABOUT),
    ]
