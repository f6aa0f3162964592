"""What was said lately, straight from the store: messages to customers and notices to staff, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notifications.deliveries import Check, check_of, deliveries_with_checks
from activities.notifications.port import NoticeItem
from activities.store.tables import DELIVERIES, STAFF_NOTICES
from domain.sla.spans import Instant

_ITEMS = TypeAdapter(tuple[NoticeItem, ...])


@dataclass(frozen=True, slots=True)
class Told:
    """A notice to one member of staff, or to a queue (`team:NAME`)."""

    at: Instant
    recipient: str
    notice: str
    items: tuple[NoticeItem, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to a customer over one channel, with its fate. Without an address there are no words.

    `check` is what a person found out about a message of unknown fate.
    """

    at: Instant
    case_id: str
    channel: str
    template: str
    state: str
    detail: str | None
    subject: str | None = field(repr=False)
    body: str | None = field(repr=False)
    check: Check | None = None


class Feed:
    """The `staff_notices` and `deliveries` tables, read across people and cases."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def notices(self, recipients: Iterable[str] | None = None, limit: int = 50) -> list[Told]:
        """The newest notices, of these recipients only if given."""
        wanted = select(STAFF_NOTICES).order_by(STAFF_NOTICES.c.at.desc(), STAFF_NOTICES.c.key).limit(limit)
        if recipients is not None:
            wanted = wanted.where(STAFF_NOTICES.c.recipient.in_(list(recipients)))
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted)
        return [Told(row.at, row.recipient, row.notice, _ITEMS.validate_json(row.items)) for row in rows]

    async def letters(self, case_id: str | None = None, limit: int = 50) -> list[Letter]:
        """The newest messages, of one case only if given."""
        wanted = deliveries_with_checks()
        if case_id is not None:
            wanted = wanted.where(DELIVERIES.c.case_id == case_id)
        newest = wanted.order_by(DELIVERIES.c.at.desc(), DELIVERIES.c.key).limit(limit)
        async with self._engine.connect() as connection:
            rows = await connection.execute(newest)
        return [
            Letter(
                row.at,
                row.case_id,
                row.channel,
                row.template,
                row.state,
                row.detail,
                row.subject,
                row.body,
                check_of(row),
            )
            for row in rows
        ]
