"""The activities of this room: the relay, which never ends by itself, and the comparison, which a schedule asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.events.deliveries import DeliveryWatch
from activities.events.reconciling import Reconciler
from activities.events.relay import EventRelay

Chore: TypeAlias = Callable[[], Awaitable[object]]
"""Something that is looked after in every round, before events are told."""

PAUSE = 1.0
"""Seconds between two looks into an empty outbox: what an event may wait."""

ROUNDS_FOR = 3_600.0
"""Seconds after which the relay returns, so that its workflow can show that it is alive and begin anew."""


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
        told, until = 0, time.monotonic() + ROUNDS_FOR
        stopping = asyncio.create_task(activity.wait_for_worker_shutdown())
        try:
            while time.monotonic() < until:
                if stopping.done():
                    raise ApplicationError(
                        "the worker stops", type="handed_over", next_retry_delay=timedelta(milliseconds=1)
                    )
                told += await self._round(stopping)
        finally:
            stopping.cancel()
            with suppress(asyncio.CancelledError):
                await stopping
        return told

    @activity.defn
    async def reconcile_cases(self) -> int:
        """Compare all open cases with shop and carrier; returns how many had missed something."""
        return await self._reconciler.compare_all(activity.heartbeat)

    @activity.defn
    async def watch_deliveries(self) -> int:
        """Open a case for each parcel that is late; returns how many are new."""
        return await self._watch.find_late(activity.heartbeat)

    async def _round(self, stopping: asyncio.Task[None]) -> int:
        for chore in self._chores:
            await chore()
        told = await self._relay.tell_next()
        activity.heartbeat(told)
        if not told:
            await asyncio.wait([stopping], timeout=PAUSE)
        return told

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.relay_events, self.reconcile_cases, self.watch_deliveries)
