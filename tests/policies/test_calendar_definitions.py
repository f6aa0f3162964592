"""Calendars as they are written: nights in which clocks change, holidays, make-up days, overrides, the horizon."""

from datetime import date

import pytest
from pydantic import ValidationError

from domain.policy import Horizon
from domain.sla.spans import HOUR, MINUTE
from starter.policies.calendars import CalendarDefinition, compile_calendar
from tests.sla.wall_times import OFFICE, at, compiled, hours_of

# --- nights in which clocks change, named ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        ("Europe/Berlin", "2026-03-28T22:00", "2026-03-29T06:00"),
        ("America/New_York", "2026-03-07T22:00", "2026-03-08T06:00"),
    ],
)
def test_overnight_shift_is_an_hour_shorter_when_clocks_go_forward(zone: str, evening: str, morning: str) -> None:
    """Lessons, failure 12: business-duration ignores the change of clocks."""
    night = compiled(zone=zone, week={"sat": ["22:00-06:00"]})
    assert night.between(at(evening, zone), at(morning, zone)) == 7 * HOUR
    assert night.add(at(evening, zone), 7 * HOUR) == at(morning, zone)


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T06:00"),
        ("America/New_York", "2026-10-31T22:00", "2026-11-01T06:00"),
    ],
)
def test_overnight_shift_is_an_hour_longer_when_clocks_go_back(zone: str, evening: str, morning: str) -> None:
    night = compiled(zone=zone, week={"sat": ["22:00-06:00"]})
    assert night.between(at(evening, zone), at(morning, zone)) == 9 * HOUR
    assert night.add(at(evening, zone), 9 * HOUR) == at(morning, zone)


def test_window_that_starts_in_the_skipped_hour_opens_at_the_jump() -> None:
    early = compiled(zone="Europe/Berlin", week={"sun": ["02:30-05:00"]})
    assert early.next_open(at("2026-03-29T00:00", "Europe/Berlin")) == at("2026-03-29T01:00")
    assert early.between(at("2026-03-29T00:00"), at("2026-03-30T00:00")) == 2 * HOUR


def test_window_within_the_skipped_hour_does_not_open() -> None:
    skipped = compiled(zone="Europe/Berlin", week={"sun": ["02:10-02:50"]})
    assert skipped.next_open(at("2026-03-28T12:00")) == at("2026-04-05T02:10", "Europe/Berlin")


def test_window_that_starts_in_the_repeated_hour_opens_the_first_time() -> None:
    early = compiled(zone="Europe/Berlin", week={"sun": ["02:30-05:00"]})
    assert early.next_open(at("2026-10-25T00:00", "Europe/Berlin")) == at("2026-10-25T00:30")


def test_window_that_ends_in_the_repeated_hour_closes_the_second_time() -> None:
    late = compiled(zone="Europe/Berlin", week={"sat": ["22:00-02:30"]})
    evening = at("2026-10-24T22:00", "Europe/Berlin")
    assert late.add(evening, 5 * HOUR + 30 * MINUTE) == at("2026-10-25T02:30+", "Europe/Berlin")
    assert not late.is_open(at("2026-10-25T02:30+", "Europe/Berlin"))


def test_a_day_that_a_zone_skipped_has_no_windows() -> None:
    samoa = compiled(date(2011, 12, 1), date(2012, 1, 31), zone="Pacific/Apia", week={"mon-sun": ["09:00-17:00"]})
    start, end = at("2011-12-29T00:00", "Pacific/Apia"), at("2012-01-01T00:00", "Pacific/Apia")
    assert samoa.between(start, end) == 2 * 8 * HOUR


# --- holidays and overrides -----------------------------------------------------------------------------------


def test_chinese_holidays_are_closed_and_their_makeup_days_have_mondays_windows() -> None:
    china = compiled(zone="Asia/Shanghai", week=OFFICE, holidays="CN")
    closed = ["2026-01-02", "2026-02-17", "2026-02-23", "2026-05-05", "2026-10-01", "2026-10-07"]
    makeup = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert [hours_of(china, day) for day in closed] == [0] * 6
    assert [hours_of(china, day) for day in makeup] == [8] * 6
    assert [hours_of(china, day) for day in ("2026-10-08", "2026-10-11")] == [8, 0]


def test_makeup_days_can_have_windows_of_their_own() -> None:
    china = compiled(zone="Asia/Shanghai", week=OFFICE, holidays="CN", makeup_windows=["10:00-12:00"])
    assert hours_of(china, "2026-10-10") == 2


