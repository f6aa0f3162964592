"""The activity of this room: a report, which a schedule asks for when its time is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.figures.port import FigureReports, ReportDrawn, ReportOrder


class FigureActivities:
    """Draws what is read every day, week, month and quarter."""

    def __init__(self, reports: FigureReports) -> None:
        self._reports = reports

    @activity.defn
    async def draw_report(self, order: ReportOrder) -> ReportDrawn:
        """Draw a report; drawn again it stays as it was."""
        return await self._reports.draw(order)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.draw_report,)
