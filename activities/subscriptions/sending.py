"""One webhook on its way: signed as standardwebhooks.com says, to the address that was looked at, and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import httpx
from standardwebhooks import Webhook

from activities.clock import Clock, wall_clock
from activities.subscriptions.addresses import AddressGuard, AddressRefusedError
from domain.errors import InvalidInputError

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
"""Seconds; an attempt stays below the time in which a worker must show that it is alive."""

MEDIA_TYPE = "application/cloudevents+json"
AGAIN = frozenset({408, 409, 425, 429})
GONE = 410


class Fate(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    AWAY = "away"
    """The receiver is not there, or not able to: whatever comes next would fail, too."""

    REFUSED = "refused"
    """The receiver did not want this one."""

    GONE = "gone"
    """The receiver wants no more of anything."""


class Attempt(NamedTuple):
    """An attempt, and what is said of it where it failed."""

    fate: Fate
    detail: str | None = None


class WebhookPost:
    """Posts webhooks. Holds connections open: close it with `aclose`."""

    def __init__(self, guard: AddressGuard, *, clock: Clock = wall_clock) -> None:
        self._guard = guard
        self._clock = clock
        # The proxies of the environment would connect to addresses that nobody has looked at.
        self._client = httpx.AsyncClient(timeout=TIMEOUT, verify=httpx.create_ssl_context(), trust_env=False)
        logging.getLogger("httpx").setLevel(logging.WARNING)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, url: str, secrets: Sequence[str], webhook_id: str, body: str) -> Attempt:
        """Post once; never raises for what a receiver does."""
        try:
            target = await self._guard.target(url)
            headers = {"Host": target.host, **self._signed(secrets, webhook_id, body)}
            # Only the head of the answer matters, and a receiver may go on sending for ever.
            async with self._client.stream(
                "POST", target.url, content=body.encode(), headers=headers, extensions={"sni_hostname": target.sni}
            ) as response:
                return _judged(response.status_code)
        except (AddressRefusedError, InvalidInputError) as error:
            return Attempt(Fate.AWAY, error.message)
        except httpx.HTTPError as error:
            return Attempt(Fate.AWAY, f"no answer: {type(error).__name__}")

    def _signed(self, secrets: Sequence[str], webhook_id: str, body: str) -> dict[str, str]:
        now = datetime.fromtimestamp(self._clock() // 1000, UTC)
        return {
            "content-type": MEDIA_TYPE,
            "user-agent": "Duecourse",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Webhook(secret).sign(webhook_id, now, body) for secret in secrets),
        }


def _judged(status: int) -> Attempt:
    if 200 <= status <= 299:
        return Attempt(Fate.DELIVERED)
    detail = f"answered {status}"
    if status == GONE:
        return Attempt(Fate.GONE, detail)
    return Attempt(Fate.AWAY if status >= 500 or status in AGAIN else Fate.REFUSED, detail)
