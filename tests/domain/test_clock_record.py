"""What a clock keeps on record, and what changes nothing in it."""

from __future__ import annotations

import pytest

from domain.errors import ClockStateError
from domain.sla.clock import ClockState, say_left
from domain.sla.spans import HOUR, MINUTE, SECOND, Span
from tests.domain.ledgers import ALWAYS, RULE, calendar, started


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
