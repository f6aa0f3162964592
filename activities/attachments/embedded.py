"""The files in the store's own database: one place to back up, and every process of the house finds them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.attachments.port import Attachment, NewAttachment
from activities.clock import Clock, wall_clock
from activities.store.customer_tables import ATTACHMENTS
from activities.store.database import AnyRow, insert_new, is_postgresql

_ABOUT = [column for column in ATTACHMENTS.c if column.name != "content"]


class EmbeddedAttachmentStore:
    """`AttachmentStore` over the `attachments` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def keep(
        self, case_id: str, sent_by: str, files: tuple[NewAttachment, ...], at_most: int
    ) -> tuple[str, ...] | None:
        own = ATTACHMENTS.c.case_id == case_id
        async with self._engine.begin() as connection:
            await _one_at_a_time(connection, case_id)
            others = own & ATTACHMENTS.c.id.not_in([file.id for file in files])
            counted = await connection.execute(select(func.count()).select_from(ATTACHMENTS).where(others))
            if counted.scalar_one() + len(files) > at_most:
                return None
            rows = [{**_row(case_id, sent_by, file), "at": self._clock()} for file in files]
            return tuple([str(row["id"]) for row in rows if await insert_new(connection, ATTACHMENTS, **row)])

    async def drop(self, case_id: str, ids: tuple[str, ...]) -> None:
        own = (ATTACHMENTS.c.case_id == case_id) & ATTACHMENTS.c.id.in_(ids)
        async with self._engine.begin() as connection:
            await connection.execute(delete(ATTACHMENTS).where(own))

    async def of_case(self, case_id: str) -> list[Attachment]:
        wanted = select(*_ABOUT).where(ATTACHMENTS.c.case_id == case_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(ATTACHMENTS.c.at, ATTACHMENTS.c.id))
            return [_attachment(row) for row in rows]

    async def content(self, case_id: str, attachment_id: str) -> tuple[Attachment, bytes] | None:
        own = (ATTACHMENTS.c.case_id == case_id) & (ATTACHMENTS.c.id == attachment_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(ATTACHMENTS).where(own))).one_or_none()
        return None if row is None else (_attachment(row), bytes(row.content))


async def _one_at_a_time(connection: AsyncConnection, case_id: str) -> None:
    """Let nobody else count this case's files until these are in; SQLite has one connection, and so one writer."""
    if is_postgresql(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"attachments:{case_id}", 0))))


def _row(case_id: str, sent_by: str, file: NewAttachment) -> dict[str, Any]:
    return {
        "id": file.id,
        "case_id": case_id,
        "name": file.name,
        "media_type": file.media_type,
        "size": len(file.content),
        "sent_by": sent_by,
        "content": file.content,
    }


def _attachment(row: AnyRow) -> Attachment:
    return Attachment(row.id, row.case_id, row.name, row.media_type, row.size, row.sent_by, row.at)
