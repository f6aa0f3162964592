"""The activities of this room: cases that are opened by other cases stand in the register, as those of the doors do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.openings.register import OpeningRegister
from domain.deeds import OpeningOrder


class OpeningActivities:
    """Registers what a case opens."""

    def __init__(self, register: OpeningRegister) -> None:
        self._register = register

    @activity.defn
    async def reserve_opening(self, order: OpeningOrder) -> bool:
        """Reserve the number of a case that is about to start, with the order of which it hears.

        Returns:
            Whether it is ours: not if somebody else has opened a case under this source and reference before.
        """
        _, opening = await self._register.reserve(
            order.case_id,
            source=order.source,
            reference=order.reference,
            request_hash=order.request_hash,
            request=order.request,
            hears_of=order.order_id,
        )
        return opening.request_hash == order.request_hash

    @activity.defn
    async def mark_opening_started(self, case_id: str) -> None:
        """The case runs; until this is noted a sweep may start it from its request."""
        await self._register.mark_started(case_id)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.reserve_opening, self.mark_opening_started)
