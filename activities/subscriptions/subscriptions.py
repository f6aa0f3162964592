"""Who has subscribed to what: made once under a name, changed, given another secret, taken back."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.database import AnyRow, insert_new
from activities.store.subscription_tables import OUTGOING_EVENTS, SUBSCRIPTIONS
from domain.sla.spans import HOUR, Instant

OLD_SECRET_FOR = 24 * HOUR
"""How long a secret that was replaced still signs, beside the new one."""

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription. Secrets are those to sign with now, the newest first.

    Attributes:
        owner: who made it.
        events: names of timeline lines; empty for all.
        place: up to where it has been told of what happened.
        failures: attempts that failed since the last that did not.
    """

    name: str
    owner: str
    url: str
    events: tuple[str, ...]
    created_at: Instant
    place: int
    failures: int
    rests_until: Instant
    delivered_at: Instant | None
    last_error: str | None
    disabled_at: Instant | None
    secrets: tuple[str, ...] = field(repr=False)

    def wants(self, what: str) -> bool:
        """Whether it is to be told of lines of this name."""
        return not self.events or what in self.events


class Subscriptions:
    """The `webhook_subscriptions` table, for those who subscribe."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def put(self, name: str, owner: str, url: str, events: Sequence[str], place: int) -> str | None:
        """Subscribe from a place on, or change the subscription of that name; one that was disabled is told again.

        Returns:
            The secret of a new one, which is told this once; None where there was one.
        """
        secret, asked = new_secret(), {"url": url, "events": json.dumps(sorted(set(events)))}
        row = {"name": name, "owner": owner, "secret": secret, "created_at": self._clock(), "place": place}
        own = SUBSCRIPTIONS.c.name == name
        async with self._engine.begin() as connection:
            if await insert_new(connection, SUBSCRIPTIONS, **row, **asked, failures=0, rests_until=0):
                return secret
            again = update(SUBSCRIPTIONS).where(own & SUBSCRIPTIONS.c.disabled_at.is_not(None))
            await connection.execute(again.values(place=place, disabled_at=None))
            await connection.execute(update(SUBSCRIPTIONS).where(own).values(**asked, failures=0, rests_until=0))
        return None

    async def get(self, name: str) -> Subscription | None:
        """A subscription, or None."""
        found = await self._select(SUBSCRIPTIONS.c.name == name)
        return found[0] if found else None

    async def all(self, owner: str | None = None) -> list[Subscription]:
        """Every subscription by its name, or those of one owner."""
        return await self._select(*([] if owner is None else [SUBSCRIPTIONS.c.owner == owner]))

    async def told(self) -> list[Subscription]:
        """Those that are told of what happens."""
        return await self._select(SUBSCRIPTIONS.c.disabled_at.is_(None))

    async def new_secret(self, name: str) -> str:
        """Give a subscription another secret; for a day the old one signs, too. Returns the new one, this once."""
        secret, until = new_secret(), self._clock() + OLD_SECRET_FOR
        changed = {"old_secret": SUBSCRIPTIONS.c.secret, "secret": secret, "old_until": until}
        async with self._engine.begin() as connection:
            await connection.execute(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.name == name).values(**changed))
        return secret

    async def remove(self, name: str) -> None:
        """End a subscription, with all that was on its way to it."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(OUTGOING_EVENTS).where(OUTGOING_EVENTS.c.subscription == name))
            await connection.execute(delete(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.name == name))

    async def _select(self, *conditions: object) -> list[Subscription]:
        wanted = select(SUBSCRIPTIONS).order_by(SUBSCRIPTIONS.c.name)
        for condition in conditions:
            wanted = wanted.where(condition)  # type: ignore[arg-type]  # columns compare to expressions
        async with self._engine.connect() as connection:
            return [self._subscription(row) for row in await connection.execute(wanted)]

    def _subscription(self, row: AnyRow) -> Subscription:
        old = (row.old_secret,) if row.old_secret and row.old_until > self._clock() else ()
        return Subscription(
            name=row.name,
            owner=row.owner,
            url=row.url,
            events=tuple(json.loads(row.events)),
            created_at=row.created_at,
            place=row.place,
            failures=row.failures,
            rests_until=row.rests_until,
            delivered_at=row.delivered_at,
            last_error=row.last_error,
            disabled_at=row.disabled_at,
            secrets=(row.secret, *old),
        )


def new_secret() -> str:
    """A secret as Standard Webhooks has them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
