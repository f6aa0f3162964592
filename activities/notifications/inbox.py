"""The embedded way to tell staff: an inbox for each person in the store, which the desk shows."""

from __future__ import annotations

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.notifications.port import NoticeItem, StaffNotice
from activities.store.database import insert_new
from activities.store.tables import STAFF_NOTICES

_ITEMS = TypeAdapter(tuple[NoticeItem, ...])


class StaffInbox:
    """`StaffNotifier` over the `staff_notices` table: one row for each key and recipient."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def notify(self, notice: StaffNotice) -> None:
        async with self._engine.begin() as connection:
            await insert_new(
                connection,
                STAFF_NOTICES,
                key=notice.key,
                recipient=notice.recipient,
                notice=notice.notice.value,
                items=_ITEMS.dump_json(notice.items).decode(),
                at=self._clock(),
            )

    async def newest(self, recipient: str, limit: int = 50) -> list[StaffNotice]:
        """What this person was told last, newest first."""
        own = select(STAFF_NOTICES).where(STAFF_NOTICES.c.recipient == recipient)
        newest = own.order_by(STAFF_NOTICES.c.at.desc(), STAFF_NOTICES.c.key).limit(limit)
        async with self._engine.connect() as connection:
            rows = await connection.execute(newest)
        return [
            StaffNotice(
                key=row.key,
                recipient=row.recipient,
                notice=row.notice,
                items=_ITEMS.validate_json(row.items),
            )
            for row in rows
        ]
