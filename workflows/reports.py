"""Reports, started by schedules: one run for each day, week, month and quarter that is over.

A run asks for the period that was over at its scheduled time, so one that was late, because nothing ran then, still
draws the report that it was for.
"""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.figures.activities import FigureActivities
    from activities.figures.port import ReportDrawn, ReportOrder
    from domain.figures.periods import Period

SCHEDULED = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


@workflow.defn
class ReportWorkflow:
    """Draws one report."""

    @workflow.run
    async def run(self, period: Period) -> ReportDrawn:
        """The report of the last period that was over; returns which time it is about."""
        scheduled: datetime = workflow.info().typed_search_attributes.get(SCHEDULED) or workflow.info().start_time
        order = ReportOrder(period=period, at=round(scheduled.timestamp() * 1000))
        return await workflow.execute_activity_method(
            FigureActivities.draw_report, order, summary=f"Draw the report of a {period}", **options.REPORT
        )
