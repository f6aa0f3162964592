"""The port to the outbox of events: what shop and carrier told, kept until the cases have heard it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.shop_case.events import ShopEvent


class EventOutbox(Protocol):
    """Events in the order in which they happened."""

    async def untold(self, limit: int = 100) -> list[ShopEvent]:
        """What nobody was told yet, oldest first."""

    async def mark_told(self, ids: Sequence[str]) -> None:
        """These have been told."""
