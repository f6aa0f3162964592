"""What a status makes a person's task: done within the task's time, or its breach is on record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.shop.parcels import Parcel, ParcelStatus
from domain.shop_case.policy import ShopCasePolicy
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from starter.audit.findings import Finding, Promise
from starter.audit.judging import Judge, Measured
from starter.audit.life import Budget, Phase, Stretch, fixed
from starter.audit.record import ShopStep

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
                yield self._decided(phase, kind, phase.start, phase.end)
        yield from self.handed_over()

    def handed_over(self) -> Iterator[Finding]:
        """What did not come true in its time a person decides about; who waits longer gives it as much time again."""
        status, clock, kind = self.record.subject.handed_over or ("", ClockKind.TASK_DUE, "")
        for phase in self.life.all.split(lambda one: one.status):
            if phase.first.status != status:
                continue
            asked = [one for one in self.record.asked_for("complete_task") if phase.start <= one.at <= phase.end]
            decided = [one.at for one in asked if "decision" in one.content["form"]]
            for start, end in pairwise([phase.start, *decided, phase.end]):
                offered = self._handed_over_at(clock, start, end)
                if start < end and offered is not None and offered < end:
                    yield self._decided(phase, kind, offered, end)

    def _handed_over_at(self, clock: ClockKind, start: Instant, end: Instant) -> Instant | None:
        """When a person was asked: at the end of the time, or when the carrier said that a parcel is lost."""
        over = self.life.runs_out(clock, start, end, fixed(clock))
        looks = (one for one in self.record.steps if one.do == "find_parcels" and one.completed)
        lost = [one.settled_at or end for one in looks if start < one.at < end and _tells_of_loss(one)]
        return min([*lost, *([] if over is None else [over])], default=None)

    def _decided(self, phase: Phase, kind: str, start: Instant, end: Instant) -> Finding:
        about = f"time to {kind.replace('_', ' ')}"
        events = self.judge.events_around(phase)
        within = _time_for(kind)
        measured = Measured(Promise.DECISION, ClockKind.TASK_DUE, start, end, within, about, events, 0)
        due = self.judge.due(measured, end)
        # Other tasks have such clocks too: this one's breach is the one nearest to the end of its time.
        breaches = [] if due is None else self.record.breaches(ClockKind.TASK_DUE)
        near = [one for one in breaches if one.at >= (due or 0) - self.judge.tolerance]
        return self.judge.judge(measured, min(near, key=lambda one: one.at, default=None))


def _tells_of_loss(look: ShopStep) -> bool:
    parcels = [Parcel.model_validate(one) for one in look.answer]
    return any(one.status is ParcelStatus.LOST for one in parcels)


def _time_for(kind: str) -> Budget:
    def budget(one: Stretch) -> int:
        assert isinstance(one.rules, ShopCasePolicy)
        return one.rules.time_for(kind, one.priority)

    return budget
