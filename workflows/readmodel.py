"""The comparison of the read model with Temporal, started by a schedule.

It finds what a killed worker took along, and what somebody changed behind our back.
"""

from __future__ import annotations

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.projection.activities import ProjectionActivities
    from activities.projection.port import CheckReport


@workflow.defn
class ReadModelCheckWorkflow:
    """Compares once."""

    @workflow.run
    async def run(self) -> CheckReport:
        """One comparison; returns what came of it."""
        return await workflow.execute_activity_method(
            ProjectionActivities.check_read_model, summary="Compare the read model with the cases", **options.RECONCILE
        )
