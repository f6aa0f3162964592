"""The agents who take care of certain customers: theirs is the work before anybody else's, if they are there."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.assignment_tables import NAMED_AGENTS
from activities.store.database import upsert


class NamedAgents:
    """The `named_agents` table; `EmbeddedCustomerDirectory` reads it along with a customer."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def name(self, customer_id: str, staff_id: str) -> None:
        """Give a customer an agent; cases that are opened from now on know it."""
        async with self._engine.begin() as connection:
            await upsert(connection, NAMED_AGENTS, [{"customer_id": customer_id, "staff_id": staff_id}])

    async def take_back(self, customer_id: str) -> None:
        """Nobody in particular takes care of a customer any more."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(NAMED_AGENTS).where(NAMED_AGENTS.c.customer_id == customer_id))
