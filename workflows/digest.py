"""The life of a digest.

Near-due notices of one person come in; the first one starts this workflow. It waits for the grouping time, sends one
notice for all that have come by then, and goes on only if more came meanwhile. Breaches never pass through here: they
are told at once.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

from workflows import options

with workflow.unsafe.imports_passed_through():
    from activities.notifications.activities import NotificationActivities
    from domain.deeds import DigestStart


@workflow.defn
class StaffDigestWorkflow:
    """One person's near-due notices, grouped."""

    @workflow.init
    def __init__(self, start: DigestStart) -> None:
        self._pending = 0

    @workflow.run
    async def run(self, start: DigestStart) -> int:
        """Send one notice for each grouping time in which something came; returns how many notices were grouped."""
        grouped = 0
        while True:
            await workflow.sleep(
                timedelta(milliseconds=start.group_within_ms), summary=f"Group notices of {start.staff_id}"
            )
            self._pending = 0
            grouped += await workflow.execute_activity_method(
                NotificationActivities.send_digest, start.staff_id, summary="Send the grouped notice", **options.DIGEST
            )
            if not self._pending:
                return grouped

    @workflow.signal
    def near_due_noticed(self) -> None:
        """One more notice is waiting in the store."""
        self._pending += 1
