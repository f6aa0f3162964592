"""Instants that callers tell: of what has happened, in milliseconds, and not seconds or the day after tomorrow."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from activities.clock import wall_clock
from domain.sla.spans import MINUTE, Instant, Span

EARLIEST: Instant = 946_684_800_000
"""The beginning of the year 2000. Seconds that pass for milliseconds lie in January 1970."""

AHEAD: Span = 5 * MINUTE
"""By how much the clock of whoever tells may be fast."""


def _has_happened(at: Instant) -> Instant:
    if at < EARLIEST:
        raise ValueError("expected milliseconds since 1970, from the year 2000 on: are these seconds?")
    if at > wall_clock() + AHEAD:
        raise ValueError("expected milliseconds since 1970 of what has happened: this is in the future")
    return at


Happened: TypeAlias = Annotated[
    Instant,
    AfterValidator(_has_happened),
    Field(json_schema_extra={"minimum": EARLIEST, "examples": [1_795_356_645_000]}),
]
"""When something happened."""
