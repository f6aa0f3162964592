"""What changes from one version of a policy to the next, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from domain.policy import Policy
from domain.sla.calendar import WorkingCalendar
from domain.sla.spans import say_span
from starter.policies.fields import leaves
from starter.policies.wallclock import wall_time

ABSENT = "–"
MOST_DAYS = 20
"""Differing days of one calendar that are listed; of the others the number is given."""


def difference(old: Policy, new: Policy) -> list[tuple[str, str, str]]:
    """Every field that differs, as (field, old, new) in words; `–` where there is none.

    Calendars differ by days, in their own zone.
    """
    before, after = _values(old), _values(new)
    changed = [
        (field, before.get(field, ABSENT), after.get(field, ABSENT))
        for field in dict.fromkeys((*before, *after))
        if before.get(field) != after.get(field)
    ]
    for name in dict.fromkeys((*old.calendars, *new.calendars)):
        changed += _calendar(name, old.calendars.get(name), new.calendars.get(name))
    return changed


def _values(policy: Policy) -> dict[str, str]:
    """Each field in words; a list of single values counts as one."""
    values: dict[str, list[str]] = {}
    for path, value, is_span in leaves(policy):
        if path[0] != "calendars":
            field = path[:-1] if isinstance(path[-1], int) else path
            said = _said(value, is_span=is_span)
            values.setdefault(".".join(str(part) for part in field), []).append(said)
    return {field: ", ".join(said) for field, said in values.items()}


def _said(value: object, *, is_span: bool) -> str:
    return say_span(value) if is_span and isinstance(value, int) else str(value)


def _calendar(name: str, old: WorkingCalendar | None, new: WorkingCalendar | None) -> Iterator[tuple[str, str, str]]:
    field = f"calendars.{name}"
    before, after = _kind(old), _kind(new)
    if before != after:
        yield field, before, after
    if old and new and not (old.always or new.always):
        was, is_now = _days(old), _days(new)
        days = sorted(day for day in was | is_now if was.get(day) != is_now.get(day))
        for day in days[:MOST_DAYS]:
            yield f"{field}.{day}", was.get(day, "closed"), is_now.get(day, "closed")
        if len(days) > MOST_DAYS:
            yield field, f"{len(days) - MOST_DAYS} more days differ", f"the last is {days[-1]}"


def _kind(calendar: WorkingCalendar | None) -> str:
    if calendar is None:
        return ABSENT
    return "always open" if calendar.always else f"windows in {calendar.zone}"


def _days(calendar: WorkingCalendar) -> dict[str, str]:
    """The windows of each day with any, by the day on which they open."""
    zone = ZoneInfo(calendar.zone)
    days: dict[str, list[str]] = {}
    for opens, closes in zip(calendar.opens, calendar.closes, strict=True):
        opening, closing = wall_time(opens, zone), wall_time(closes, zone)
        days.setdefault(f"{opening:%Y-%m-%d}", []).append(f"{opening:%H:%M}-{closing:%H:%M}")
    return {day: " ".join(windows) for day, windows in days.items()}
