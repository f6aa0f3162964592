"""Opening the door for webhooks over a store; an installation of one's own makes a secret for it once."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from activities.carrier.embedded import EmbeddedCarrier
from activities.shop.events import ShopEvents
from activities.shop.transactions import ShopBooks
from starter.doors import Store
from starter.webhooks.receiving import Inbox
from starter.webhooks.server import Receiver, receiving
from starter.webhooks.signatures import Signatures

SECRET_BYTES = 24
"""As many as the standard recommends at least."""


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


def kept_secret(file: Path) -> SecretStr:
    """The secret in a file that only its owner reads, made the first time."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SecretStr(file.read_text().strip())
    with os.fdopen(descriptor, "w") as opened:
        opened.write(f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}\n")
    return SecretStr(file.read_text().strip())
