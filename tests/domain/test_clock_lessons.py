"""What other systems get wrong about clocks, one lesson each."""

from __future__ import annotations

from domain.sla.spans import HOUR, MINUTE
from tests.domain.ledgers import ALWAYS, RULE, calendar, fire_due, started
from tests.sla.wall_times import at


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
