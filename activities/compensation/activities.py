"""The activity of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.compensation.port import CompensationConflictError, CompensationDesk
from domain.deeds import CompensationOrder

log = structlog.get_logger()


class CompensationActivities:
    """Compensation for missed guarantees and accepted solutions."""

    def __init__(self, desk: CompensationDesk) -> None:
        self._desk = desk

    @activity.defn
    async def grant_compensation(self, order: CompensationOrder) -> str:
        """Grant a compensation once; returns the reference that the customer may quote.

        Raises:
            ApplicationError: `compensation_conflict`, not retryable: the key stands for another compensation.
        """
        try:
            reference = await self._desk.grant(order)
        except CompensationConflictError as conflict:
            raise ApplicationError(conflict.message, type=conflict.code, non_retryable=True) from None
        log.info("compensation_granted", case_id=order.case_id, key=order.key, reference=reference)
        return reference

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.grant_compensation,)
