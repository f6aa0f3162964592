"""The clock ledger: one type for every promise.

A clock is never a target instant. It is a budget, what of it was consumed, and since when it has been running; the due
instant follows from these and the calendar. So a pause, a change of priority, policy or calendar is an entry in the
ledger that keeps what was consumed (lessons, failures 1, 3 and 4).
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import ClockStateError
from domain.sla.calendar import WorkingCalendar
from domain.sla.rules import ClockKind, ClockRule, Step
from domain.sla.spans import Instant, Span, say_span


class ClockState(StrEnum):
    """Where a clock stands. A breached clock may still be running: the promise is late, not gone."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class ClockEvent(BaseModel):
    """Why a clock stands where it stands: one change, its cause, and the rules in force."""

    model_config = ConfigDict(frozen=True)

    at: Instant
    what: str
    cause: str
    consumed: Span
    budget: Span
    calendar: str
    policy: str
    late_by: Span = 0


class PlannedStep(BaseModel):
    """A step that has not fired, with the instant at which it is due."""

    model_config = ConfigDict(frozen=True)

    due: Instant
    clock: str
    step: Step
    order: int


class Clock(BaseModel):
    """One promise being measured, in milliseconds of its calendar's open time.

    `consumed` covers closed segments only; the running one counts from `running_since`. Nothing is consumed before
    `runs_from`, which lies after `started_at` where a grid's next period has yet to begin. `fired` holds the names of
    the steps that have run, whatever the budget was when they did.
    """

    id: str
    kind: ClockKind
    instance: int
    budget: Span
    calendar: str
    policy: str
    started_at: Instant
    runs_from: Instant = 0
    consumed: Span = 0
    running_since: Instant | None = None
    breached_at: Instant | None = None
    ended_at: Instant | None = None
    ended_as: ClockState | None = None
    task: str | None = None
    extended_by: Span = 0
    held: bool = False
    fired: dict[str, Instant] = Field(default_factory=dict)
    why: list[ClockEvent] = Field(default_factory=list)

    @property
    def state(self) -> ClockState:
        """The clock's one-word answer; a breach outlives whatever ended the clock later."""
        if self.breached_at is not None:
            return ClockState.BREACHED
        if self.ended_as is not None:
            return self.ended_as
        return ClockState.PAUSED if self.running_since is None else ClockState.RUNNING

    @property
    def open(self) -> bool:
        """Whether the promise is still to be kept, in time or late."""
        return self.ended_at is None

    def consumed_by(self, now: Instant, calendar: WorkingCalendar) -> Span:
        """Open time used up to `now`."""
        if self.running_since is None:
            return self.consumed
        return self.consumed + calendar.between(self.running_since, now)

    def due(self, calendar: WorkingCalendar) -> Instant | None:
        """When the budget is used up if nothing changes; None while paused or ended."""
        if self.running_since is None or not self.open:
            return None
        return calendar.add(self.running_since, max(self.budget - self.consumed, 0))

    def plan(self, rule: ClockRule, calendar: WorkingCalendar) -> list[PlannedStep]:
        """The steps still to fire, each with its instant. Paused and ended clocks plan nothing."""
        if self.running_since is None or not self.open:
            return []
        return [
            PlannedStep(due=self.instant(offset, calendar), clock=self.id, step=step, order=order)
            for order, (offset, step) in enumerate(rule.ordered_steps(self.budget))
            if step.name not in self.fired
        ]

    def instant(self, offset: Span, calendar: WorkingCalendar) -> Instant:
        """When `offset` of a running clock's budget is used up if nothing changes, whether or not that is past."""
        assert self.running_since is not None
        return calendar.add(self.running_since, max(offset - self.consumed, 0))

    def fire(self, step: Step, now: Instant, late_by: Span, calendar: WorkingCalendar) -> None:
        """Note that a step has run. A step fires once in a clock's life."""
        if step.name in self.fired:
            raise ClockStateError(f"step {step.name} of clock {self.id} has already fired", clock=self.id)
        self.fired[step.name] = now
        self._note(now, step.name, "its moment came", calendar, late_by=late_by)

    def pause(self, now: Instant, cause: str, calendar: WorkingCalendar) -> None:
        """Stop consuming; pausing a paused or ended clock changes nothing."""
        if self.open and self.running_since is not None:
            self._settle(now, calendar)
            self.running_since = None
            self._note(now, "paused", cause, calendar)

    def resume(self, now: Instant, cause: str, calendar: WorkingCalendar) -> None:
        """Consume again; resuming a running or ended clock changes nothing."""
        if self.open and self.running_since is None:
            self.running_since = max(now, self.runs_from)
            self._note(now, "resumed", cause, calendar)

    def rebudget(self, now: Instant, budget: Span, cause: str, calendar: WorkingCalendar) -> None:
        """Change the budget (priority, policy, extension) and keep what was consumed."""
        if self.open and budget != self.budget:
            self._settle(now, calendar)
            self.budget = budget
            self._note(now, "budget changed", cause, calendar)

    def carry(self, now: Instant, left: Span, cause: str, calendar: WorkingCalendar) -> None:
        """Take over an earlier promise of which `left` is left: what was consumed there counts as consumed here."""
        spent = self.budget - max(left, 0)
        if self.open and spent > self.consumed_by(now, calendar):
            self._settle(now, calendar)
            self.consumed = spent
            self._note(now, "carried over", cause, calendar)

    def move_to(
        self, now: Instant, name: str, new: WorkingCalendar, old: WorkingCalendar, policy: str, cause: str
    ) -> None:
        """Change calendar and policy: what was consumed under the old calendar stays consumed."""
        if self.open and (name != self.calendar or policy != self.policy or new != old):
            self._settle(now, old)
            self.calendar, self.policy = name, policy
            self._note(now, "rules changed", cause, new)

    def breach(self, now: Instant, cause: str, calendar: WorkingCalendar) -> None:
        """Record that the promise was not kept in time. Breaching twice changes nothing."""
        if self.open and self.breached_at is None:
            self.breached_at = now
            self._note(now, "breached", cause, calendar)

    def meet(self, now: Instant, cause: str, calendar: WorkingCalendar) -> None:
        """Record that the promise was kept, late if it was breached before."""
        self._end(now, ClockState.MET, cause, calendar)

    def cancel(self, now: Instant, cause: str, calendar: WorkingCalendar) -> None:
        """Record that the promise no longer applies."""
        self._end(now, ClockState.CANCELLED, cause, calendar)

    def _end(self, now: Instant, how: ClockState, cause: str, calendar: WorkingCalendar) -> None:
        if self.open:
            self._settle(now, calendar)
            self.ended_at, self.ended_as, self.running_since = now, how, None
            self._note(now, how.value, cause, calendar)

    def _settle(self, now: Instant, calendar: WorkingCalendar) -> None:
        """Close the running segment at `now` and open the next one there."""
        if self.running_since is not None:
            self.consumed = self.consumed_by(now, calendar)
            self.running_since = max(now, self.running_since)

    def _note(self, now: Instant, what: str, cause: str, calendar: WorkingCalendar, late_by: Span = 0) -> None:
        self.why.append(
            ClockEvent(
                at=now,
                what=what,
                cause=cause,
                consumed=self.consumed_by(now, calendar),
                budget=self.budget,
                calendar=self.calendar,
                policy=self.policy,
                late_by=late_by,
            )
        )


def start_clock(
    *,
    kind: ClockKind,
    instance: int,
    budget: Span,
    calendar: str,
    policy: str,
    now: Instant,
    cause: str,
    task: str | None = None,
    runs_from: Instant | None = None,
) -> Clock:
    """A running clock. `runs_from` lies in the future for a grid whose next period has not begun yet."""
    clock = Clock(
        id=f"{kind}:{instance}",
        kind=kind,
        instance=instance,
        budget=budget,
        calendar=calendar,
        policy=policy,
        started_at=now,
        runs_from=now if runs_from is None else runs_from,
        running_since=now if runs_from is None else runs_from,
        task=task,
    )
    clock.why.append(
        ClockEvent(at=now, what="started", cause=cause, consumed=0, budget=budget, calendar=calendar, policy=policy)
    )
    return clock


def say_left(left: Span) -> str:
    """Time left for a person: `30 min left`, `12 min over`."""
    return f"{say_span(left)} left" if left >= 0 else f"{say_span(-left)} over"
