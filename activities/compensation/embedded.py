"""Compensation as a row in the store, from which a payment run pays it out."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.compensation.port import CompensationConflictError
from activities.store.database import AnyRow, insert_new
from activities.store.tables import COMPENSATIONS
from domain.deeds import CompensationOrder
from domain.money import Money


class EmbeddedCompensationDesk:
    """`CompensationDesk` over the `compensations` table: the row is the grant, so one insertion is exactly once."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def grant(self, order: CompensationOrder) -> str:
        async with self._engine.begin() as connection:
            granted = await insert_new(
                connection,
                COMPENSATIONS,
                key=order.key,
                reference=reference_of(order.key),
                case_id=order.case_id,
                customer_id=order.customer_id,
                minor=order.amount.minor,
                currency=order.amount.currency,
                because=order.because,
                granted_at=self._clock(),
            )
            if not granted:
                before = await connection.execute(select(COMPENSATIONS).where(COMPENSATIONS.c.key == order.key))
                _check_same(order, before.one())
        return reference_of(order.key)

    async def granted_to(self, customer_id: str) -> list[CompensationOrder]:
        """All that a customer was granted, oldest first."""
        wanted = select(COMPENSATIONS).where(COMPENSATIONS.c.customer_id == customer_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(COMPENSATIONS.c.granted_at, COMPENSATIONS.c.key))
        return [
            CompensationOrder(
                case_id=row.case_id,
                key=row.key,
                customer_id=row.customer_id,
                amount=Money(minor=row.minor, currency=row.currency),
                because=row.because,
            )
            for row in rows
        ]


def reference_of(key: str) -> str:
    """What a customer may quote: `C-` and 12 hex digits, the same for the same key."""
    return f"C-{hashlib.sha256(key.encode()).hexdigest()[:12].upper()}"


def _check_same(order: CompensationOrder, before: AnyRow) -> None:
    asked = (order.customer_id, order.amount.minor, order.amount.currency)
    if asked != (before.customer_id, before.minor, before.currency):
        raise CompensationConflictError("this key was used for another compensation", key=order.key)
