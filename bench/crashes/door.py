"""The shop's door: every request of ours goes through it. Answers get lost here, and all wait while one is watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx

from bench.crashes.strike import Strike
from bench.crashes.wire import DatabaseWire

LONGEST_S = 600.0
"""What the shop may take to answer: whoever asks has a patience of their own."""

_PASSED_ON = frozenset({"authorization", "content-type"})
_NOBODY = Strike(path="", at=0)


@dataclass(frozen=True)
class Request:
    """What was asked, as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Door:
    """A reverse proxy before the shop. While a request is watched all others wait: its statements are its own."""

    def __init__(self, shop_url: str, wire: DatabaseWire) -> None:
        self._shop = httpx.AsyncClient(
            base_url=shop_url, timeout=LONGEST_S, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._wire = wire
        self._inside = 0
        self._changed = asyncio.Condition()
        self._watching: Strike | None = None
        self._waiting: list[Strike] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[httpx.Response | None]] = set()
        self.url = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let requests in until the context ends."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield
        finally:
            server.close()
            left = [*self._serving, *self._asking]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await self._shop.aclose()

    def expect(self, strike: Strike) -> None:
        """The next POST with the strike's path will be struck."""
        self._waiting.append(strike)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while request := await _read(reader):
                    await self._let_in(request, writer)
        finally:
            self._serving.discard(task)
            writer.close()

    @asynccontextmanager
    async def shut(self) -> AsyncIterator[None]:
        """Nobody is inside, but for those that a strike has stopped; everybody else waits until the context ends."""
        await self._keep_for(_NOBODY)
        try:
            yield
        finally:
            await self._set(free=True)

    async def _let_in(self, request: Request, writer: asyncio.StreamWriter) -> None:
        if strike := self._due(request):
            await _answer(await self._watch(strike, request), writer)
            return
        async with self._changed:
            await self._changed.wait_for(lambda: self._watching is None)
        await _answer(await self._counted(request), writer)

    async def _watch(self, strike: Strike, request: Request) -> httpx.Response | None:
        """None once the request has lost its way back; it may still be running at the shop."""
        await self._keep_for(strike)
        self._wire.strike = strike
        asking = asyncio.create_task(self._asked(request) if strike.stops else self._counted(request))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        struck = asyncio.create_task(strike.reached.wait())
        await asyncio.wait((asking, struck), return_when=asyncio.FIRST_COMPLETED)
        self._wire.strike = None
        strike.strike()
        await struck
        await self._set(free=True)
        if strike.stops:
            await strike.over.wait()
        return asking.result() if strike.watches else None

    async def _keep_for(self, strike: Strike) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._watching is None)
            self._watching = strike
            await self._changed.wait_for(lambda: self._inside == 0)

    def _due(self, request: Request) -> Strike | None:
        found = next((strike for strike in self._waiting if request.target.endswith(strike.path)), None)
        if found is None or request.method != "POST":
            return None
        self._waiting.remove(found)
        return found

    async def _set(self, *, inside: int = 0, free: bool = False) -> None:
        async with self._changed:
            self._inside += inside
            if free:
                self._watching = None
            self._changed.notify_all()

    async def _counted(self, request: Request) -> httpx.Response | None:
        # No wait between the door's opening and this: whoever shuts it sees that somebody is inside.
        self._inside += 1
        try:
            return await self._asked(request)
        finally:
            await self._set(inside=-1)

    async def _asked(self, request: Request) -> httpx.Response | None:
        """The shop's answer; 503 if it does not run, None if it died before it answered."""
        try:
            return await self._shop.request(
                request.method, request.target, headers=request.headers, content=request.body
            )
        except httpx.ConnectError:
            return httpx.Response(503, json={"message": "the shop does not run"})
        except httpx.TransportError:
            return None


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.pop("content-length", "0")))
    kept = {name: value for name, value in headers.items() if name in _PASSED_ON}
    return Request(method, target, kept, body)


async def _answer(answer: httpx.Response | None, writer: asyncio.StreamWriter) -> None:
    if answer is None:
        writer.transport.abort()
        raise ConnectionAbortedError("no answer comes")
    head = f"HTTP/1.1 {answer.status_code} \r\ncontent-type: application/json\r\ncontent-length: {len(answer.content)}"
    writer.write(head.encode() + b"\r\n\r\n" + answer.content)
    await writer.drain()
