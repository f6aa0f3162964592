"""Working calendars as a policy file writes them, and their compilation to intervals of UTC seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from domain.policy import Horizon
from domain.sla.calendar import WorkingCalendar
from domain.sla.rule_check import Finding
from starter.policies.wallclock import DAYS, Interval, instant, merged, parse_days, parse_window

PLAIN_WEEKS = timedelta(days=14)
"""Added on both sides of the horizon without holidays, so that what repeats beyond it is an ordinary week."""

Windows: TypeAlias = tuple[Annotated[Interval, BeforeValidator(parse_window)], ...]
"""The windows of one day."""


class OfficialDays(NamedTuple):
    """What a country has announced: days off, weekend days worked instead, the last year that is known."""

    off: frozenset[date]
    worked: frozenset[date]
    last_year: int


def official_days(code: str, years: range) -> OfficialDays:
    """Days off and make-up working days of `CN`, or of a part of a country, `DE-BY`.

    Source: the `holidays` library. It keeps `weekend_workdays` (weekends worked in exchange for a bridge day)
    apart from the days off, and only for years whose official notice it has seen; others it calculates.

    Raises:
        NotImplementedError: the library does not know the country or its part.
    """
    country, _, part = code.partition("-")
    known = holidays.country_holidays(country, subdiv=part or None, years=years)
    noticed = getattr(known, "special_public_holidays", {}) if known.has_substituted_holidays else {}
    last_year = min(max(noticed, default=known.end_year), known.end_year)
    return OfficialDays(frozenset(known), frozenset(known.weekend_workdays), last_year)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"expected a time zone such as Asia/Shanghai, got {name!r}") from None
    return name


def _known_country(code: str) -> str:
    try:
        official_days(code, range(0))
    except NotImplementedError:
        raise ValueError(f"expected a country such as CN or a part such as DE-BY, got {code!r}") from None
    return code


def _known_days(key: str) -> str:
    parse_days(key)
    return key


def _each_day_once(week: dict[str, Windows]) -> dict[str, Windows]:
    days = [day for key in week for day in parse_days(key)]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        raise ValueError(f"expected each day once, but {DAYS[twice[0]]} stands under two keys")
    return week


class CalendarDefinition(BaseModel):
    """A calendar as it is written: wall-clock windows of one zone, or `always`.

    A window belongs to the day on which it opens: a holiday closes the night shift that begins on it, not the
    one that still runs on its morning. `overrides` beat `holidays`, which beat `week`. On make-up working
    days `makeup_windows` hold, Monday's if they are not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    always: bool = False
    week: Annotated[dict[Annotated[str, AfterValidator(_known_days)], Windows], AfterValidator(_each_day_once)] = {}
    holidays: Annotated[str, AfterValidator(_known_country)] | None = None
    makeup_windows: Windows | None = None
    overrides: dict[date, Windows] = {}


class CompiledCalendar(NamedTuple):
    """A calendar ready for use, and what whoever publishes it should know."""

    calendar: WorkingCalendar
    warnings: tuple[Finding, ...]


def compile_calendar(written: CalendarDefinition, horizon: Horizon) -> CompiledCalendar:
    """Work out every window of every day of the horizon.

    Raises:
        ValueError: no day of the week has windows, so that nothing could repeat outside the horizon; or windows
            stand beside `always`.
    """
    if written.always:
        if written.week or written.overrides or written.holidays:
            raise ValueError("expected either always: true or windows, not both")
        return CompiledCalendar(WorkingCalendar(zone=written.zone, always=True), ())
    if not any(written.week.values()):
        raise ValueError("expected windows on some day of the week, or always: true")
    zone = ZoneInfo(written.zone)
    years = range(horizon.first_day.year - 1, horizon.last_day.year + 2)
    official = official_days(written.holidays, years) if written.holidays else None
    windows = merged(
        [
            (instant(day, start, zone, late=False), instant(day, end, zone, late=True))
            for day, opened in _days(written, horizon, official)
            for start, end in opened
        ]
    )
    opens, closes = zip(*windows, strict=True)
    warnings = tuple(_warnings(written, horizon, official))
    return CompiledCalendar(WorkingCalendar(zone=written.zone, opens=opens, closes=closes), warnings)


def _days(
    written: CalendarDefinition, horizon: Horizon, official: OfficialDays | None
) -> Iterator[tuple[date, Windows]]:
    """Each day from two plain weeks before the horizon to two after it, with its windows."""
    by_name = {day: windows for key, windows in written.week.items() for day in parse_days(key)}
    weekly = [by_name.get(day, ()) for day in range(len(DAYS))]
    makeup = weekly[0] if written.makeup_windows is None else written.makeup_windows
    first, last = horizon.first_day - PLAIN_WEEKS, horizon.last_day + PLAIN_WEEKS
    for day in (first + timedelta(days=offset) for offset in range((last - first).days + 1)):
        windows = weekly[day.weekday()]
        if horizon.first_day <= day <= horizon.last_day:
            if official and day in official.worked:
                windows = makeup
            elif official and day in official.off:
                windows = ()
            windows = written.overrides.get(day, windows)
        yield day, windows


def _warnings(written: CalendarDefinition, horizon: Horizon, official: OfficialDays | None) -> Iterator[Finding]:
    if official and horizon.last_day.year > official.last_year:
        yield Finding(
            ("holidays",),
            f"days off and make-up working days of {written.holidays} are officially known up to "
            f"{official.last_year}; until {horizon.last_day} the general rules stand in for them: "
            "publish again when they are announced, or write overrides",
        )
    for day in sorted(written.overrides):
        if not horizon.first_day <= day <= horizon.last_day:
            yield Finding(("overrides", str(day)), "this day is outside the horizon, so the override has no effect")
