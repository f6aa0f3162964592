"""Near-due items on their way into one grouped notice for each person.

An item belongs to at most one digest, and to which one is written down before the digest is sent: a crash in between
leaves a digest that is sent again under the same key, never the same item in two digests.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.notifications.port import NoticeItem, StaffNotice
from activities.store.database import insert_new
from activities.store.tables import NEAR_DUE
from domain.deeds import NoticeKind, NoticeOrder
from domain.sla.spans import Instant


class NearDueItems:
    """The `near_due` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def add(self, order: NoticeOrder, recipient: str) -> bool:
        """Note an item for one person; a repeat changes nothing.

        Returns:
            Whether the digest must be woken: for the first item of a group, and for a repeat that still waits, whose
            former attempt may have died before it woke anybody. Thousands of items of one queue wake it once.
        """
        now = self._clock()
        waiting = _of(recipient) & NEAR_DUE.c.sent_at.is_(None)
        first = select(func.min(NEAR_DUE.c.group_due_at)).where(waiting & NEAR_DUE.c.digest.is_(None))
        async with self._engine.begin() as connection:
            group_due_at = (await connection.execute(first)).scalar_one()
            is_new = await insert_new(
                connection,
                NEAR_DUE,
                key=order.key,
                recipient=recipient,
                case_id=order.case_id,
                # "tier 1 time: 15 min left" will not be so any more when it is read; the due time will.
                about=order.item or order.about,
                due_at=order.due_at,
                noticed_at=now,
                group_due_at=now + order.group_within_ms if group_due_at is None else group_due_at,
            )
            own = select(NEAR_DUE.c.key).where(waiting & (NEAR_DUE.c.key == order.key))
            waits = (await connection.execute(own)).first() is not None
        return waits and (group_due_at is None or not is_new)

    async def holds(self, key: str, recipient: str) -> bool:
        """Whether an item of a person was noted, sent or not."""
        wanted = select(NEAR_DUE.c.key).where(_of(recipient) & (NEAR_DUE.c.key == key))
        async with self._engine.connect() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def gather(self, recipient: str) -> list[StaffNotice]:
        """Put all waiting items of a person into one digest, and return every digest that was not sent yet.

        More than one comes back only after a crash between gathering and sending.
        """
        loose = _of(recipient) & NEAR_DUE.c.digest.is_(None)
        unsent = _of(recipient) & NEAR_DUE.c.digest.is_not(None) & NEAR_DUE.c.sent_at.is_(None)
        ordered = select(NEAR_DUE).where(unsent).order_by(NEAR_DUE.c.noticed_at, NEAR_DUE.c.key)
        async with self._engine.begin() as connection:
            await connection.execute(update(NEAR_DUE).where(loose).values(digest=f"digest:{uuid.uuid4()}"))
            digests: dict[str, list[NoticeItem]] = {}
            for row in await connection.execute(ordered):
                item = NoticeItem(case_id=row.case_id, about=row.about, due_at=row.due_at)
                digests.setdefault(row.digest, []).append(item)
        return [
            StaffNotice(key=key, recipient=recipient, notice=NoticeKind.NEAR_DUE, items=tuple(items))
            for key, items in digests.items()
        ]

    async def mark_sent(self, digest: StaffNotice) -> None:
        """The digest is out: its items are done with."""
        own = _of(digest.recipient) & (NEAR_DUE.c.digest == digest.key)
        async with self._engine.begin() as connection:
            await connection.execute(update(NEAR_DUE).where(own).values(sent_at=self._clock()))

    async def overdue(self) -> dict[str, Instant]:
        """People whose items should have been sent by now, with since when: empty unless a digest's timer was lost."""
        due = func.min(NEAR_DUE.c.group_due_at)
        late = NEAR_DUE.c.sent_at.is_(None) & (NEAR_DUE.c.group_due_at < self._clock())
        wanted = select(NEAR_DUE.c.recipient, due.label("since")).where(late).group_by(NEAR_DUE.c.recipient)
        async with self._engine.connect() as connection:
            return {row.recipient: row.since for row in await connection.execute(wanted)}


def _of(recipient: str) -> ColumnElement[bool]:
    return NEAR_DUE.c.recipient == recipient
