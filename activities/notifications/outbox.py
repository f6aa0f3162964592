"""The embedded channel: a message is delivered when it lies in the store's outbox, where demos and tests read it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.notifications.port import Delivered, Envelope, HandOver, Settlement
from activities.store.database import AnyRow, insert_new
from activities.store.tables import OUTBOX


class OutboxMessageAdapter:
    """`MessageAdapter` over the `outbox` table: one row for each message id, whoever writes it and how often."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        await hand_over()
        async with self._engine.begin() as connection:
            await insert_new(
                connection,
                OUTBOX,
                message_id=envelope.message_id,
                channel=envelope.channel.value,
                address=envelope.address,
                subject=envelope.subject,
                body=envelope.body,
                language=envelope.language.value,
                at=self._clock(),
            )
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        there = select(OUTBOX.c.at).where(OUTBOX.c.message_id == envelope.message_id)
        async with self._engine.connect() as connection:
            found = (await connection.execute(there)).one_or_none()
        return Settlement.NOT_DELIVERED if found is None else Settlement.DELIVERED

    async def newest(self, limit: int = 50) -> list[AnyRow]:
        """The newest messages, newest first, with all columns of the table: for demos and tests."""
        newest = select(OUTBOX).order_by(OUTBOX.c.at.desc(), OUTBOX.c.message_id).limit(limit)
        async with self._engine.connect() as connection:
            return list(await connection.execute(newest))
