"""The clock as a ledger, against oracles that were written without it: segments, a recomputation from all operations.

The oracles count open time window by window, with neither the calendar's prefix sums nor the clock's own arithmetic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import takewhile
from typing import NamedTuple, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import ClockStateError
from domain.sla.calendar import WorkingCalendar
from domain.sla.clock import Clock, ClockState, PlannedStep, say_left, start_clock
from domain.sla.rules import AT_ONCE_ORDER, ClockKind, ClockRule, Step, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Instant, Span
from tests.sla.wall_times import OFFICE, at, compiled

ALWAYS = WorkingCalendar(zone="UTC", always=True)
MANY = settings(max_examples=400, deadline=None)


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


# --- oracles --------------------------------------------------------------------------------------------------


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


# --- the ledger -----------------------------------------------------------------------------------------------


@MANY
@given(CALENDARS, BUDGETS, ledgers(), st.integers(0, 2 * DAY))
def test_what_is_consumed_is_the_sum_of_the_segments_in_which_it_ran(
    name: str, budget: Span, ledger: tuple[Instant, list[Op]], begins_in: Span
) -> None:
    start, ops = ledger
    clock = started(name, budget, start, runs_from=start + begins_in)
    segments = Segments(name, budget, start + begins_in)
    for op in ops:
        apply(clock, op)
        segments.apply(op)
        now = calendar(clock.calendar)
        assert clock.consumed_by(op.at, now) == segments.consumed(op.at)
        assert (clock.state is ClockState.RUNNING) == segments.running
        assert clock.why[-1].consumed <= segments.consumed(op.at)
    later = start + 90 * DAY
    assert clock.consumed_by(later, calendar(clock.calendar)) == segments.consumed(later)


@MANY
@given(CALENDARS, BUDGETS, ledgers(), st.integers(0, 2 * DAY))
def test_any_order_of_changes_gives_the_due_time_of_a_ledger_computed_afresh(
    name: str, budget: Span, ledger: tuple[Instant, list[Op]], begins_in: Span
) -> None:
    start, ops = ledger
    begin = start + begins_in
    clock = started(name, budget, start, runs_from=begin)
    for done, op in enumerate(ops, 1):
        apply(clock, op)
        due, (afresh, is_over) = clock.due(calendar(clock.calendar)), due_afresh(name, budget, begin, ops[:done])
        if is_over:
            assert due is not None
            assert due <= max(op.at, begin), "what is used up is due already"
        else:
            assert due == afresh


@MANY
@given(WORKING, BUDGETS, STARTS, st.lists(st.tuples(PAUSES_BETWEEN, PAUSES_BETWEEN), min_size=1, max_size=6))
def test_pause_moves_no_due_time_into_closed_hours(
    name: str, budget: Span, start: Instant, pauses: list[tuple[Span, Span]]
) -> None:
    clock, now, own = started(name, budget, start), start, calendar(name)
    due = clock.due(own)
    for running, paused in pauses:
        now += running
        if due is None or now >= due:
            break
        clock.pause(now, "test", own)
        assert clock.due(own) is None
        now += paused
        clock.resume(now, "test", own)
        moved = clock.due(own)
        assert moved is not None
        assert moved >= max(due, now)
        assert own.is_open(moved - 1), "the last moment before it is due must be working time"
        due = moved


@MANY
@given(CALENDARS, BUDGETS, ledgers(), st.integers(0, 2 * HOUR))
def test_budget_below_what_was_consumed_is_due_at_the_change_and_not_before(
    name: str, budget: Span, ledger: tuple[Instant, list[Op]], below: Span
) -> None:
    start, ops = ledger
    clock = started(name, budget, start)
    for op in ops:
        apply(clock, op)
    now = (ops[-1].at if ops else start) + 5 * DAY
    own = calendar(clock.calendar)
    consumed = clock.consumed_by(now, own)
    smaller = max(consumed - below, 0)
    if smaller == clock.budget:
        smaller += 1
    clock.resume(now, "test", own)
    clock.rebudget(now, smaller, "test", own)
    due = clock.due(own)
    assert due is not None
    assert due == now if smaller <= consumed else due > now
    assert clock.consumed_by(now, own) == consumed


@MANY
@given(CALENDARS, st.integers(2 * HOUR, 20 * HOUR), STARTS, st.integers(0, 19 * HOUR), BUDGETS)
def test_extension_moves_the_steps_that_have_not_fired_and_no_others(
    name: str, budget: Span, start: Instant, passed: Span, by: Span
) -> None:
    clock, own = started(name, budget, start), calendar(name)
    now = start + passed
    fire_due(clock, RULE, name, now)
    fired, before = dict(clock.fired), {step.step.name: step.due for step in clock.plan(RULE, own)}
    clock.rebudget(now, budget + by, "extended", own)
    after = {step.step.name: step for step in clock.plan(RULE, own)}
    assert clock.fired == fired
    assert after.keys() == before.keys()
    for step_name, planned in after.items():
        assert planned.due >= before[step_name]
        if planned.step.after is not None:
            assert planned.due == before[step_name]
        elif planned.step.at == 1:
            assert planned.due == reached(name, now, budget + by - open_time(name, start, now))


@given(CALENDARS, STARTS, st.integers(1, DAY), PAUSES_BETWEEN)
def test_pause_before_a_period_begins_does_not_bring_it_forward(
    name: str, start: Instant, begins_in: Span, passed: Span
) -> None:
    clock, own = started(name, 4 * HOUR, start, runs_from=start + begins_in), calendar(name)
    due = clock.due(own)
    clock.pause(start + min(passed, begins_in), "test", own)
    clock.resume(start + min(passed, begins_in), "test", own)
    assert clock.due(own) == due


# --- steps ----------------------------------------------------------------------------------------------------

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


@MANY
@given(CALENDARS, BUDGETS, ledgers(carries=False), RULES, st.booleans())
def test_no_step_fires_twice_or_early_and_none_is_lost_whatever_happens_in_between(
    name: str, budget: Span, ledger: tuple[Instant, list[Op]], rule: ClockRule, runs_before_changes: bool
) -> None:
    start, ops = ledger
    clock, segments = started(name, budget, start), Segments(name, budget, start)
    fired: list[str] = []
    for op in [*ops, Op("resume", (ops[-1].at if ops else start) + MINUTE)]:
        if runs_before_changes:
            fired += [planned.step.name for planned in fire_due(clock, rule, clock.calendar, op.at)]
        apply(clock, op)
        segments.apply(op)
        for planned in fire_due(clock, rule, clock.calendar, op.at):
            fired.append(planned.step.name)
            assert segments.consumed(op.at) >= planned.step.offset(segments.budget), "fired before its moment"
        overdue = [
            step
            for step in rule.steps
            if step.name not in clock.fired and segments.consumed(op.at) > step.offset(segments.budget)
        ]
        assert not (overdue and segments.running), "its moment has passed and it did not fire"
    fired += [planned.step.name for planned in fire_due(clock, rule, clock.calendar, start + 400 * DAY)]
    assert sorted(fired) == sorted(step.name for step in rule.steps)
    assert list(clock.fired) == fired
    assert [event.what for event in clock.why if event.what in clock.fired] == fired


@MANY
@given(BUDGETS, RULES)
def test_steps_that_fall_due_together_run_in_the_order_of_their_offsets_and_what_they_record(
    budget: Span, rule: ClockRule
) -> None:
    clock = started("always", budget, 0)
    fired = [planned.step for planned in fire_due(clock, rule, "always", 40 * DAY)]
    places = [(step.offset(budget), AT_ONCE_ORDER.index(step.do)) for step in fired]
    assert places == sorted(places)


# --- lessons --------------------------------------------------------------------------------------------------


def test_lesson_1_pause_while_waiting_for_a_threshold_does_not_skip_it() -> None:
    """The reminder falls due at half the hour; a pause lies over that moment of the wall clock, twice."""
    clock = started("always", HOUR, 0)
    clock.pause(20 * MINUTE, "waits for the customer", ALWAYS)
    assert not fire_due(clock, RULE, "always", 55 * MINUTE)
    clock.resume(55 * MINUTE, "the customer answered", ALWAYS)
    assert [planned.due for planned in clock.plan(RULE, ALWAYS)][:2] == [55 * MINUTE, 65 * MINUTE]
    clock.pause(64 * MINUTE, "waits again", ALWAYS)
    clock.resume(100 * MINUTE, "answered again", ALWAYS)
    assert not [step for step in fire_due(clock, RULE, "always", 100 * MINUTE) if step.step.at]
    assert [planned.step.name for planned in fire_due(clock, RULE, "always", 101 * MINUTE)] == ["remind@0.5"]
    assert [planned.step.name for planned in fire_due(clock, RULE, "always", 131 * MINUTE)] == [
        "breach@1",
        "compensate@1",
    ]


def test_lesson_3_change_of_priority_neither_restarts_the_clock_nor_loses_it() -> None:
    clock = started("always", 30 * MINUTE, 0)
    clock.rebudget(10 * MINUTE, 15 * MINUTE, "high priority", ALWAYS)
    assert (clock.consumed, clock.due(ALWAYS)) == (10 * MINUTE, 15 * MINUTE)
    clock.pause(12 * MINUTE, "waits for the customer", ALWAYS)
    clock.rebudget(20 * MINUTE, 30 * MINUTE, "normal priority", ALWAYS)
    assert clock.due(ALWAYS) is None
    clock.resume(60 * MINUTE, "the customer answered", ALWAYS)
    assert (clock.consumed, clock.due(ALWAYS)) == (12 * MINUTE, 78 * MINUTE)


def test_lesson_3_change_of_policy_and_calendar_keeps_what_was_consumed() -> None:
    office = calendar("office")
    clock = started("office", 8 * HOUR, at("2026-03-06T16:00", "Asia/Shanghai"))
    saturday = at("2026-03-07T10:00", "Asia/Shanghai")
    clock.move_to(saturday, "always", ALWAYS, office, "p@2", "policy p@2")
    assert (clock.consumed, clock.policy, clock.calendar) == (2 * HOUR, "p@2", "always")
    assert clock.due(ALWAYS) == saturday + 6 * HOUR
    clock.move_to(saturday + HOUR, "office", office, ALWAYS, "p@2", "policy p@3")
    assert clock.due(office) == at("2026-03-09T15:00", "Asia/Shanghai")


def test_lesson_4_paused_minutes_are_not_added_to_a_business_hours_deadline_by_the_wall_clock() -> None:
    """Paused from five in the afternoon until eleven the next day: adding these 18 hours would end after midnight."""
    office = calendar("office")
    clock = started("office", 8 * HOUR, at("2026-03-02T10:00", "Asia/Shanghai"))
    assert clock.due(office) == at("2026-03-03T10:00", "Asia/Shanghai")
    clock.pause(at("2026-03-02T17:00", "Asia/Shanghai"), "waits for the customer", office)
    clock.resume(at("2026-03-03T11:00", "Asia/Shanghai"), "the customer answered", office)
    assert clock.due(office) == at("2026-03-03T14:00", "Asia/Shanghai")


def test_lesson_12_night_that_loses_an_hour_counts_the_hours_that_there_were() -> None:
    """Berlin sets its clocks from 02:00 to 03:00: of the window from 01:30 to 03:30 one hour is left."""
    night = calendar("night")
    clock = started("night", 6 * HOUR, at("2026-03-28T21:00", "Europe/Berlin"))
    assert clock.due(night) == at("2026-03-29T21:15", "Europe/Berlin")


# --- the record -----------------------------------------------------------------------------------------------


def test_breach_is_recorded_once_and_outlives_the_end() -> None:
    clock = started("always", HOUR, 0)
    clock.breach(HOUR, "the time ran out", ALWAYS)
    clock.breach(2 * HOUR, "again", ALWAYS)
    assert (clock.state, clock.open, clock.breached_at) == (ClockState.BREACHED, True, HOUR)
    clock.meet(3 * HOUR, "late after all", ALWAYS)
    assert (clock.state, clock.ended_as, clock.open) == (ClockState.BREACHED, ClockState.MET, False)
    assert [event.what for event in clock.why] == ["started", "breached", "met"]


def test_ended_clock_stays_as_it_is() -> None:
    clock = started("always", HOUR, 0)
    clock.cancel(20 * MINUTE, "no longer promised", ALWAYS)
    ended = clock.model_copy(deep=True)
    clock.pause(HOUR, "late", ALWAYS)
    clock.resume(HOUR, "late", ALWAYS)
    clock.rebudget(HOUR, 2 * HOUR, "late", ALWAYS)
    clock.carry(HOUR, 1, "late", ALWAYS)
    clock.move_to(HOUR, "office", calendar("office"), ALWAYS, "p@2", "late")
    clock.breach(HOUR, "late", ALWAYS)
    clock.meet(HOUR, "late", ALWAYS)
    assert clock == ended
    assert (clock.state, clock.consumed) == (ClockState.CANCELLED, 20 * MINUTE)
    assert clock.due(ALWAYS) is None
    assert clock.plan(RULE, ALWAYS) == []


def test_operations_that_change_nothing_leave_no_line() -> None:
    clock = started("always", HOUR, 0)
    clock.resume(1, "runs already", ALWAYS)
    clock.rebudget(1, HOUR, "the same", ALWAYS)
    clock.carry(1, HOUR, "not earlier", ALWAYS)
    clock.move_to(1, "always", ALWAYS, ALWAYS, "p@1", "the same")
    clock.pause(2, "now", ALWAYS)
    clock.pause(3, "is paused already", ALWAYS)
    assert clock.plan(RULE, ALWAYS) == []
    assert [event.what for event in clock.why] == ["started", "paused"]


def test_carried_time_is_consumed_and_stays_so_when_the_budget_changes() -> None:
    clock = started("always", HOUR, 0)
    clock.carry(10 * MINUTE, 20 * MINUTE, "case C2 was merged", ALWAYS)
    assert (clock.consumed, clock.due(ALWAYS)) == (40 * MINUTE, 30 * MINUTE)
    clock.rebudget(10 * MINUTE, 2 * HOUR, "lower priority", ALWAYS)
    assert clock.due(ALWAYS) == 90 * MINUTE
    assert clock.why[1].what == "carried over"


def test_step_that_has_fired_is_refused() -> None:
    clock = started("always", HOUR, 0)
    clock.fire(RULE.steps[0], 30 * MINUTE, 0, ALWAYS)
    with pytest.raises(ClockStateError, match=r"remind@0\.5 of clock tier:1 has already fired"):
        clock.fire(RULE.steps[0], 31 * MINUTE, 0, ALWAYS)


def test_late_step_says_how_late_it_was() -> None:
    clock = started("always", HOUR, 0)
    clock.fire(RULE.steps[3], HOUR + 7 * SECOND, 7 * SECOND, ALWAYS)
    assert (clock.why[-1].what, clock.why[-1].late_by) == ("breach@1", 7 * SECOND)


@pytest.mark.parametrize(
    ("left", "said"), [(30 * MINUTE, "30 min left"), (0, "0 s left"), (-90_000, "1 min 30 s over")]
)
def test_time_left_is_said_for_a_person(left: Span, said: str) -> None:
    assert say_left(left) == said
