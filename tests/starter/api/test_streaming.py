"""A download that nobody reads any more is made no further, and the log says nothing of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Receive, Scope, Send

from starter.api.serving import listening, running
from starter.api.streaming import AT_ONCE, Download

PIECES = 20_000
PIECE = "x" * 1_000


class Log:
    """A log of a size that no socket holds, which notes how far it came and that it was closed."""

    def __init__(self, pieces: int = PIECES) -> None:
        self.pieces, self.made = pieces, 0
        self.closed = asyncio.Event()

    async def told(self) -> AsyncGenerator[str, None]:
        try:
            while self.made < self.pieces:
                self.made += 1
                yield PIECE
        finally:
            self.closed.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Download(self.told(), "text/plain", {})(scope, receive, send)


async def test_download_that_is_broken_off_is_made_no_further(caplog: pytest.LogCaptureFixture) -> None:
    log = Log()
    with caplog.at_level(logging.WARNING), listening("127.0.0.1", 0) as opened:
        async with running(log, opened) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            assert await reader.read(100)
            writer.transport.abort()
            await asyncio.wait_for(log.closed.wait(), 10)
    assert log.made < PIECES
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_download_arrives_whole_and_in_few_pieces() -> None:
    log, sent = Log(100), list[bytes]()

    async def receive() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(message.get("body", b""))

    await log({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    assert b"".join(sent) == PIECE.encode() * 100
    assert len([one for one in sent if one]) == 100 * len(PIECE) // AT_ONCE + 1
    assert log.closed.is_set()
