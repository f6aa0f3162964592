"""What a status makes a person's task: done within the task's time, or its breach is on record."""

from __future__ import annotations

from collections.abc import Iterator

from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rules import ClockKind
from starter.audit.findings import Finding, Promise
from starter.audit.judging import Judge, Measured
from starter.audit.life import Budget, Phase, Stretch

_MOVED = ("suspend_task", "skip_task")
"""With these a task's time stands still, or the task is gone, and no status shows it."""


class Decisions:
    """Checks what people decide in one life."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record

    def findings(self) -> Iterator[Finding]:
        """Every status in which somebody of the staff has the word."""
        for phase in self.life.all.split(lambda one: one.status):
            kind = self.record.subject.by_people.get(phase.first.status)
            if kind and not any(phase.start <= one.at <= phase.end for one in self.record.asked_for(*_MOVED)):
                yield self._decided(phase, kind)

    def _decided(self, phase: Phase, kind: str) -> Finding:
        about = f"time to {kind.replace('_', ' ')}"
        events = self.judge.events_around(phase)
        within = _time_for(kind)
        measured = Measured(Promise.DECISION, ClockKind.TASK_DUE, phase.start, phase.end, within, about, events, 0)
        due = self.judge.due(measured, phase.end)
        # Other tasks have such clocks too: this one's breach is the one nearest to the end of its time.
        breaches = [] if due is None else self.record.breaches(ClockKind.TASK_DUE)
        near = [one for one in breaches if one.at >= (due or 0) - self.judge.tolerance]
        return self.judge.judge(measured, min(near, key=lambda one: one.at, default=None))


def _time_for(kind: str) -> Budget:
    def budget(one: Stretch) -> int:
        assert isinstance(one.rules, ShopCasePolicy)
        return one.rules.time_for(kind, one.priority)

    return budget
