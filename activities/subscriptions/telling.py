"""Telling subscribers: what has happened is put on its way to each, and each has a messenger of their own."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog
from sqlalchemy.exc import SQLAlchemyError

from activities.clock import Clock, wall_clock
from activities.subscriptions.outgoing import Outgoing, OutgoingEvents
from activities.subscriptions.port import CaseEvents
from activities.subscriptions.sending import Attempt, Fate, WebhookPost
from activities.subscriptions.subscriptions import Subscription, Subscriptions

AT_ONCE = 20
"""Events of one subscriber between two looks at the table."""

TIDY_EVERY = 600
"""Rounds between two looks for what nobody needs any more: some ten minutes."""

CHANGES_KEPT = 100_000
"""Places that are not forgotten though everybody has passed them: whoever follows live may come back to them."""

log = structlog.get_logger()


class SubscriberTelling:
    """Fans events out and carries them; a receiver that is slow or away holds up no other."""

    def __init__(
        self,
        events: CaseEvents,
        subscriptions: Subscriptions,
        outgoing: OutgoingEvents,
        post: WebhookPost,
        *,
        clock: Clock = wall_clock,
    ) -> None:
        self._events = events
        self._subscriptions = subscriptions
        self._outgoing = outgoing
        self._post = post
        self._clock = clock
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._rounds = 0

    async def round(self) -> int:
        """Put what has happened on its way, and send out who is due; returns how many events are new.

        Raises:
            SQLAlchemyError: the database does not answer; nothing is lost.
        """
        told = await self._subscriptions.told()
        new = await self._fan_out(told)
        if self._rounds % TIDY_EVERY == 0:
            await self._tidy(told)
        self._rounds += 1
        for one in told:
            if one.name not in self._busy and one.rests_until <= self._clock():
                self._send_out(one)
        return new

    async def settled(self) -> None:
        """Wait until everybody who is on their way is back."""
        while self._busy:
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Call back whoever is on their way. What they had not delivered for sure goes out again, under the same id."""
        for task in self._busy.values():
            task.cancel()
        await self.settled()

    async def _fan_out(self, told: list[Subscription]) -> int:
        by_place: defaultdict[int, list[Subscription]] = defaultdict(list)
        for one in told:
            by_place[one.place].append(one)
        new = 0
        for place, those in by_place.items():
            happened = await self._events.behind(place)
            if happened.place != place:
                await self._outgoing.queue(those, happened.events, happened.place)
                new += len(happened.events)
        return new

    async def _tidy(self, told: list[Subscription]) -> None:
        newest = await self._events.newest()
        await self._events.forget(min([newest - CHANGES_KEPT, *(one.place for one in told)]))
        await self._outgoing.forget_old()

    def _send_out(self, one: Subscription) -> None:
        task = self._busy[one.name] = asyncio.create_task(self._carry(one))
        task.add_done_callback(lambda _: self._busy.pop(one.name, None))

    async def _carry(self, one: Subscription) -> None:
        """Deliver what is due to a subscriber, until nothing is or it makes no sense to go on."""
        try:
            while due := await self._outgoing.due(one.name, AT_ONCE):
                for event in due:
                    attempt = await self._post.send(one.url, one.secrets, event.event_id, event.body)
                    await self._outgoing.note(one, event, attempt)
                    if attempt.fate is not Fate.DELIVERED:
                        log.warning("webhook_not_delivered", subscription=one.name, **_said(event, attempt))
                    if attempt.fate in (Fate.AWAY, Fate.GONE):
                        return
        except SQLAlchemyError as error:
            # What was delivered and not noted goes out again, under the same id.
            log.warning("webhooks_not_noted", subscription=one.name, error=type(error).__name__)


def _said(event: Outgoing, attempt: Attempt) -> dict[str, object]:
    return {"event_id": event.event_id, "fate": attempt.fate.value, "detail": attempt.detail}
