"""Open time against two independent oracles, at the edges where calendars go wrong, and far outside the horizon."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State
from pydantic import ValidationError

from domain.sla.calendar import WEEK, WorkingCalendar
from domain.sla.spans import DAY, HOUR, MINUTE, Instant, Span
from starter.policies.wallclock import DAYS, merged
from tests.sla.wall_times import OFFICE, at, compiled

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A calendar takes milliseconds to make up, on a busy machine many: that says nothing about the code."""

STEP = 15 * MINUTE
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
FORTNIGHTS = [date(2026, 3, 2), date(2026, 3, 23), date(2026, 10, 19), date(2026, 10, 26)]
"""First days of fortnights in each of which Europe or America changes its clocks, forward or back."""

Windows = list[tuple[int, int]]
"""Minutes of wall time after midnight; an end before the start is on the next day."""


# --- calendars made up by hypothesis --------------------------------------------------------------------------


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def texts(windows: Windows) -> list[str]:
    return [f"{clock_text(start)}-{clock_text(end)}" for start, end in windows]


def clear_of_changes(quarter: int) -> bool:
    """Whether a quarter of an hour of the day is none of those, from 01:00 to 03:00, that clocks repeat or skip."""
    return not 4 <= quarter < 12


@st.composite
def day_windows(draw: st.DrawFn, *, overnight: bool, ends: Callable[[int], bool] = lambda _: True) -> Windows:
    """Up to three windows on quarters of an hour; only overnight ones may end in hours that clocks repeat."""
    cuts = sorted(draw(st.sets(st.integers(0, 96).filter(clear_of_changes), max_size=6)))
    windows = [(start * 15, end * 15) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    if overnight and windows and windows[-1][0] >= 30 and draw(st.booleans()):
        start = windows[-1][0]
        windows[-1] = (start, draw(st.integers(1, start // 15 - 1).filter(ends)) * 15)
    return windows


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC"])


def weeks(windows: st.SearchStrategy[Windows]) -> st.SearchStrategy[dict[str, Windows]]:
    """Weeks with windows on at least one day."""
    return st.fixed_dictionaries(dict.fromkeys(DAYS, windows)).filter(lambda week: any(week.values()))


WEEKS = weeks(day_windows(overnight=True))
DAY_WEEKS = weeks(day_windows(overnight=False))
UNAMBIGUOUS_WEEKS = weeks(day_windows(overnight=True, ends=clear_of_changes))
"""For the walk along the wall clock, which would close at 02:30 the first time and open again at 02:00."""

INSTANTS = st.integers(at("2026-01-01T00:00"), at("2027-01-01T00:00"))
ANY_INSTANT = st.integers(0, at("2200-01-01T00:00"))
SPANS = st.integers(0, 40 * DAY)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    first_day = draw(st.sampled_from(FORTNIGHTS))
    week = {day: texts(windows) for day, windows in draw(WEEKS).items()}
    last_day = first_day + timedelta(days=draw(st.integers(0, 30)))
    return compiled(first_day, last_day, zone=draw(ZONES), week=week)


# --- oracles --------------------------------------------------------------------------------------------------


def oracle_windows(rules: str, zone: ZoneInfo, first_day: date, days: int) -> list[tuple[Instant, Instant]]:
    """The open stretches according to opening-hours-py, in whole days of the zone."""
    hours = OpeningHours(rules, timezone=zone, auto_country=False, auto_timezone=False)
    start = datetime.combine(first_day, time(), zone)
    end = datetime.combine(first_day + timedelta(days=days), time(), zone)
    found = [
        (int(since.timestamp()), int(until.timestamp()))
        for since, until, state, _ in hours.intervals(start, end)
        if state == State.OPEN
    ]
    return [(since * 1000, until * 1000) for since, until in merged(found)]


def walked_windows(calendar: WorkingCalendar, start: Instant, end: Instant) -> list[tuple[Instant, Instant]]:
    """The open stretches of a calendar as its own `is_open` tells them, quarter of an hour by quarter."""
    steps = [moment for moment in range(start, end, STEP) if calendar.is_open(moment)]
    return merged([(moment, moment + STEP) for moment in steps])


def wall_says_open(week: dict[str, Windows], moment: Instant, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows a time within a window of its day or within one that began the day before."""
    wall = datetime.fromtimestamp(moment / 1000, zone)
    minute = wall.hour * 60 + wall.minute
    today, yesterday = week[DAYS[wall.weekday()]], week[DAYS[wall.weekday() - 1]]
    within = any(start <= minute < (end if end > start else 1440) for start, end in today)
    return within or any(end < start and minute < end for start, end in yesterday)


@EXAMPLES
@given(zone=ZONES, first_day=st.sampled_from(FORTNIGHTS), week=WEEKS)
def test_weeks_with_overnight_windows_are_open_when_opening_hours_says_so(
    zone: str, first_day: date, week: dict[str, Windows]
) -> None:
    calendar = compiled(
        first_day, first_day + timedelta(days=13), zone=zone, week={d: texts(w) for d, w in week.items()}
    )
    rules = ", ".join(
        f"{osm} {','.join(texts(week[day]))}" for osm, day in zip(OSM_DAYS, DAYS, strict=True) if week[day]
    )
    start, end = at(f"{first_day}T00:00", zone), at(f"{first_day + timedelta(days=14)}T00:00", zone)
    expected = oracle_windows(rules, ZoneInfo(zone), first_day, 14)
    assert walked_windows(calendar, start, end) == expected
    assert calendar.between(start, end) == sum(until - since for since, until in expected)


@EXAMPLES
@given(
    zone=ZONES,
    first_day=st.sampled_from(FORTNIGHTS),
    week=DAY_WEEKS,
    overrides=st.dictionaries(st.integers(0, 13), day_windows(overnight=False), min_size=1, max_size=3),
)
def test_overrides_are_open_when_opening_hours_says_so(
    zone: str, first_day: date, week: dict[str, Windows], overrides: dict[int, Windows]
) -> None:
    dated = {first_day + timedelta(days=offset): texts(windows) for offset, windows in overrides.items()}
    rules = [f"{osm} {','.join(texts(week[day])) or 'off'}" for osm, day in zip(OSM_DAYS, DAYS, strict=True)]
    rules += [f"{day:%Y %b %d} {','.join(windows) or 'off'}" for day, windows in dated.items()]
    expected = oracle_windows("; ".join(rules), ZoneInfo(zone), first_day, 14)
    written = {"zone": zone, "week": {d: texts(w) for d, w in week.items()}, "overrides": dated}
    start, end = at(f"{first_day}T00:00", zone), at(f"{first_day + timedelta(days=14)}T00:00", zone)
    calendar = compiled(first_day, first_day + timedelta(days=13), **written)
    assert walked_windows(calendar, start, end) == expected


@EXAMPLES
@given(zone=ZONES, week=UNAMBIGUOUS_WEEKS, start=st.integers(0, 200), steps=st.integers(1, 400))
def test_spans_end_where_a_walk_along_the_wall_clock_ends(
    zone: str, week: dict[str, Windows], start: int, steps: int
) -> None:
    first_day = date(2026, 10, 19)
    calendar = compiled(first_day, date(2026, 12, 31), zone=zone, week={d: texts(w) for d, w in week.items()})
    began = at("2026-10-20T00:00") + start * STEP
    moment, left = began, steps
    while left:
        left -= wall_says_open(week, moment, ZoneInfo(zone))
        moment += STEP
    assert calendar.add(began, steps * STEP) == moment
    assert calendar.between(began, moment) == steps * STEP


# --- laws -----------------------------------------------------------------------------------------------------


@EXAMPLES
@given(calendar=calendars(), start=ANY_INSTANT, span=SPANS)
def test_a_span_that_was_added_has_passed_and_not_a_millisecond_earlier(
    calendar: WorkingCalendar, start: Instant, span: Span
) -> None:
    end = calendar.add(start, span)
    assert calendar.between(start, end) == span
    assert (end == start) if span == 0 else (calendar.between(start, end - 1) == span - 1)


@EXAMPLES
@given(calendar=calendars(), moments=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_open_time_of_two_stretches_is_that_of_both_together(
    calendar: WorkingCalendar, moments: tuple[Instant, Instant, Instant]
) -> None:
    first, second, third = sorted(moments)
    assert calendar.between(first, second) + calendar.between(second, third) == calendar.between(first, third)
    assert calendar.between(third, first) == 0


@EXAMPLES
@given(calendar=calendars(), start=INSTANTS, one=SPANS, other=SPANS)
def test_adding_two_spans_is_adding_their_sum(
    calendar: WorkingCalendar, start: Instant, one: Span, other: Span
) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@EXAMPLES
@given(calendar=calendars(), moment=ANY_INSTANT)
def test_next_opening_is_open_and_nothing_was_open_before_it(calendar: WorkingCalendar, moment: Instant) -> None:
    opening = calendar.next_open(moment)
    assert calendar.is_open(opening)
    assert calendar.between(moment, opening) == 0
    assert calendar.is_open(moment) == (opening == moment)


@EXAMPLES
@given(calendar=calendars(), moment=ANY_INSTANT, span=SPANS)
def test_outside_the_compiled_days_every_week_is_the_same(
    calendar: WorkingCalendar, moment: Instant, span: Span
) -> None:
    later, earlier = calendar.closes[-1] * 1000 + moment % (50 * WEEK), calendar.opens[0] * 1000 - moment % (50 * WEEK)
    assert calendar.is_open(later + WEEK) == calendar.is_open(later)
    assert calendar.is_open(earlier - WEEK - 1) == calendar.is_open(earlier - 1)
    assert calendar.add(later + WEEK, span) == calendar.add(later, span) + WEEK


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
