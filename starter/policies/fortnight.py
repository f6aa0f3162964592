"""When a calendar is open, day by day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import SECOND, Instant
from starter.policies.wallclock import DAYS, instant, wall_time
from starter.policies.words import PolicyWords


def open_days(calendar: WorkingCalendar, at: Instant, days: int, words: PolicyWords) -> Iterator[str]:
    """A line for each day with its windows, from the day that it is at `at` in the calendar's own zone.

    One line where it is always open.
    """
    if calendar.always:
        yield words.say("always_open")
        return
    zone = ZoneInfo(calendar.zone)
    yield words.say("wall_time", zone=calendar.zone)
    first_day = datetime.fromtimestamp(at / SECOND, zone).date()
    for day in (first_day + timedelta(days=offset) for offset in range(days)):
        windows = " ".join(_windows(calendar, day, zone)) or words.say("closed")
        yield words.say("day", weekday=words.name("policy_word", DAYS[day.weekday()]), day=day, windows=windows)


def _windows(calendar: WorkingCalendar, day: date, zone: ZoneInfo) -> Iterator[str]:
    """The open stretches of one day, cut at its two midnights."""
    at, end = (instant(midnight, 0, zone, late=False) for midnight in (day, day + timedelta(days=1)))
    while (at := calendar.next_open(at * SECOND) // SECOND) < end:
        closing = _closing(calendar, at, end)
        until = "24:00" if closing == end else f"{wall_time(closing, zone):%H:%M}"
        yield f"{wall_time(at, zone):%H:%M}-{until}"
        at = closing


def _closing(calendar: WorkingCalendar, opening: int, limit: int) -> int:
    """The second, up to `limit`, until which it stays open."""
    later = range(opening + 1, limit + 1)

    def lost(second: int) -> bool:
        return calendar.between(opening * SECOND, second * SECOND) < (second - opening) * SECOND

    return opening + bisect_left(later, True, key=lost)
