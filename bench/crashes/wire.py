"""The wire between a shop and its PostgreSQL: statements are counted on it, and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bench.crashes.strike import Strike

CHUNK = 65_536
_EXECUTED = frozenset(b"QE")
"""Frontend messages that make PostgreSQL do something: simple query, and execution of a prepared one."""


class FrontendMessages:
    """Counts statements in what a client sends, in whatever pieces it arrives.

    Source: PostgreSQL's manual, "Message Formats": a type byte, then the length with itself but without the type. Only
    the first message of a connection has no type.
    """

    def __init__(self) -> None:
        self._left = b""
        self._greeted = False

    def statements(self, piece: bytes) -> int:
        """How many statements end in this piece."""
        self._left += piece
        found = 0
        while True:
            kind = 1 if self._greeted else 0
            if len(self._left) < kind + 4:
                return found
            length = kind + int.from_bytes(self._left[kind : kind + 4], "big")
            if len(self._left) < length:
                return found
            found += self._greeted and self._left[0] in _EXECUTED
            self._greeted = True
            self._left = self._left[length:]


class DatabaseWire:
    """Connections of a shop to its database, passed on from a port of their own.

    Attributes:
        strike: counts what passes, while there is one.
    """

    def __init__(self, database_port: int) -> None:
        self._database_port = database_port
        self._open: set[asyncio.StreamWriter] = set()
        self.strike: Strike | None = None
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Pass on until the context ends."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            self.cut()

    def cut(self) -> None:
        """Close all connections: the shop is dead, and what was stopped never arrives."""
        for writer in self._open:
            writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            back, forth = await asyncio.open_connection("127.0.0.1", self._database_port)
            ends = {writer, forth}
            self._open |= ends
            messages = FrontendMessages()
            pumps = [
                asyncio.create_task(_pump(reader, forth, lambda piece: self._stopped(messages.statements(piece)))),
                asyncio.create_task(_pump(back, writer, lambda _: False)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.close()
            await asyncio.wait(pumps)
            self._open -= ends

    def _stopped(self, statements: int) -> bool:
        strike = self.strike
        if strike is None or not statements or not strike.count(statements):
            return False
        self.strike = None
        return strike.stops


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stopped: Callable[[bytes], bool]) -> None:
    with suppress(OSError):
        while piece := await reader.read(CHUNK):
            if stopped(piece):
                # Neither passed on nor answered; the connection ends with the shop.
                while await reader.read(CHUNK):
                    pass
                return
            writer.write(piece)
            await writer.drain()
