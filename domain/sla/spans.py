"""Instants and spans of time as whole milliseconds, and how people write them (`30m`, `1h30m`, `48h`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

Instant: TypeAlias = int
"""Milliseconds since 1970-01-01T00:00Z."""

Span: TypeAlias = int
"""A length of time in milliseconds."""

UNITS: dict[str, Span] = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
SECOND, MINUTE, HOUR, DAY = UNITS["s"], UNITS["m"], UNITS["h"], UNITS["d"]

_PART = re.compile(r"(\d+)(ms|s|m|h|d)")


def parse_span(text: object) -> Span:
    """Read a span such as `30m`, `1h30m` or `0s`; whole milliseconds pass through.

    Raises:
        ValueError: neither a non-negative whole number nor a sequence of number and unit (ms, s, m, h, d).
    """
    if isinstance(text, int) and not isinstance(text, bool) and text >= 0:
        return text
    if isinstance(text, str):
        compact = text.replace(" ", "")
        parts = _PART.findall(compact)
        if parts and "".join(number + unit for number, unit in parts) == compact:
            return sum(int(number) * UNITS[unit] for number, unit in parts)
    raise ValueError(f"expected a span of time such as 30m, 1h30m or 48h, got {text!r}")


SpanText = Annotated[str, StringConstraints(pattern=r"^ *([0-9]+ *(ms|s|m|h|d) *)+$")]
"""What `parse_span` reads, as callers are told."""

PolicySpan: TypeAlias = Annotated[
    int, BeforeValidator(parse_span, json_schema_input_type=Annotated[int, Field(ge=0)] | SpanText)
]
"""A `Span` field that a policy file may write as `30m`."""


def say_span(span: Span) -> str:
    """A span for a person, in its two largest units: `1 h 30 min`, `45 s`, `2 d`."""
    return " ".join(f"{count} {unit}" for unit, count in units_of(span))


def units_of(span: Span) -> list[tuple[str, int]]:
    """A span, rounded to a second unless it is shorter, in its two largest units that are not nothing."""
    rest, parts = (round(span, -3) if span >= SECOND else max(span, 0)), []
    for name, size in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND)):
        count, rest = divmod(rest, size)
        if count:
            parts.append((name, count))
    return parts[:2] or [("ms", span) if span > 0 else ("s", 0)]


def say_instant(at: Instant) -> str:
    """An instant for a person and for logs: `2026-11-21 14:05:09Z`."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
