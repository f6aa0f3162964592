"""The one timer that a case keeps: it wakes the main line for the next due step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

from workflows.courier import Courier
from workflows.watch import Watch

with workflow.unsafe.imports_passed_through():
    from domain.sla.clock import PlannedStep
    from domain.sla.spans import Instant, say_span
    from domain.views import clock_name
    from domain.worked_case import WorkedCase


class Wake:
    """One pending wake at the most, set anew only when the next due step has moved earlier."""

    def __init__(self, case: WorkedCase, courier: Courier, watch: Watch, woken: Callable[[], None]) -> None:
        self._case = case
        self._courier = courier
        self._watch = watch
        self._woken = woken
        self._pending: asyncio.Task[None] | None = None
        self._at: Instant | None = None

    def set(self) -> None:
        """See that the main line wakes for the next due step."""
        step = min(self._case.plan(), key=self._moment, default=None)
        if step is None:
            return
        due = self._moment(step)
        if self._at is not None and self._at <= due:
            return
        if self._courier.report.back_by is not None and self._courier.report.back_by <= due:
            # A message on its way wakes us before that; a timer for the time until then would fire for nothing.
            return
        if self._pending is not None:
            self._pending.cancel()
        self._at = due
        left = max(due - self._watch.now(), 1)
        clock = self._case.clock(step.clock)
        summary = f"{clock_name(self._case, clock)} · {step.step.do.replace('_', ' ')} in {say_span(left)}"
        self._pending = asyncio.create_task(self._ring(timedelta(milliseconds=left), summary))

    def _moment(self, step: PlannedStep) -> Instant:
        """When a step is to be taken: as planned, or when its promise no longer waits for a report."""
        return max(step.due, self._courier.report_by(step) or 0)

    async def _ring(self, after: timedelta, summary: str) -> None:
        await workflow.sleep(after, summary=summary)
        self._watch.rang(self._at)
        self._courier.report.rang(self._watch.shown_at())
        self._pending, self._at = None, None
        self._woken()
