"""Signed webhooks (standardwebhooks.com): for SMS, chat and social gateways, and for telling staff.

`webhook-id` is the message id. A receiver drops an id that it has seen, so a doubtful message is simply sent again.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr
from standardwebhooks import Webhook

from activities.clock import Clock, wall_clock
from activities.notifications.port import (
    Delivered,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    PermanentDeliveryError,
    Settlement,
    StaffNotice,
    TransientDeliveryError,
    message_id,
)

TIMEOUT = httpx.Timeout(connect=5.0, write=10.0, read=20.0, pool=5.0)
"""Seconds. Their sum stays below the longest attempt."""

_TRY_AGAIN = frozenset({408, 409, 425, 429})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class WebhookSettings(BaseModel):
    """Where to post, and the `whsec_…` secrets to sign with: two of them while one is being replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: HttpUrl
    secrets: tuple[SecretStr, ...] = Field(min_length=1)


class WebhookSender:
    """Posts signed JSON. Holds connections open: use it as an async context manager, or close it with `aclose`."""

    def __init__(self, settings: WebhookSettings, *, clock: Clock = wall_clock) -> None:
        self._url = str(settings.url)
        self._signers = [Webhook(secret.get_secret_value()) for secret in settings.secrets]
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=TIMEOUT)
        # It logs the URL with every request, and a URL may be the only secret that a receiver knows.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    async def post(self, webhook_id: str, event: str, content: dict[str, object]) -> None:
        """Post one event.

        Raises:
            PermanentDeliveryError: answered with a redirect or a 4xx that time does not heal.
            TransientDeliveryError: not connected, or answered with 408, 409, 425, 429 or 5xx.
            DeliveryUnknownError: sent, but not answered in time.
        """
        now = datetime.fromtimestamp(self._clock() / 1000, UTC)
        body = json.dumps({"type": event, "timestamp": now.isoformat(), "data": content}, ensure_ascii=False)
        headers = {
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(webhook_id, now, body) for signer in self._signers),
        }
        try:
            response = await self._client.post(self._url, content=body.encode(), headers=headers)
        except _NEVER_SENT as error:
            raise TransientDeliveryError(f"the receiver cannot be reached: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise DeliveryUnknownError(f"no answer from the receiver: {type(error).__name__}") from None
        _judge(response.status_code)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _judge(status: int) -> None:
    if 200 <= status <= 299:
        return
    detail = f"the receiver answered {status}"
    if status >= 500 or status in _TRY_AGAIN:
        raise TransientDeliveryError(detail)
    raise PermanentDeliveryError(detail)


class WebhookMessageAdapter:
    """`MessageAdapter` that posts `message.send` to a gateway; the address is the gateway's business."""

    def __init__(self, sender: WebhookSender) -> None:
        self._sender = sender

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        await hand_over()
        await self._sender.post(
            webhook_id(envelope.message_id),
            "message.send",
            {
                "message_id": envelope.message_id,
                "channel": envelope.channel.value,
                "to": envelope.address,
                "subject": envelope.subject,
                "body": envelope.body,
                "language": envelope.language.value,
                "automatic": envelope.automatic,
            },
        )
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        """The receiver drops an id that it has seen."""
        return Settlement.RESEND_IS_SAFE


class WebhookStaffNotifier:
    """`StaffNotifier` that posts `staff.notice`, for example to the company's own messenger."""

    def __init__(self, sender: WebhookSender) -> None:
        self._sender = sender

    async def notify(self, notice: StaffNotice) -> None:
        identity = message_id(f"{notice.key}:{notice.recipient}", domain="")
        await self._sender.post(webhook_id(identity), "staff.notice", notice.model_dump(mode="json"))


def webhook_id(message: str) -> str:
    """A message id as `webhook-id`, in which no dot may stand."""
    return f"msg_{message.partition('@')[0]}"
