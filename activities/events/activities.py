"""The activities of this room: the relay, which never ends by itself, and the comparison, which a schedule asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from temporalio import activity

from activities.events.deliveries import DeliveryWatch
from activities.events.reconciling import Reconciler
from activities.events.relay import EventRelay
from activities.rounds import in_rounds

Chore: TypeAlias = Callable[[], Awaitable[object]]
"""Something that is looked after in every round, before events are told."""


class EventActivities:
    """Brings events to cases."""

    def __init__(
        self, relay: EventRelay, reconciler: Reconciler, watch: DeliveryWatch, chores: Sequence[Chore] = ()
    ) -> None:
        self._relay = relay
        self._reconciler = reconciler
        self._chores = chores
        self._watch = watch

    @activity.defn
    async def relay_events(self) -> int:
        """Tell events as they come, for an hour; returns how many.

        Raises:
            ApplicationError: this worker stops; another one goes on at once.
        """
        return await in_rounds(self._round)

    @activity.defn
    async def reconcile_cases(self) -> int:
        """Compare all open cases with shop and carrier; returns how many had missed something."""
        return await self._reconciler.compare_all(activity.heartbeat)

    @activity.defn
    async def watch_deliveries(self) -> int:
        """Open a case for each parcel that is late; returns how many are new."""
        return await self._watch.find_late(activity.heartbeat)

    async def _round(self) -> int:
        for chore in self._chores:
            await chore()
        return await self._relay.tell_next()

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.relay_events, self.reconcile_cases, self.watch_deliveries)
