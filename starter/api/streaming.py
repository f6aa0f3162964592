"""Downloads that are made while they are read: they end with whoever reads them, and leave nothing half open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Send

AT_ONCE = 65_536
"""Characters that are sent at once."""


class Download(StreamingResponse):
    """A file in pieces, which are made no longer than somebody reads them."""

    def __init__(self, pieces: AsyncGenerator[str, None], media_type: str, headers: Mapping[str, str]) -> None:
        self._gathered = _gathered(pieces)
        super().__init__(self._gathered, media_type=media_type, headers=headers)

    async def stream_response(self, send: Send) -> None:
        """Send the pieces. Whoever is called off meanwhile closes them; nobody else would."""
        async with aclosing(self._gathered):
            await super().stream_response(send)


async def _gathered(pieces: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    async with aclosing(pieces):
        held, size = list[str](), 0
        async for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size >= AT_ONCE:
                yield "".join(held)
                held, size = [], 0
                # That the connection is gone is heard only between two turns of the loop.
                await asyncio.sleep(0)
        yield "".join(held)
