"""The clocks of a case: started, met, cancelled, paused, and the steps that fall due on them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

from domain.case_record import CaseRecord
from domain.errors import ClockNotFoundError
from domain.one_message import keep_one_message
from domain.sla.calendar import WorkingCalendar
from domain.sla.clock import Clock, PlannedStep, start_clock
from domain.sla.rules import MISSES, RUN_LAST, ClockKind, ClockRule, StepAction
from domain.sla.spans import Instant, Span

KEPT_ENDED_CLOCKS = 3
"""Ended clocks of one kind that stay in the record; what happened to older ones is on the timeline."""

KEPT_BY_MESSAGES = (ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE)
"""Promises that a delivered message keeps."""


class UnderWay(NamedTuple):
    """A message on its way: the promises that it keeps if it arrives, and since when it may have arrived."""

    keeps: frozenset[ClockKind]
    since: Instant


class CaseClocks(CaseRecord, ABC):
    """A case as far as its clocks go. Subclasses say what their rules are and what a due step does."""

    @property
    @abstractmethod
    def status(self) -> str:
        """The machine's status; a rule may pause its clocks on some."""

    @abstractmethod
    def rule(self, kind: ClockKind) -> ClockRule:
        """What the policy says about clocks of this kind."""

    @abstractmethod
    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        """Do what a due step says."""

    def calendar(self, name: str) -> WorkingCalendar:
        """A compiled calendar of the pinned policy; ended clocks may name one that only a former policy had."""
        return self.policy.calendars[name]

    def due(self, clock: Clock) -> Instant | None:
        """When a clock's budget is used up if nothing changes; None while it is paused or ended."""
        return clock.due(self.calendar(clock.calendar)) if clock.open else None

    def consumed(self, clock: Clock, now: Instant) -> Span:
        """Open time that a clock has used up to `now`."""
        return clock.consumed_by(now, self.calendar(clock.calendar)) if clock.open else clock.consumed

    def start_clock(
        self,
        kind: ClockKind,
        budget: Span,
        now: Instant,
        cause: str,
        *,
        task: str | None = None,
        runs_from: Instant | None = None,
    ) -> Clock:
        """Start the next clock of a kind; it is paused at once where the present status pauses it."""
        clock = start_clock(
            kind=kind,
            instance=self.number(kind.value),
            budget=budget,
            calendar=self.rule(kind).calendar,
            policy=self.policy_version,
            now=now,
            cause=cause,
            task=task,
            runs_from=runs_from,
        )
        self.state.clocks.append(clock)
        self._prune_clocks(kind)
        self._settle_pause(clock, now)
        return clock

    def open_clock(self, kind: ClockKind, task: str | None = None) -> Clock | None:
        """The newest clock of a kind that is still open, of one task if given."""
        for clock in reversed(self.state.clocks):
            if clock.kind is kind and clock.open and (task is None or clock.task == task):
                return clock
        return None

    def clock(self, clock_id: str) -> Clock:
        """A clock by its id.

        Raises:
            ClockNotFoundError: details list the ids there are.
        """
        for clock in self.state.clocks:
            if clock.id == clock_id:
                return clock
        known = [clock.id for clock in self.state.clocks if clock.open]
        raise ClockNotFoundError(f"there is no clock {clock_id}", field="clock", clock=clock_id, open=known)

    def meet(self, kind: ClockKind, now: Instant, cause: str, task: str | None = None) -> None:
        """The promise was kept; nothing happens where no such clock is open."""
        self.record_misses(now, kind)
        if clock := self.open_clock(kind, task):
            clock.meet(now, cause, self.calendar(clock.calendar))

    def cancel(self, kind: ClockKind, now: Instant, cause: str, task: str | None = None) -> None:
        """The promise no longer applies; nothing happens where no such clock is open."""
        self.record_misses(now, kind)
        if clock := self.open_clock(kind, task):
            clock.cancel(now, cause, self.calendar(clock.calendar))

    def cancel_all(self, now: Instant, cause: str) -> None:
        """End every open clock."""
        self.record_misses(now, *KEPT_BY_MESSAGES)
        for clock in self.state.clocks:
            if clock.open:
                clock.cancel(now, cause, self.calendar(clock.calendar))

    def record_misses(self, now: Instant, *kinds: ClockKind) -> None:
        """Put on record what was missed of promises that are about to stop while they wait for a message's report."""
        mine = (clock for clock in self.state.clocks if clock.open and clock.kind in kinds)
        # A miss is never earlier than the end, so that most of the time no plan needs to be made.
        if any((due := self.due(clock)) is not None and due <= now for clock in mine):
            self._take_due(now, lambda step: self.clock(step.clock).kind in kinds and step.step.do in MISSES)

    def settle_pauses(self, now: Instant) -> None:
        """Let each open clock run or pause as status, task and supervisor demand."""
        stopping = {clock.kind for clock in self.state.clocks if clock.open and self._pause_cause(clock)}
        self.record_misses(now, *stopping)
        for clock in self.state.clocks:
            if clock.open:
                self._settle_pause(clock, now)

    def _settle_pause(self, clock: Clock, now: Instant) -> None:
        calendar = self.calendar(clock.calendar)
        if cause := self._pause_cause(clock):
            clock.pause(now, cause, calendar)
        else:
            clock.resume(now, "nothing pauses it any more", calendar)

    def _pause_cause(self, clock: Clock) -> str | None:
        if clock.held:
            return "held by a supervisor"
        if self.status in self.rule(clock.kind).pauses_on:
            return f"the case is {self.status.replace('_', ' ')}"
        if clock.task and (task := self.find_task(clock.task)) and task.suspended_from:
            return f"task {clock.task} is suspended"
        return self.pause_of(clock.kind)

    def pause_of(self, kind: ClockKind) -> str | None:
        """Why all clocks of a kind stand still for reasons of the case's own; None by default."""
        return None

    def _prune_clocks(self, kind: ClockKind) -> None:
        ended = [clock for clock in self.state.clocks if clock.kind is kind and not clock.open]
        for clock in ended[:-KEPT_ENDED_CLOCKS]:
            self.state.clocks.remove(clock)

    def plan(self) -> list[PlannedStep]:
        """Every step that is still to fire, soonest first."""
        steps = [
            planned.model_copy(update={"due": self.step_due(clock, planned)})
            for clock in self.state.clocks
            if clock.open
            for planned in clock.plan(self.rule(clock.kind), self.calendar(clock.calendar))
        ]
        return sorted(steps, key=lambda planned: (planned.due, planned.step.do in RUN_LAST, planned.order))

    def step_due(self, clock: Clock, planned: PlannedStep) -> Instant:
        """The instant of a planned step; types may move it, for example out of quiet hours."""
        return planned.due

    def take_due_steps(self, now: Instant, under_way: UnderWay | None = None) -> int:
        """Run every step whose moment has come, in order; plan anew after each, since a step changes clocks.

        Args:
            now: the present instant.
            under_way: a message for whose report the promises wait that it may have kept in time.

        Returns:
            How many ran. Steps that ran later than the policy tolerates are recorded as late by system.
        """
        return self._take_due(now, lambda step: not self.may_be_kept(step, under_way))

    def may_be_kept(self, step: PlannedStep, under_way: UnderWay | None) -> bool:
        """Whether a step is of a promise that a message under way may have kept in time."""
        clock = self.clock(step.clock)
        due = self.due(clock)
        return under_way is not None and clock.kind in under_way.keeps and due is not None and under_way.since <= due

    def take_steps_before_arrival(self, kind: ClockKind, at: Instant) -> None:
        """Run the steps of such a promise which were due when a message arrived, as of then.

        Other steps are taken when they are taken: nobody could act on a handover before it was made.
        """
        self._take_due(at, lambda step: self.clock(step.clock).kind is kind)

    def _take_due(self, now: Instant, wanted: Callable[[PlannedStep], bool]) -> int:
        ran = 0
        decided = len(self.state.deeds)
        while (step := next(filter(wanted, self.plan()), None)) and step.due <= now:
            self._take(step, now)
            ran += 1
        if ran > 1:
            keep_one_message(self, decided, now)
        return ran

    def overdue(self, now: Instant, not_before: Instant) -> bool:
        """Whether nobody was there: a step is late beyond tolerance, though it had to wait until `not_before`."""
        return any(max(step.due, not_before) + self.policy.late_tolerance < now for step in self.plan())

    def not_before(self, kind: ClockKind, at: Instant) -> Instant:
        """`at`, or the latest instant in the ledger of such a clock: nothing is entered before that."""
        clock = self.open_clock(kind)
        return max(at, clock.why[-1].at) if clock else at

    def _take(self, planned: PlannedStep, now: Instant) -> None:
        clock = self.clock(planned.clock)
        late_by = now - planned.due if now - planned.due > self.policy.late_tolerance else 0
        clock.fire(planned.step, now, late_by, self.calendar(clock.calendar))
        if late_by:
            self.note(
                now, "late_by_system", clock=clock.id, step=planned.step.do.value, late_by_ms=late_by, due=planned.due
            )
        self.execute(clock, planned.step.do, now)
