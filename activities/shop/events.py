"""The shop's outbox: what happened to orders, written in the same transaction, told afterwards to whoever listens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.store.database import insert_new
from activities.store.shop_tables import SHOP_EVENTS
from domain.sla.spans import Instant
from domain.timeline import Facts


@dataclass(frozen=True, slots=True)
class ShopEvent:
    """Something that happened to an order. `id` stays the same however often it is told."""

    id: str
    order_id: str
    kind: str
    at: Instant
    facts: Facts


class ShopEvents:
    """The `shop_events` table, for the one who tells. A crash after telling and before marking tells again."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def untold(self, limit: int = 100) -> list[ShopEvent]:
        """What nobody was told yet, oldest first."""
        wanted = select(SHOP_EVENTS).where(SHOP_EVENTS.c.told.is_(False))
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(SHOP_EVENTS.c.at, SHOP_EVENTS.c.id).limit(limit))
            return [ShopEvent(row.id, row.order_id, row.kind, row.at, json.loads(row.facts)) for row in rows]

    async def mark_told(self, ids: Sequence[str]) -> None:
        """These have been told."""
        async with self._engine.begin() as connection:
            await connection.execute(update(SHOP_EVENTS).where(SHOP_EVENTS.c.id.in_(ids)).values(told=True))


async def tell(
    connection: AsyncConnection, order_id: str, kind: str, instance: str, now: Instant, facts: Facts
) -> None:
    """Write an event; the same kind and instance is the same event."""
    await insert_new(
        connection,
        SHOP_EVENTS,
        id=f"{order_id}:{kind}:{instance}",
        order_id=order_id,
        kind=kind,
        at=now,
        facts=json.dumps(facts),
        told=False,
    )
