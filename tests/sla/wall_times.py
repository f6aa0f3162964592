"""Instants as a wall clock shows them, and calendars compiled from a few words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.policy import Horizon
from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import DAY, HOUR, Instant
from starter.policies.calendars import CalendarDefinition, compile_calendar

OFFICE = {"mon-fri": ["09:00-12:00", "13:00-18:00"]}


def at(text: str, zone: str = "UTC") -> Instant:
    """The instant of a wall time such as `2026-03-29T02:30`; `+` at its end means the second time it is shown."""
    shown = datetime.fromisoformat(text.rstrip("+")).replace(tzinfo=ZoneInfo(zone), fold=int(text.endswith("+")))
    return int(shown.timestamp()) * 1000


def compiled(
    first_day: date = date(2026, 1, 1), last_day: date = date(2026, 12, 31), **written: object
) -> WorkingCalendar:
    definition = CalendarDefinition.model_validate(written)
    return compile_calendar(definition, Horizon(first_day=first_day, last_day=last_day)).calendar


def hours_of(calendar: WorkingCalendar, day: str) -> float:
    """Open hours of one day of the calendar's zone."""
    start = at(f"{day}T00:00", calendar.zone)
    return calendar.between(start, start + DAY) / HOUR
