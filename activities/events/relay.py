"""The relay: reads the outbox of events in order and tells the cases. Its place in it is kept in the outbox itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from activities.events.port import EventOutbox
from activities.events.telling import CaseTeller
from domain.shop_case.events import ShopEvent, fact_of

log = structlog.get_logger()

Watcher: TypeAlias = Callable[[ShopEvent], Awaitable[None]]
"""Is shown each event before it counts as told, and may be shown it again."""


class EventRelay:
    """Tells what nobody was told yet. A crash between telling and marking tells again; cases drop what they know."""

    def __init__(self, events: EventOutbox, teller: CaseTeller, watchers: Sequence[Watcher] = ()) -> None:
        self._events = events
        self._teller = teller
        self._watchers = watchers

    async def tell_next(self) -> int:
        """Tell the oldest events; returns how many there were.

        Raises:
            RPCError: Temporal does not answer. What was told until then is marked.
        """
        events = await self._events.untold()
        done: list[str] = []
        try:
            for event in events:
                await self._tell(event)
                done.append(event.id)
        finally:
            if done:
                await self._events.mark_told(done)
        return len(events)

    async def _tell(self, event: ShopEvent) -> None:
        cases = await self._teller.tell_all(fact_of(event))
        for watcher in self._watchers:
            await watcher(event)
        if cases:
            log.info("event_told", event_id=event.id, event_kind=event.kind, cases=cases)
