"""Instants and spans as people at the desk read them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.attention import DUE_SOON
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Instant, Span, units_of
from starter.desk.texts import Texts

SOON: Span = DUE_SOON
"""From here on the time left is shown as running out."""


class Pressure(StrEnum):
    """How near the end is; a page colours by it, and says it in words as well."""

    LATE = "late"
    SOON = "soon"
    CALM = "calm"


def pressure(due: Instant, now: Instant) -> Pressure:
    """How near an instant is."""
    if due < now:
        return Pressure.LATE
    return Pressure.SOON if due - now <= SOON else Pressure.CALM


def say_left(texts: Texts, due: Instant, now: Instant) -> str:
    """`1 h 5 min left` or `12 min over`."""
    key = "time.over" if due < now else "time.left"
    return texts.say(key, span=say_span(texts, abs(due - now)))


def say_span(texts: Texts, span: Span) -> str:
    """A span in its two largest units that are not nothing; seconds only below a minute."""
    if span < MINUTE:
        return texts.say("time.s", count=max(span, 0) // SECOND)
    parts, rest = [], span
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(texts.say(f"time.{unit}", count=count))
    return " ".join(parts[:2])


def say_measured(texts: Texts, span: Span) -> str:
    """A span that was measured, as the command line says it too: rounded to a second, in two units."""
    return " ".join(texts.say(f"time.{unit}", count=count) for unit, count in units_of(span))


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The time zone of this name, such as `Asia/Shanghai`; None if there is none."""
    return ZoneInfo(name) if name in available_timezones() else None


def local(at: Instant, now: Instant, zone: tzinfo | None = None) -> str:
    """An instant in a zone, by default this machine's; the day only if it is another one than today's."""
    there, today = (datetime.fromtimestamp(moment / 1000, UTC).astimezone(zone) for moment in (at, now))
    return there.strftime("%H:%M" if there.date() == today.date() else "%Y-%m-%d %H:%M")


def iso(at: Instant) -> str:
    """An instant for machines, as `<time datetime>` takes it."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def instant(said: str) -> Instant:
    """An instant from what cases say, such as `2026-11-21 14:05:09Z`.

    Raises:
        ValueError: it is none.
    """
    return round(datetime.fromisoformat(said).timestamp() * 1000)
