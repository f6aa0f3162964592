"""The wall clock, as something that is passed in: tests move it, the domain never sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from domain.sla.spans import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Tells the present instant in milliseconds since 1970-01-01T00:00Z."""


def wall_clock() -> Instant:
    """This machine's clock."""
    return time.time_ns() // 1_000_000
