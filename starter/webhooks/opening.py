"""Opening the door for webhooks over a store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from activities.carrier.embedded import EmbeddedCarrier
from activities.shop.events import ShopEvents
from activities.shop.transactions import ShopBooks
from starter.doors import Store
from starter.webhooks.receiving import Inbox
from starter.webhooks.server import Receiver, receiving
from starter.webhooks.signatures import Signatures


@asynccontextmanager
async def webhook_door(store: Store, secret: SecretStr, port: int | None = None) -> AsyncIterator[int]:
    """Listen for webhooks; yields the port, by default that of the settings.

    Raises:
        OSError: the port is taken.
        InvalidInputError: the secret is none.
    """
    inbox = Inbox(ShopEvents(store.engine), EmbeddedCarrier(ShopBooks(store.engine)))
    wanted = store.settings.inbound_port if port is None else port
    async with receiving(Receiver(inbox, Signatures(secret)), wanted, store.settings.inbound_host) as listening:
        yield listening
