"""The wall clock, as something that is passed in: tests move it, the domain never sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from temporalio import activity

from domain.sla.spans import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Tells the present instant in milliseconds since 1970-01-01T00:00Z."""


def attempt_clock() -> Clock:
    """Temporal's clock inside an activity: when the server started this attempt, and what has passed since.

    The clocks of machines differ by seconds, and that of a test server by years.
    """
    started, begin = int(activity.info().started_time.timestamp() * 1000), time.monotonic_ns()
    return lambda: started + (time.monotonic_ns() - begin) // 1_000_000


def wall_clock() -> Instant:
    """This machine's clock."""
    return time.time_ns() // 1_000_000
