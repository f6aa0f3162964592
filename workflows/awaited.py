"""How long promises wait for the report of a message that may have kept them."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case_clocks import UnderWay
    from domain.sla.spans import Instant, Span


class AwaitedReport:
    """The report of the message that is under way, if one is.

    Attributes:
        back_by: by when the message has an outcome, whatever happens; None when none is under way.
        by: until when promises wait for its report.
        message: what it keeps, and since when it may have arrived.
    """

    def __init__(self, within: Span, outcome_within: Span) -> None:
        self._within, self._outcome_within = within, outcome_within
        self.back_by: Instant | None = None
        self.by: Instant | None = None
        self.message: UnderWay | None = None
        self._again = self._long_enough = False

    def set_out(self, message: UnderWay) -> None:
        """A message is decided, and waits at most for those before it."""
        self.message = message
        self.expect(message.since)

    def expect(self, now: Instant) -> None:
        """An attempt to send it begins."""
        self.back_by, self._again = now + self._outcome_within, False
        self._wait(now)

    def came(self) -> None:
        """It was reported on, or nobody will."""
        self.back_by = self.by = None

    def awaited(self, now: Instant, *, overdue: bool) -> UnderWay | None:
        """The message while promises wait for it. After a downtime, when steps are overdue, they wait once more."""
        if self.by is None:
            return None
        if overdue and not self._again:
            self._wait(now)
            self._again = True
        return None if self._long_enough else self.message

    def rang(self, now: Instant) -> None:
        """The case woke by itself, and only then has it waited long enough.

        What somebody asks is heard before a report that came in the same task: the SDK (temporalio 1.35) works through
        updates and signals first. A promise given up then would be broken with the proof of the contrary at hand.
        """
        self._long_enough = self.by is not None and now >= self.by

    def _wait(self, now: Instant) -> None:
        self.by, self._long_enough = now + self._within, False
