"""The activity of this room: telling subscribers, which never ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.rounds import in_rounds
from activities.subscriptions.telling import SubscriberTelling


class SubscriptionActivities:
    """Tells other systems of what happens in cases."""

    def __init__(self, telling: SubscriberTelling) -> None:
        self._telling = telling

    @activity.defn
    async def tell_subscribers(self) -> int:
        """Tell of what happens, for an hour; returns how many events there were.

        Raises:
            ApplicationError: this worker stops; another one goes on at once.
        """
        try:
            return await in_rounds(self._telling.round)
        finally:
            await self._telling.stop()

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.tell_subscribers,)
