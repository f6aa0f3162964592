"""The clock as a ledger, against oracles written without it: what is consumed, what is due, which steps fire when."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.sla.clock import ClockState
from domain.sla.rules import AT_ONCE_ORDER, ClockRule
from domain.sla.spans import DAY, HOUR, MINUTE, Instant, Span
from tests.domain.ledgers import (
    BUDGETS,
    CALENDARS,
    PAUSES_BETWEEN,
    RULE,
    RULES,
    STARTS,
    WORKING,
    Op,
    Segments,
    apply,
    calendar,
    due_afresh,
    fire_due,
    ledgers,
    open_time,
    reached,
    started,
)

MANY = settings(max_examples=400, deadline=None)


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
