"""The activity of this room: the comparison of the read model with Temporal, which a schedule asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.projection.port import CheckReport, ReadModelCheck


class ProjectionActivities:
    """Sees that what is shown is what is."""

    def __init__(self, check: ReadModelCheck) -> None:
        self._check = check

    @activity.defn
    async def check_read_model(self) -> CheckReport:
        """Compare open cases, and whether both sides have all others; put right what differs."""
        return await self._check.check(activity.heartbeat)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.check_read_model,)
