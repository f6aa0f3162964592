"""The shop's outbox: what happened to orders, written in the same transaction, told afterwards to whoever listens."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.store.database import insert_new
from activities.store.shop_tables import SHOP_EVENTS
from domain.shop.errors import KeyReusedError
from domain.shop_case.events import ShopEvent
from domain.sla.spans import Instant
from domain.timeline import Facts


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

    async def take_in(self, event: ShopEvent) -> bool:
        """Keep an event that another system told, until it is told to the cases; returns whether it is new.

        Raises:
            KeyReusedError: its id told something else before.
        """
        async with self._engine.begin() as connection:
            if await write(connection, event):
                return True
            row = (await connection.execute(select(SHOP_EVENTS).where(SHOP_EVENTS.c.id == event.id))).one()
        if (row.order_id, row.kind, json.loads(row.facts)) != (event.order_id, event.kind, event.facts):
            raise KeyReusedError("this event id told something else before", field="id", id=event.id)
        return False

    async def mark_told(self, ids: Sequence[str]) -> None:
        """These have been told."""
        async with self._engine.begin() as connection:
            await connection.execute(update(SHOP_EVENTS).where(SHOP_EVENTS.c.id.in_(ids)).values(told=True))


async def tell(
    connection: AsyncConnection, order_id: str, kind: str, instance: str, now: Instant, facts: Facts
) -> None:
    """Write an event of the embedded shop; the same kind and instance is the same event."""
    await write(connection, ShopEvent(f"{order_id}:{kind}:{instance}", order_id, kind, now, facts))


async def write(connection: AsyncConnection, event: ShopEvent) -> bool:
    """Write an event to be told; returns whether it is new."""
    row = {"id": event.id, "order_id": event.order_id, "kind": event.kind, "at": event.at}
    return await insert_new(connection, SHOP_EVENTS, **row, facts=json.dumps(event.facts), told=False)
