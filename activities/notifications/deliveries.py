"""The record of what became of each message, with the words as the customer read them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.notifications.templates import Letter
from activities.store.database import AnyRow, AnySelect, insert_new
from activities.store.tables import DELIVERIES, DELIVERY_CHECKS
from domain.deeds import CheckOrder, DeliveryReport, DeliveryState, MessageOrder
from domain.people import DeliveryChannel
from domain.sla.spans import Instant
from domain.templates import TemplateName


@dataclass(frozen=True, slots=True)
class Check:
    """What a person found out about a message whose fate was unknown: who, when, and how they know."""

    arrived: bool
    by: str
    at: Instant
    how: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message over one channel. Subject and body are None where there was no address or no template for it.

    `check` is what a person found out about one in state `unknown`.
    """

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
    check: Check | None = None


class DeliveryRecord:
    """The `deliveries` table and, beside it, `delivery_checks`: written once for each effect key, never changed."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def write(self, key: str, order: MessageOrder, report: DeliveryReport, letter: Letter | None) -> None:
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
                subject=letter.subject if letter else None,
                body=letter.body if letter else None,
                at=self._clock(),
            )

    async def check(self, order: CheckOrder) -> None:
        """Write down what a person found out; a repeat changes nothing."""
        found = order.check
        async with self._engine.begin() as connection:
            await insert_new(
                connection,
                DELIVERY_CHECKS,
                key=found.key,
                case_id=order.case_id,
                message=found.message,
                arrived=found.arrived,
                checked_by=found.by,
                how=found.how,
                at=found.at,
            )

    async def of_case(self, case_id: str) -> list[Delivery]:
        """Everything that was sent, or not, for a case, oldest first."""
        wanted = deliveries_with_checks().where(DELIVERIES.c.case_id == case_id)
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
                check=check_of(row),
            )
            for row in rows
        ]


def deliveries_with_checks() -> AnySelect:
    """Deliveries, each with what a person found out about it; `check_of` reads that from a row."""
    its_message = DELIVERY_CHECKS.c.message + ":" + DELIVERIES.c.channel == DELIVERIES.c.key
    doubtful = DELIVERIES.c.state == DeliveryState.UNKNOWN.value
    return select(
        DELIVERIES,
        DELIVERY_CHECKS.c.arrived,
        DELIVERY_CHECKS.c.checked_by,
        DELIVERY_CHECKS.c.how,
        DELIVERY_CHECKS.c.at.label("checked_at"),
    ).select_from(
        DELIVERIES.outerjoin(
            DELIVERY_CHECKS, (DELIVERY_CHECKS.c.case_id == DELIVERIES.c.case_id) & its_message & doubtful
        )
    )


def check_of(row: AnyRow) -> Check | None:
    """What a person found out about this delivery."""
    return None if row.checked_by is None else Check(row.arrived, row.checked_by, row.checked_at, row.how)
