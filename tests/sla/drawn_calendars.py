"""Calendars drawn at random, and instants and spans for them."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import DAY
from starter.policies.wallclock import DAYS
from tests.sla.wall_times import at, compiled

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A calendar takes milliseconds to make up, on a busy machine many: that says nothing about the code."""

FORTNIGHTS = [date(2026, 3, 2), date(2026, 3, 23), date(2026, 10, 19), date(2026, 10, 26)]
"""First days of fortnights in each of which Europe or America changes its clocks, forward or back."""
Windows = list[tuple[int, int]]
"""Minutes of wall time after midnight; an end before the start is on the next day."""


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
