"""What is on its way to subscribers: put there once, tried until it has arrived, kept for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.database import AnyRow, insert_new
from activities.store.subscription_tables import OUTGOING_EVENTS, SUBSCRIPTIONS
from activities.subscriptions import envelope
from activities.subscriptions.port import CaseEvent
from activities.subscriptions.sending import Attempt, Fate
from activities.subscriptions.subscriptions import Subscription
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Instant, Span

AGAIN_AFTER: Sequence[Span] = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR)
"""After which attempt what was refused is tried again; the last of them again and again."""

RESTS: Sequence[Span] = (1 * SECOND, 5 * SECOND, 15 * SECOND, 1 * MINUTE, 5 * MINUTE)
"""How long a receiver is left alone that is not there, by failures in a row."""

TRIED_FOR = 3 * DAY
"""After which an event is given up on; it can be sent again by hand."""

KEPT = 30 * DAY
"""How long is remembered what was sent. What happened earlier is not sent, should it be read again."""

SKEW = MINUTE
"""By how much the clocks of two machines may differ."""

_OUT = OUTGOING_EVENTS.c
_BY = SUBSCRIPTIONS.c


class Sent(StrEnum):
    """Where an outgoing event stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event on its way to one subscriber."""

    event_id: str
    kind: str
    body: str
    at: Instant
    state: Sent
    attempts: int
    next_at: Instant
    ended_at: Instant | None
    detail: str | None


class _Sealed(NamedTuple):
    event_id: str
    kind: str
    body: str


class OutgoingEvents:
    """The `outgoing_events` table."""

    def __init__(self, engine: AsyncEngine, source: str, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._source = source
        self._clock = clock

    async def queue(self, told: Sequence[Subscription], events: Sequence[CaseEvent], place: int) -> int:
        """Put events on their way to those who want them, and note that they have been told up to a place, at once.

        Returns:
            How many are new: what was put there before is not again.
        """
        new = 0
        async with self._engine.begin() as connection:
            for one in told:
                for position, event in enumerate(events):
                    if self._concerns(one, event):
                        new += await self._add(connection, one.name, position, self._sealed(event))
                own = update(SUBSCRIPTIONS).where(_BY.name == one.name, _BY.place < place)
                await connection.execute(own.values(place=place))
        return new

    async def ping(self, name: str, event_id: str) -> None:
        """Put a trial on its way, to a receiver that is left alone no longer."""
        async with self._engine.begin() as connection:
            await connection.execute(_rested(name))
            body = envelope.of_ping(event_id, self._source, self._clock())
            await self._add(connection, name, 0, _Sealed(event_id, envelope.PING, body))

    async def due(self, name: str, limit: int) -> list[Outgoing]:
        """What is to be tried now, in the order in which it came."""
        waiting = (_OUT.subscription == name) & (_OUT.state == Sent.WAITING) & (_OUT.next_at <= self._clock())
        return await self._select(waiting, (_OUT.at, _OUT.position), limit)

    async def latest(self, name: str, state: Sent | None, limit: int) -> list[Outgoing]:
        """What was or is on its way to a subscriber, the newest first."""
        own = _OUT.subscription == name
        return await self._select(
            own if state is None else own & (_OUT.state == state), (_OUT.at.desc(), _OUT.position.desc()), limit
        )

    async def note(self, one: Subscription, event: Outgoing, attempt: Attempt) -> None:
        """Write down what became of an attempt."""
        own = (_OUT.subscription == one.name) & (_OUT.event_id == event.event_id)
        async with self._engine.begin() as connection:
            await connection.execute(update(OUTGOING_EVENTS).where(own).values(**self._of_event(event, attempt)))
            by = update(SUBSCRIPTIONS).where(_BY.name == one.name)
            await connection.execute(by.values(**self._of_subscriber(one, attempt)))

    async def send_again(self, name: str) -> int:
        """Try at once what waits, and what was given up on from the beginning; returns how much was given up on."""
        own = (_OUT.subscription == name) & (_OUT.state == Sent.GIVEN_UP)
        now = self._clock()
        again = {"state": Sent.WAITING.value, "attempts": 0, "at": now, "next_at": now, "ended_at": None}
        async with self._engine.begin() as connection:
            await connection.execute(_rested(name))
            waits = (_OUT.subscription == name) & (_OUT.state == Sent.WAITING)
            await connection.execute(update(OUTGOING_EVENTS).where(waits).values(next_at=now))
            return (await connection.execute(update(OUTGOING_EVENTS).where(own).values(**again))).rowcount

    async def forget_old(self) -> int:
        """Delete what came to an end long ago; returns how much."""
        old = (_OUT.at < self._clock() - KEPT - DAY) & (_OUT.state != Sent.WAITING)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(OUTGOING_EVENTS).where(old))).rowcount

    def _sealed(self, event: CaseEvent) -> _Sealed:
        return _Sealed(event.id, f"{envelope.TYPE}{event.what}", envelope.of_event(event, self._source))

    def _concerns(self, one: Subscription, event: CaseEvent) -> bool:
        # A read model that is made anew reads everything again.
        since = max(one.created_at - SKEW, self._clock() - KEPT)
        return one.wants(event.what) and event.at >= since

    def _of_event(self, event: Outgoing, attempt: Attempt) -> dict[str, object]:
        now = self._clock()
        state = Sent.WAITING
        if attempt.fate is Fate.DELIVERED:
            state = Sent.DELIVERED
        elif now - event.at >= TRIED_FOR:
            state = Sent.GIVEN_UP
        # A receiver that is away is left alone as a whole.
        pause = _step(AGAIN_AFTER, event.attempts) if attempt.fate is Fate.REFUSED else 0
        ended = None if state is Sent.WAITING else now
        tried = {"attempts": event.attempts + 1, "next_at": now + pause, "detail": attempt.detail}
        return {"state": state.value, "ended_at": ended, **tried}

    def _of_subscriber(self, one: Subscription, attempt: Attempt) -> dict[str, object]:
        now = self._clock()
        match attempt.fate:
            case Fate.DELIVERED:
                return {"delivered_at": now, "failures": 0, "last_error": None}
            case Fate.AWAY:
                rests = now + _step(RESTS, one.failures)
                return {"rests_until": rests, "failures": one.failures + 1, "last_error": attempt.detail}
            case Fate.GONE:
                return {"disabled_at": now, "last_error": attempt.detail}
            case Fate.REFUSED:
                return {"last_error": attempt.detail}

    async def _add(self, connection: AsyncConnection, name: str, position: int, event: _Sealed) -> bool:
        now = self._clock()
        row = {"subscription": name, "position": position, "at": now, "next_at": now, **event._asdict()}
        return await insert_new(connection, OUTGOING_EVENTS, **row, state=Sent.WAITING.value, attempts=0)

    async def _select(self, condition: ColumnElement[bool], order: Sequence[Any], limit: int) -> list[Outgoing]:
        wanted = select(OUTGOING_EVENTS).where(condition).order_by(*order).limit(limit)
        async with self._engine.connect() as connection:
            return [_outgoing(row) for row in await connection.execute(wanted)]


def _rested(name: str) -> Update:
    return update(SUBSCRIPTIONS).where(_BY.name == name).values(rests_until=0)


def _outgoing(row: AnyRow) -> Outgoing:
    return Outgoing(
        event_id=row.event_id,
        kind=row.kind,
        body=row.body,
        at=row.at,
        state=Sent(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        ended_at=row.ended_at,
        detail=row.detail,
    )


def _step(steps: Sequence[Span], number: int) -> Span:
    return steps[min(number, len(steps) - 1)]
