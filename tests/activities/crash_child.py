"""A worker's part in a process of its own: sends the sample message, and is killed by the test that started it.

Usage: `python -m tests.activities.crash_child STORE_URL ADAPTER PORT`, with the adapter `outbox`, `smtp`,
`smtp_deduplicating`, `webhook` or `apprise`, and the port of the receiver, which the outbox ignores.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import HttpUrl, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects.sql import SqlEffectLedger
from activities.notifications.apprise import AppriseMessageAdapter
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.port import MessageAdapter
from activities.notifications.smtp import SmtpMessageAdapter, SmtpSettings
from activities.notifications.webhook import WebhookMessageAdapter, WebhookSender, WebhookSettings
from activities.store.database import open_database
from domain.people import DeliveryChannel
from tests.activities.delivery_receivers import SECRET
from tests.activities.message_samples import customer_messages, order

DELIVERED = "delivered, not recorded"


class LedgerThatNeverFinishes(SqlEffectLedger):
    """Stops the process between the delivery and its record."""

    async def finish(self, key: str, attempt: int, result: str) -> None:
        del key, attempt, result
        print(DELIVERED, flush=True)
        await asyncio.sleep(60)


@asynccontextmanager
async def plugged(name: str, engine: AsyncEngine, port: int) -> AsyncIterator[MessageAdapter]:
    """The adapter of this name, towards a receiver on this port."""
    if name == "outbox":
        yield OutboxMessageAdapter(engine)
    elif name.startswith("smtp"):
        yield SmtpMessageAdapter(
            SmtpSettings(
                host="127.0.0.1",
                port=port,
                sender="service@example.com",
                security="none",
                receiver_deduplicates=name == "smtp_deduplicating",
                client_name="worker.test",
            )
        )
    elif name == "webhook":
        url = HttpUrl(f"http://127.0.0.1:{port}/hook")
        async with WebhookSender(WebhookSettings(url=url, secrets=(SecretStr(SECRET),))) as sender:
            yield WebhookMessageAdapter(sender)
    else:
        yield AppriseMessageAdapter(f"json://127.0.0.1:{port}/hook?:message_id={{message_id}}&:to={{address}}")


async def send(url: str, name: str, port: int) -> None:
    """Send the sample message; the outbox answers at once, so there the ledger has to stop the process."""
    engine = open_database(url)
    ledger = (LedgerThatNeverFinishes if name == "outbox" else SqlEffectLedger)(engine)
    async with plugged(name, engine, port) as adapter:
        await customer_messages(engine, {DeliveryChannel.EMAIL: adapter}, ledger=ledger).send(order())
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], sys.argv[2], int(sys.argv[3])))
