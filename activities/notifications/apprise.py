"""Messages through one of apprise's services, for channels that have no gateway of their own (an optional extra).

Apprise answers yes or no. A no may hide a lost answer, so unless the receiver drops repeats it means: nobody knows.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from urllib.parse import quote

from activities.notifications.port import (
    Delivered,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    PermanentDeliveryError,
    Settlement,
)

ADDRESS, MESSAGE_ID = "{address}", "{message_id}"
"""Placeholders in the service's URL."""


class AppriseMessageAdapter:
    """`MessageAdapter` over any apprise URL, in which `{address}` and `{message_id}` are filled in for each message."""

    def __init__(self, url: str, *, receiver_deduplicates: bool = False) -> None:
        """Take the URL of the service.

        Args:
            url: for example `twilio://sid:token@from/{address}`; must contain `{address}`.
            receiver_deduplicates: the service drops repeats by `{message_id}`, which the URL then has to contain.

        Raises:
            ValueError: a placeholder is missing.
            ModuleNotFoundError: the `apprise` extra is not installed.
        """
        if ADDRESS not in url or (receiver_deduplicates and MESSAGE_ID not in url):
            raise ValueError(f"expected an apprise URL with {ADDRESS}, and with {MESSAGE_ID} to drop repeats")
        if importlib.util.find_spec("apprise") is None:
            raise ModuleNotFoundError("apprise is not installed: it comes with the extra duecourse[apprise]")
        self._url = url
        self._receiver_deduplicates = receiver_deduplicates
        # Both name addresses in what they log, apprise even when it only warns.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        filled = self._url.replace(ADDRESS, quote(envelope.address, safe=""))
        url = filled.replace(MESSAGE_ID, quote(envelope.message_id, safe=""))
        if not await asyncio.to_thread(_understood, url):
            raise PermanentDeliveryError("apprise cannot use the address in this channel's URL")
        await hand_over()
        if not await asyncio.to_thread(_notify, url, envelope.subject, envelope.body):
            raise DeliveryUnknownError("apprise said no, which may hide a lost answer")
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        """Apprise has no way to ask: without a receiver that drops repeats nobody can tell."""
        return Settlement.RESEND_IS_SAFE if self._receiver_deduplicates else Settlement.UNKNOWN


def _understood(url: str) -> bool:
    from apprise import Apprise  # noqa: PLC0415 - an extra, and slow to import

    return bool(Apprise().add(url))


def _notify(url: str, subject: str, body: str) -> bool:
    from apprise import Apprise  # noqa: PLC0415 - an extra, and slow to import

    # A fresh instance each time: one that is kept sleeps for seconds between sends.
    service = Apprise()
    service.add(url)
    return bool(service.notify(body=body, title=subject))
