"""Open time at the edges where calendars go wrong, outside the horizon, and in the document."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from domain.sla.calendar import WEEK, WorkingCalendar
from domain.sla.spans import DAY, HOUR
from tests.sla.wall_times import OFFICE, at, compiled

# --- windows, named -------------------------------------------------------------------------------------------


def test_overnight_window_counts_on_both_sides_of_midnight() -> None:
    """Lessons, failure 12: businesstimedelta gives an overnight shift 0 hours."""
    night = compiled(week={"fri": ["22:00-06:00"]})
    assert night.between(at("2026-06-05T00:00"), at("2026-06-08T00:00")) == 8 * HOUR
    assert night.is_open(at("2026-06-06T05:59"))
    assert not night.is_open(at("2026-06-06T06:00"))
    assert night.add(at("2026-06-05T20:00"), 3 * HOUR) == at("2026-06-06T01:00")


def test_several_windows_a_day_leave_the_break_out() -> None:
    """Lessons, failure 12: one window a day is not enough."""
    office = compiled(week=OFFICE)
    assert office.add(at("2026-06-01T11:30"), HOUR) == at("2026-06-01T13:30")
    assert office.between(at("2026-06-01T00:00"), at("2026-06-02T00:00")) == 8 * HOUR


def test_paused_weekend_does_not_carry_a_deadline_into_the_night() -> None:
    """Lessons, failure 4: what is left counts from the resumption in open time, never wall time on top of a date."""
    office = compiled(week=OFFICE)
    consumed = office.between(at("2026-06-05T17:00"), at("2026-06-05T17:30"))
    due = office.add(at("2026-06-08T17:00"), 2 * HOUR - consumed)
    assert due == at("2026-06-09T09:30")
    assert office.is_open(due)


def test_span_that_is_used_up_at_closing_ends_at_closing() -> None:
    office = compiled(week=OFFICE)
    assert office.add(at("2026-06-05T10:00"), 2 * HOUR) == at("2026-06-05T12:00")
    assert office.add(at("2026-06-05T17:00"), HOUR) == at("2026-06-05T18:00")
    assert office.add(at("2026-06-05T17:00"), HOUR + 1) == at("2026-06-08T09:00") + 1


def test_counting_from_closed_time_starts_at_the_next_opening() -> None:
    office = compiled(week=OFFICE)
    assert office.add(at("2026-06-06T03:00"), HOUR) == at("2026-06-08T10:00")
    assert office.add(at("2026-06-06T03:00"), 0) == at("2026-06-06T03:00")
    assert office.next_open(at("2026-06-06T03:00")) == at("2026-06-08T09:00")
    assert office.next_open(at("2026-06-08T09:30")) == at("2026-06-08T09:30")


def test_windows_that_touch_at_midnight_are_one() -> None:
    around = compiled(week={"mon": ["20:00-24:00"], "tue": ["00:00-04:00"]})
    assert around.closes[0] - around.opens[0] == 8 * 3600
    assert around.is_open(at("2026-06-02T00:00"))


def test_range_of_days_goes_round_the_end_of_the_week() -> None:
    weekend = compiled(week={"sat-mon": ["10:00-11:00"]})
    days = [date(2026, 6, 1) + timedelta(days=offset) for offset in range(7)]
    assert [day.strftime("%a") for day in days if weekend.is_open(at(f"{day}T10:30"))] == ["Mon", "Sat", "Sun"]


# --- outside the horizon --------------------------------------------------------------------------------------


def test_calendar_of_a_single_window_repeats_it_every_week() -> None:
    opening = at("2026-06-01T09:00")
    single = WorkingCalendar(zone="UTC", opens=(opening // 1000,), closes=(opening // 1000 + 3600,))
    assert single.add(opening, 3 * HOUR) == opening + 2 * WEEK + HOUR
    assert single.add(opening - 2 * WEEK, HOUR) == opening - 2 * WEEK + HOUR
    assert single.add(opening - WEEK, HOUR) == opening - WEEK + HOUR
    assert single.next_open(opening + HOUR) == opening + WEEK
    assert single.next_open(opening - HOUR) == opening
    assert single.between(0, at("2200-01-01T00:00")) == len(range(opening % WEEK, at("2200-01-01T00:00"), WEEK)) * HOUR


def test_window_longer_than_a_week_is_open_for_ever() -> None:
    long = WorkingCalendar(zone="UTC", opens=(0,), closes=(8 * 86_400,))
    assert long.add(at("2026-06-01T09:00"), 5 * DAY) == at("2026-06-06T09:00")
    assert long.between(-30 * DAY, 30 * DAY) == 60 * DAY
    assert long.next_open(at("2026-06-01T09:00")) == at("2026-06-01T09:00")


# --- the document ---------------------------------------------------------------------------------------------


def test_always_open_calendar_is_plain_arithmetic() -> None:
    always = compiled(always=True)
    now = at("2026-06-01T09:00")
    assert always.add(now, 5) == now + 5
    assert always.add(now, -5) == now
    assert always.between(now, now + 7) == 7
    assert always.next_open(now) == now
    assert always.is_open(now)


def test_counting_leaves_no_trace_in_the_document() -> None:
    counted, fresh = compiled(week=OFFICE), compiled(week=OFFICE)
    counted.add(0, HOUR)
    assert counted == fresh
    assert counted.model_dump_json() == fresh.model_dump_json()
    assert set(counted.model_dump()) == {"zone", "always", "opens", "closes"}
    assert WorkingCalendar.model_validate_json(counted.model_dump_json()) == fresh


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "expected some open time"),
        ({"always": True, "opens": (1,), "closes": (2,)}, "expected no windows"),
        ({"opens": (1, 5), "closes": (2,)}, "one closing for each opening"),
        ({"opens": (5, 1), "closes": (6, 2)}, "sorted, disjoint and merged"),
        ({"opens": (1, 3), "closes": (3, 5)}, "sorted, disjoint and merged"),
        ({"opens": (1,), "closes": (1,)}, "sorted, disjoint and merged"),
    ],
)
def test_impossible_calendar_is_refused(fields: dict[str, object], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        WorkingCalendar.model_validate({"zone": "UTC", **fields})
