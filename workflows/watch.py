"""What time it is for a workflow, and when that cannot be believed.

A query that waited for a worker brings along what has happened meanwhile, and the SDK works through that at the time of
the task before (temporalio 1.35). What is decided at the wrong time a replay decides otherwise, and the case would be
stuck for good. Failing drops it all: the query is asked again, the events come again with a task.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.sla.spans import Instant
    from runtime.wary_runner import ASK_AGAIN


class Watch:
    """The workflow's time. It is looked at in every task, for only what was seen before shows that it is stale."""

    def __init__(self) -> None:
        self._seen = (0, 0)
        """Length of the history and time (ns) when it was looked at last."""
        self._rang_early = False

    def now(self) -> Instant:
        """The workflow's present instant.

        Raises:
            StaleTimeError: it is the time of events before those that are being worked through.
        """
        if self.look():
            raise StaleTimeError(f"a query brought events that no workflow task has begun on; {ASK_AGAIN}")
        return self.shown_at()

    @staticmethod
    def shown_at() -> Instant:
        """The instant of a query, which decides nothing: that of the last workflow task."""
        return workflow.time_ns() // 1_000_000

    def look(self) -> bool:
        """Look at the time; returns whether it is stale: events have come without it."""
        seen = (workflow.info().get_current_history_length(), workflow.time_ns())
        if self._rang_early or (seen[0] > self._seen[0] and seen[1] == self._seen[1]):
            return True
        self._seen = seen
        return False

    def rang(self, due: Instant | None) -> None:
        """A timer fired, and none does so early. A task in which nothing happened at all leaves a replay no time."""
        if due and self.shown_at() < due and not workflow.unsafe.is_replaying():
            self._rang_early = True


class StaleTimeError(RuntimeError):
    """The workflow's time is not that of the events at hand. Fails what is being worked through, never the case."""
