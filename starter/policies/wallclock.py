"""Days and times as people write them (`mon-fri`, `22:00-06:00`), and the instants a wall clock means."""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_SECONDS = 24 * 60 * 60

_WINDOW = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)")

Interval: TypeAlias = tuple[int, int]
"""Opening and closing: wall time in seconds after midnight, or instants in epoch seconds."""


def parse_window(text: object) -> Interval:
    """Read `09:00-18:00` as seconds of wall time after midnight; `22:00-06:00` ends on the next day.

    Raises:
        ValueError: not two different times from 00:00 to 24:00 with a dash between them.
    """
    match = _WINDOW.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    if match:
        hours, minutes, end_hours, end_minutes = (int(part) for part in match.groups())
        start, end = (hours * 60 + minutes) * 60, (end_hours * 60 + end_minutes) * 60
        if start < DAY_SECONDS and end <= DAY_SECONDS and start != end:
            return (start, end if end > start else end + DAY_SECONDS)
    raise ValueError(f"expected a window such as 09:00-18:00, 22:00-06:00 or 00:00-24:00, got {text!r}")


def parse_days(text: str) -> tuple[int, ...]:
    """Read `mon`, `mon-fri` or `sat-mon` as weekdays; Monday is 0.

    Raises:
        ValueError: neither a day nor a range of days.
    """
    ends = text.split("-")
    if len(ends) <= 2 and all(end in DAYS for end in ends):
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        return tuple((first + offset) % 7 for offset in range((last - first) % 7 + 1))
    raise ValueError(f"expected a day or a range of days such as mon or mon-fri, got {text!r}")


def instant(day: date, wall: int, zone: ZoneInfo, *, late: bool) -> int:
    """Epoch second at which the wall clock of `zone` shows `wall` seconds after midnight of `day`.

    A time that the clock skips is the moment of the jump. Of a time that it shows twice, `late` takes the
    second. With openings early and closings late a promise runs in doubt, so it is due earlier, never later.
    """
    shown = datetime.combine(day, datetime.min.time()) + timedelta(seconds=wall)
    first, second = (int(shown.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first <= second:
        return second if late else first
    skipped = range(second, first + 1)
    return skipped[bisect_left(skipped, shown, key=lambda moment: wall_time(moment, zone))]


def wall_time(moment: int, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows at an epoch second, without the zone."""
    return datetime.fromtimestamp(moment, UTC).astimezone(zone).replace(tzinfo=None)


def merged(intervals: list[Interval]) -> list[Interval]:
    """The intervals in order, without empty ones, joined where they touch or overlap."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
