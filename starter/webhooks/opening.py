"""Opening the door for webhooks over a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from starter.doors import Store
from starter.webhooks.receiving import inbox_of
from starter.webhooks.server import Receiver, receiving
from starter.webhooks.signatures import Signatures


@asynccontextmanager
async def webhook_door(store: Store, secret: SecretStr, port: int | None = None) -> AsyncIterator[int]:
    """Listen for webhooks; yields the port, by default that of the settings.

    Raises:
        OSError: the port is taken.
        InvalidInputError: the secret is none.
    """
    receiver = Receiver(inbox_of(store.engine), Signatures(secret))
    wanted = store.settings.inbound_port if port is None else port
    async with receiving(receiver, wanted, store.settings.inbound_host) as listening:
        yield listening
