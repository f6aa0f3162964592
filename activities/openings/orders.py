"""Which cases hear of which order: written when a case is opened, read by whoever has something to tell.

A table of ours and not a search attribute: those are shown seconds late, and an event that came meanwhile would pass a
case by. Nothing personal stands here; an order's id says what, not who.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.tables import CASE_ORDERS, OPENINGS


@dataclass(frozen=True, slots=True)
class Listener:
    """An open case that hears of an order; `known` are the facts that reconciling has told it."""

    case_id: str
    order_id: str
    known: frozenset[str]


class CaseOrders:
    """The `case_orders` table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def listening(self, order_id: str) -> list[str]:
        """The open cases about an order."""
        own = (CASE_ORDERS.c.order_id == order_id) & CASE_ORDERS.c.open
        async with self._engine.connect() as connection:
            found = await connection.execute(select(CASE_ORDERS.c.case_id).where(own).order_by(CASE_ORDERS.c.case_id))
            return list(found.scalars())

    async def listeners(self, *, after: str = "", limit: int = 100) -> list[Listener]:
        """Open cases, by case id: the next ones after the last of the page before."""
        wanted = select(CASE_ORDERS).where(CASE_ORDERS.c.open & (CASE_ORDERS.c.case_id > after))
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(CASE_ORDERS.c.case_id).limit(limit))
            return [Listener(row.case_id, row.order_id, frozenset(json.loads(row.known))) for row in rows]

    async def knows(self, case_id: str, facts: Iterable[str]) -> None:
        """Reconciling has told the case these facts."""
        await self._update(case_id, known=json.dumps(sorted(facts)))

    async def gone(self, case_id: str) -> bool:
        """Nobody answers under this id: a case that was started is over and hears nothing more.

        Returns:
            False if it was reserved and is not started yet; it will look at the order by itself.
        """
        started = select(OPENINGS.c.started).where(OPENINGS.c.case_id == case_id)
        async with self._engine.connect() as connection:
            if not (await connection.execute(started)).scalar_one_or_none():
                return False
        await self._update(case_id, open=False)
        return True

    async def _update(self, case_id: str, **values: object) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(CASE_ORDERS).where(CASE_ORDERS.c.case_id == case_id).values(**values))
