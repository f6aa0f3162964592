"""Every leg's time: what is late is on record, or the case went on by itself; and what somebody promised on the way."""

from __future__ import annotations

from collections.abc import Iterator

from domain.catalog import DELIVERY, RETURN, CaseType
from domain.delivery.machine import DeliveryCaseStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import Span, parse_span
from starter.audit.findings import Finding, Promise, Verdict
from starter.audit.judging import Judge, Measured
from starter.audit.legs_of_returns import RETURN_LEGS
from starter.audit.life import Budget, Phase, fixed
from starter.audit.record import EventRef, Notice
from starter.audit.spans import Between, Leg

LEGS: dict[CaseType, tuple[Leg, ...]] = {
    RETURN: RETURN_LEGS,
    DELIVERY: (
        Leg(ClockKind.RESOLUTION, frozenset(DELIVERY.under_way)),
        Leg(ClockKind.SEARCH, frozenset({DeliveryCaseStatus.WAITING.value}), acts=True),
    ),
}
"""The legs of each case type that has any."""


class Legs:
    """Checks the legs of one life."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.life = judge.life
        self.record = judge.record
        self.legs = LEGS.get(self.record.subject.case_type, ())
        self.proven: list[Notice] = []

    def findings(self) -> Iterator[Finding]:
        """Every leg, every promise, and breaches of legs that nothing proves."""
        for leg in self.legs:
            for phase in self._phases(leg):
                for between in leg.spans(self.record, phase):
                    yield self._through(leg, phase, between)
        yield from self.given_words()
        yield from self._unproven()

    def _phases(self, leg: Leg) -> list[Phase]:
        phases = self.life.all.split(lambda one: one.status in leg.statuses)
        return [phase for phase in phases if phase.first.status in leg.statuses]

    def _through(self, leg: Leg, phase: Phase, between: Between) -> Finding:
        events = self.judge.events_around(phase)
        about = f"time of the {leg.kind.value.replace('_', ' ')}"
        start, end = between
        measured = Measured(Promise.LEG, leg.kind, start, end, fixed(leg.kind), about, events, 0)
        if leg.acts:
            late = self.judge.late(measured, end)
            if late > self.judge.tolerance:
                broken = f"{about} ran out and the case did not go on"
                return self.judge.found(measured, Verdict.BROKEN, broken, events, late)
            return self.judge.in_time(measured, about, events)
        due = self.judge.due(measured, end)
        breaches = [] if due is None else self.record.breaches(leg.kind)
        near = [one for one in breaches if one.at >= (due or 0) - self.judge.tolerance]
        return self._judged(measured, min(near, key=lambda one: one.at, default=None))

    def given_words(self) -> Iterator[Finding]:
        """What somebody promised the customer, by when they said; each has the clock of its number."""
        kept = {str(one.content["promise"]): one for one in self.record.asked_for("keep_promise")}
        for number, made in enumerate(self.record.asked_for("make_promise"), 1):
            done = kept.get(f"P{number}")
            events = (made.event, *((done.event,) if done else ()))
            measured = Measured(
                Promise.GIVEN_WORD,
                ClockKind.PROMISE,
                made.at,
                done.at if done else self.record.until,
                _promised(parse_span(made.content["within"])),
                f"promise P{number}",
                events,
                self.life.at(made.at).tier,
                settled=done is not None,
            )
            mine = (one for one in self.record.breaches(ClockKind.PROMISE) if one.clock == f"promise:{number}")
            yield self._judged(measured, next(mine, None))

    def _judged(self, measured: Measured, breach: Notice | None) -> Finding:
        self.proven += [breach] if breach else []
        return self.judge.judge(measured, breach)

    def _unproven(self) -> Iterator[Finding]:
        kinds = {leg.kind for leg in self.legs} | {ClockKind.PROMISE}
        for kind in sorted(kinds):
            for breach in self.record.breaches(kind):
                if breach not in self.proven:
                    yield self._found(
                        f"{breach.clock}: a breach is on record though there was time left", breach.events
                    )

    def _found(self, about: str, events: tuple[EventRef, ...]) -> Finding:
        return Finding(self.record.case_id, Promise.LEG, Verdict.BROKEN, about, events)


def _promised(span: Span) -> Budget:
    return lambda _: span
