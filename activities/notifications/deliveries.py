"""The record of what became of each message, with the words as the customer read them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.notifications.port import Envelope
from activities.store.database import insert_new
from activities.store.tables import DELIVERIES
from domain.deeds import DeliveryReport, DeliveryState, MessageOrder
from domain.people import DeliveryChannel
from domain.sla.spans import Instant
from domain.templates import TemplateName


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message over one channel. Subject and body are None where there was no address or no template for it."""

    key: str
    case_id: str
    channel: DeliveryChannel
    template: TemplateName
    state: DeliveryState
    reference: str | None
    detail: str | None
    at: Instant
    subject: str | None = field(repr=False)
    body: str | None = field(repr=False)


class DeliveryRecord:
    """The `deliveries` table: written once for each effect key, never changed."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def write(self, key: str, order: MessageOrder, report: DeliveryReport, envelope: Envelope | None) -> None:
        """Write the outcome down; a repeat changes nothing."""
        async with self._engine.begin() as connection:
            await insert_new(
                connection,
                DELIVERIES,
                key=key,
                case_id=order.case_id,
                channel=report.channel.value,
                template=order.template.value,
                state=report.state.value,
                reference=report.reference,
                detail=report.detail,
                subject=envelope.subject if envelope else None,
                body=envelope.body if envelope else None,
                at=self._clock(),
            )

    async def of_case(self, case_id: str) -> list[Delivery]:
        """Everything that was sent, or not, for a case, oldest first."""
        wanted = select(DELIVERIES).where(DELIVERIES.c.case_id == case_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(DELIVERIES.c.at, DELIVERIES.c.key))
        return [
            Delivery(
                key=row.key,
                case_id=row.case_id,
                channel=DeliveryChannel(row.channel),
                template=TemplateName(row.template),
                state=DeliveryState(row.state),
                reference=row.reference,
                detail=row.detail,
                at=row.at,
                subject=row.subject,
                body=row.body,
            )
            for row in rows
        ]
