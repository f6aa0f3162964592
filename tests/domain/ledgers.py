"""Clocks drawn at random, and oracles for them: segments, and a recomputation from all operations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st

from domain.sla.calendar import WorkingCalendar
from domain.sla.clock import Clock, PlannedStep, start_clock
from domain.sla.rules import ClockKind, ClockRule, Step, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE, Instant, Span
from tests.sla.wall_times import OFFICE, at, compiled

ALWAYS = WorkingCalendar(zone="UTC", always=True)


@cache
def calendar(name: str) -> WorkingCalendar:
    """24 × 7, an office with a lunch break, and a night shift in the fortnights in which Berlin changes its clocks."""
    days = date(2026, 3, 2), date(2027, 12, 31)
    if name == "office":
        return compiled(*days, zone="Asia/Shanghai", week=OFFICE)
    if name == "night":
        return compiled(*days, zone="Europe/Berlin", week={"mon-sun": ["01:30-03:30", "12:00-12:45", "21:00-01:00"]})
    return ALWAYS


CALENDARS = st.sampled_from(["always", "office", "night"])
WORKING = st.sampled_from(["office", "night"])
STARTS = st.sampled_from(["2026-03-23T10:00", "2026-03-28T23:15", "2026-10-20T12:30", "2026-10-24T22:59:59"]).map(at)
PAUSES_BETWEEN = st.one_of(
    st.just(0), st.integers(1, 90).map(lambda count: count * MINUTE), st.integers(0, 60 * HOUR), st.integers(0, DAY)
)
BUDGETS = st.one_of(st.integers(1, 30 * HOUR), st.integers(1, 20).map(lambda count: count * HOUR))


@cache
def windows(name: str) -> list[tuple[Instant, Instant]]:
    found = calendar(name)
    return [(opens * 1000, closes * 1000) for opens, closes in zip(found.opens, found.closes, strict=True)]


def windows_from(name: str, start: Instant) -> Iterator[tuple[Instant, Instant]]:
    """The windows that close after `start`, each with what of it lies after `start`."""
    found = windows(name)
    for opens, closes in found[bisect_right(found, start, key=lambda window: window[1]) :]:
        yield max(opens, start), closes


def open_time(name: str, start: Instant, end: Instant) -> Span:
    """Open time between two instants, window by window."""
    if name == "always":
        return max(end - start, 0)
    return sum(min(end, closes) - opens for opens, closes in takewhile(lambda w: w[0] < end, windows_from(name, start)))


def reached(name: str, start: Instant, span: Span) -> Instant:
    """When so much open time has passed since `start`, window by window."""
    if span <= 0:
        return start
    if name == "always":
        return start + span
    for opens, closes in windows_from(name, start):
        if span <= closes - opens:
            return opens + span
        span -= closes - opens
    raise AssertionError("the oracle's windows end too early")


class Op(NamedTuple):
    """One operation on a clock: what, when, and with which budget, calendar or time left."""

    what: str
    at: Instant
    value: int = 0
    name: str = ""


Ledger: TypeAlias = Sequence[Op]


@st.composite
def ledgers(draw: st.DrawFn, *, moves: bool = True, carries: bool = True) -> tuple[Instant, list[Op]]:
    """A beginning, and operations in the order of time; many happen at the same instant or change nothing."""
    now = start = draw(STARTS)
    kinds = ["pause", "resume", "rebudget", "extend", "look"] + ["move"] * moves + ["carry"] * carries
    ops = []
    for _ in range(draw(st.integers(0, 12))):
        now += draw(PAUSES_BETWEEN)
        what = draw(st.sampled_from(kinds))
        value = draw(BUDGETS) if what in ("rebudget", "extend", "carry") else 0
        ops.append(Op(what, now, value, draw(CALENDARS) if what == "move" else ""))
    return start, ops


def apply(clock: Clock, op: Op) -> None:
    now, own = op.at, calendar(clock.calendar)
    match op.what:
        case "pause":
            clock.pause(now, "test", own)
        case "resume":
            clock.resume(now, "test", own)
        case "rebudget":
            clock.rebudget(now, op.value, "test", own)
        case "extend":
            clock.rebudget(now, clock.budget + op.value, "test", own)
        case "carry":
            clock.carry(now, op.value, "test", own)
        case "move":
            clock.move_to(now, op.name, calendar(op.name), own, "p@2", "test")
        case _:
            assert op.what == "look"


def started(
    name: str, budget: Span, now: Instant, *, runs_from: Instant | None = None, kind: ClockKind = ClockKind.TIER
) -> Clock:
    return start_clock(
        kind=kind, instance=1, budget=budget, calendar=name, policy="p@1", now=now, cause="test", runs_from=runs_from
    )


class Segments:
    """Records by itself when the clock ran, under which calendar, and what was carried over from elsewhere."""

    def __init__(self, name: str, budget: Span, begin: Instant) -> None:
        self.name, self.budget, self.since = name, budget, begin
        self.begin = begin
        self.running = True
        self.carried = 0
        self.closed: list[tuple[str, Instant, Instant]] = []

    def consumed(self, now: Instant) -> Span:
        running = open_time(self.name, self.since, now) if self.running else 0
        return sum(open_time(*segment) for segment in self.closed) + running + self.carried

    def apply(self, op: Op) -> None:
        if op.what in ("pause", "move") and self.running:
            self.closed.append((self.name, self.since, op.at))
            self.since = max(op.at, self.begin)
        if op.what == "pause":
            self.running = False
        elif op.what == "resume" and not self.running:
            self.running, self.since = True, max(op.at, self.begin)
        elif op.what == "move":
            self.name = op.name
        elif op.what == "rebudget":
            self.budget = op.value
        elif op.what == "extend":
            self.budget += op.value
        elif op.what == "carry":
            self.carried += max(self.budget - self.consumed(op.at) - op.value, 0)


def due_afresh(name: str, budget: Span, begin: Instant, ops: Ledger) -> tuple[Instant | None, bool]:
    """The due instant from the bare list of operations, and whether it has come by the last of them.

    Written a second time on purpose: it keeps no running state, but looks at every stretch between two operations.
    """
    edges = [Op("begin", begin, 0, name), *ops]
    names = [[op.name for op in edges[: index + 1] if op.name][-1] for index in range(len(edges))]
    switches = [
        [op.what for op in edges[: index + 1] if op.what in ("begin", "pause", "resume")] for index in range(len(edges))
    ]
    used = 0
    for index, op in enumerate(edges):
        if op.what == "rebudget":
            budget = op.value
        if op.what == "extend":
            budget += op.value
        if op.what == "carry":
            used = max(used, budget - op.value)
        if index + 1 < len(edges) and switches[index][-1] != "pause":
            used += open_time(names[index], max(op.at, begin), edges[index + 1].at)
    if switches[-1][-1] == "pause":
        return None, False
    return reached(names[-1], max(edges[-1].at, begin), budget - used), budget <= used


STEPS = st.one_of(
    st.builds(Step, do=st.sampled_from(StepAction), at=st.sampled_from([0, 0.25, 0.5, 0.8, 1, 1.5])),
    st.builds(Step, do=st.sampled_from(StepAction), before=st.integers(0, 8 * HOUR)),
    st.builds(Step, do=st.sampled_from(StepAction), after=st.integers(0, 8 * HOUR)),
)
RULES = st.lists(STEPS, min_size=1, max_size=6, unique_by=lambda step: step.name).map(
    lambda steps: ClockRule(steps=tuple(steps))
)
RULE = ClockRule(
    steps=(
        Step(do=StepAction.REMIND, at=0.5),
        Step(do=StepAction.WARN, before=HOUR),
        Step(do=StepAction.ASK_AGAIN, after=90 * MINUTE),
        Step(do=StepAction.BREACH, at=1),
        Step(do=StepAction.COMPENSATE, at=1),
    )
)


def fire_due(clock: Clock, rule: ClockRule, name: str, now: Instant) -> list[PlannedStep]:
    """What `Case.take_due_steps` does: the first due step, then plan anew."""
    own, fired = calendar(name), []
    while steps := sorted(clock.plan(rule, own), key=lambda planned: (planned.due, planned.order)):
        if steps[0].due > now:
            break
        clock.fire(steps[0].step, now, now - steps[0].due, own)
        fired.append(steps[0])
    return fired
