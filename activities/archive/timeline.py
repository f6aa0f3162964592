"""Timeline entries that a case no longer carries, in the store."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import upsert
from activities.store.tables import ARCHIVED_TIMELINE
from domain.deeds import TimelineArchiveOrder
from domain.timeline import Entry


class TimelineArchive:
    """The `archived_timeline` table: one row for each entry of each case."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, order: TimelineArchiveOrder) -> None:
        """Store entries; a repeat leaves each of them there once."""
        rows = [
            {"case_id": order.case_id, "seq": entry.seq, "entry": entry.model_dump_json()} for entry in order.entries
        ]
        async with self._engine.begin() as connection:
            await upsert(connection, ARCHIVED_TIMELINE, rows)

    async def entries(self, case_id: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        """The archived entries of a case in order, from the one behind number `after`."""
        own = (ARCHIVED_TIMELINE.c.case_id == case_id) & (ARCHIVED_TIMELINE.c.seq > after)
        wanted = select(ARCHIVED_TIMELINE.c.entry).where(own).order_by(ARCHIVED_TIMELINE.c.seq).limit(limit)
        async with self._engine.connect() as connection:
            return [Entry.model_validate_json(text) for text in (await connection.execute(wanted)).scalars()]
