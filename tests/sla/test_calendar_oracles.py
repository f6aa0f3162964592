"""Open time against two independent oracles, under calendars made up at random."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import MINUTE, Instant
from starter.policies.wallclock import DAYS, merged
from tests.sla.drawn_calendars import (
    DAY_WEEKS,
    EXAMPLES,
    FORTNIGHTS,
    UNAMBIGUOUS_WEEKS,
    WEEKS,
    ZONES,
    Windows,
    day_windows,
    texts,
)
from tests.sla.wall_times import at, compiled

STEP = 15 * MINUTE
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


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