def test_holidays_of_a_part_of_a_country_close_only_that_part() -> None:
    bavaria, berlin = (compiled(zone="Europe/Berlin", week=OFFICE, holidays=part) for part in ("DE-BY", "DE-BE"))
    assert (hours_of(bavaria, "2026-01-06"), hours_of(berlin, "2026-01-06")) == (0, 8)


def test_override_opens_a_holiday_and_closes_a_working_day() -> None:
    overrides: dict[str, list[str]] = {"2026-10-01": ["09:00-10:00"], "2026-10-08": [], "2026-10-10": ["14:00-18:00"]}
    china = compiled(zone="Asia/Shanghai", week=OFFICE, holidays="CN", overrides=overrides)
    assert [hours_of(china, day) for day in overrides] == [1, 0, 4]


def test_closed_day_leaves_the_night_shift_of_the_day_before_alone() -> None:
    night = compiled(week={"mon-sun": ["22:00-06:00"]}, overrides={"2026-12-24": []})
    assert night.is_open(at("2026-12-24T05:00"))
    assert not night.is_open(at("2026-12-24T23:00"))
    assert not night.is_open(at("2026-12-25T05:00"))


def warnings_of(first: int, last: int, **written: object) -> list[str]:
    horizon = Horizon(first_day=date(first, 1, 1), last_day=date(last, 12, 31))
    found = compile_calendar(CalendarDefinition.model_validate(written), horizon).warnings
    return [".".join(str(part) for part in warning.path) for warning in found]


def test_horizon_past_the_last_official_year_is_warned_of() -> None:
    assert warnings_of(2026, 2026, week=OFFICE, holidays="CN") == []
    assert warnings_of(2026, 2040, week=OFFICE, holidays="CN") == ["holidays"]
    assert warnings_of(2026, 2040, week=OFFICE, holidays="DE") == []


def test_override_outside_the_horizon_is_warned_of() -> None:
    overrides: dict[str, list[str]] = {"2026-05-05": [], "2028-01-03": []}
    assert warnings_of(2026, 2027, week=OFFICE, overrides=overrides) == ["overrides.2028-01-03"]


# --- the horizon ----------------------------------------------------------------------------------------------


def test_weeks_outside_the_horizon_are_ordinary_ones() -> None:
    """The horizon begins with a holiday week and a make-up Sunday; neither may repeat before it."""
    china = compiled(zone="Asia/Shanghai", week=OFFICE, holidays="CN")
    assert [hours_of(china, f"2024-06-{day:02d}") for day in range(3, 10)] == [8, 8, 8, 8, 8, 0, 0]
    assert [hours_of(china, f"2190-06-{day:02d}") for day in range(7, 14)] == [8, 8, 8, 8, 8, 0, 0]


def test_calendar_without_a_weekly_window_is_refused() -> None:
    """Nothing could repeat outside the horizon, and a promise that starts there would never be due."""
    with pytest.raises(ValueError, match="expected windows on some day of the week"):
        compiled(week={"mon": []}, overrides={"2026-06-01": ["09:00-10:00"]})


def test_always_open_calendar_with_windows_is_refused() -> None:
    with pytest.raises(ValueError, match="expected either always: true or windows"):
        compiled(always=True, week=OFFICE)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"zone": "Asia/Shangri-La"}, "expected a time zone such as Asia/Shanghai"),
        ({"zone": "../etc"}, "expected a time zone such as Asia/Shanghai"),
        ({"holidays": "XX"}, "expected a country such as CN"),
        ({"holidays": "DE-XX"}, "expected a country such as CN"),
        ({"week": {"monday": []}}, "expected a day or a range of days such as mon or mon-fri"),
        ({"week": {"mon-wed-fri": []}}, "expected a day or a range of days"),
        ({"week": {"mon-fri": [], "wed": []}}, "expected each day once, but wed stands under two keys"),
        ({"week": {"mon": ["9-17"]}}, "expected a window such as 09:00-18:00"),
        ({"week": {"mon": ["09:00-09:00"]}}, "expected a window such as"),
        ({"week": {"mon": ["24:00-09:00"]}}, "expected a window such as"),
        ({"week": {"mon": ["09:00-24:30"]}}, "expected a window such as"),
        ({"week": {"mon": ["09:00-29:00"]}}, "expected a window such as"),
        ({"week": {"mon": [900]}}, "expected a window such as"),
        ({"overrides": {"some day": []}}, "valid date"),
    ],
)
def test_malformed_definition_is_refused(written: dict[str, object], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        CalendarDefinition.model_validate(written)
