"""How a promise with a time is judged: kept, missed and on record, broken, or still running."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.sla.rules import ClockKind, StatusUpdateRule, Step, StepAction
from domain.sla.spans import DAY, Instant, Span, say_span
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.life import Budget, Life, Phase
from starter.audit.record import EventRef, Notice

HORIZON: Span = 400 * DAY
"""How far ahead the due time of what still runs is looked for."""


@dataclass(frozen=True)
class Measured:
    """A promise of one kind, from its start until it was kept, no longer applied, or the record ends.

    `settled`: at its end it was kept, however much longer the case runs.
    """

    promise: Promise
    kind: ClockKind
    start: Instant
    end: Instant
    budget: Budget
    about: str
    events: tuple[EventRef, ...]
    tier: int
    settled: bool = False


class Judge:
    """Judges the promises of one life. `tolerance` is how late the system may be, milliseconds."""

    def __init__(self, life: Life, tolerance: Span) -> None:
        self.life = life
        self.record = life.record
        self.tolerance = tolerance

    def judge(self, measured: Measured, breach: Notice | None) -> Finding:
        """Kept in time, or running; or missed, with the breach on record as it happened; or broken."""
        end = max(measured.end, breach.at) if breach else measured.end
        due = self.due(measured, end + self.tolerance)
        late = max(measured.end - due, 0) if due is not None else 0
        if breach is None:
            if late <= self.tolerance:
                return self.in_time(measured, measured.about, measured.events)
            about = f"{measured.about}: {say_span(late)} over and no breach on record"
            return self.found(measured, Verdict.BROKEN, about, measured.events, late)
        return self.on_record(measured, due, breach, late)

    def in_time(self, measured: Measured, about: str, events: tuple[EventRef, ...]) -> Finding:
        """Kept; or running, where the case still runs and what was promised has not come yet."""
        if measured.settled or not self.record.running or measured.end < self.record.until:
            return self.found(measured, Verdict.KEPT, about, events)
        due = self.due(measured, self.record.until + HORIZON)
        return replace(self.found(measured, Verdict.RUNNING, measured.about, events), due_at=due)

    def on_record(self, measured: Measured, due: Instant | None, breach: Notice, late: Span) -> Finding:
        """Whether a breach went on record when the promise's time was over: not before, and not long after."""
        events = tuple(dict.fromkeys((*measured.events, *breach.events)))
        if due is None:
            about = f"{measured.about}: a breach is on record though there was time left"
            return self.found(measured, Verdict.BROKEN, about, events)
        behind = self.lateness(measured.kind, due, breach.at)
        if behind > self.tolerance:
            about = f"{measured.about}: the breach went on record {say_span(behind)} late"
            return self.found(measured, Verdict.BROKEN, about, events, behind)
        missed = self.found(measured, Verdict.MISSED, f"{measured.about}: on record", events, late)
        return replace(missed, due_at=due)

    def due(self, measured: Measured, end: Instant) -> Instant | None:
        """When the promise's time is over, None if not by `end`."""
        due = self.life.runs_out(measured.kind, measured.start, end, measured.budget)
        if due is None or measured.kind is not ClockKind.STATUS_UPDATE:
            return due
        waits = due + self._quiet(measured, due)
        return waits if waits <= end else None

    def _quiet(self, measured: Measured, due: Instant) -> Span:
        """How long an update waits for the end of quiet hours; what is due then waits as long."""
        stretch = self.life.at(due)
        rule = stretch.rule(ClockKind.STATUS_UPDATE)
        assert isinstance(rule, StatusUpdateRule)
        if rule.quiet_hours is None:
            return 0
        calendar = stretch.policy.calendars[rule.quiet_hours]
        sends = [step for step in rule.steps if step.do is StepAction.SEND_UPDATE]
        sent = (self.life.runs_out(measured.kind, measured.start, due, step_budget(measured, step)) for step in sends)
        return max((calendar.next_open(at) - at for at in sent if at is not None), default=0)

    def late(self, measured: Measured, end: Instant) -> Span:
        """By how much the system is late if it has not acted by `end`."""
        due = self.due(measured, end)
        return 0 if due is None else self.lateness(measured.kind, due, end)

    def lateness(self, kind: ClockKind, due: Instant, done: Instant, *, writing: bool = False) -> Span:
        """By how much `done` is too late; what waited for server, worker or the letter before it is not counted."""
        return max(done - due - self.record.lag(due - self.tolerance, done, kind, writing=writing), 0)

    def found(
        self, measured: Measured, verdict: Verdict, about: str, events: tuple[EventRef, ...], late: Span = 0
    ) -> Finding:
        """A finding about a measured promise."""
        return Finding(self.record.case_id, measured.promise, verdict, about, events, measured.tier, late)

    def events_around(self, stay: Phase) -> tuple[EventRef, ...]:
        """The events with which a stay began and ended."""
        edges = [one.event for one in self.record.shown if one.at in (stay.start, stay.end)]
        return tuple(dict.fromkeys(edges or [self.record.opened]))


def step_budget(measured: Measured, step: Step) -> Budget:
    """What of a promise's time has passed when a step of it is due."""
    return lambda one: step.offset(measured.budget(one))
