"""Work that never ends by itself, as a long activity: one worker at a time has it, and hands it over when it stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

PAUSE = 1.0
"""Seconds between two rounds in which there was nothing to do."""

ROUNDS_FOR = 3_600.0
"""Seconds after which the work returns, so that its workflow can show that it is alive and begin anew."""


async def in_rounds(work: Callable[[], Awaitable[int]]) -> int:
    """Do something again and again, for an hour; returns how much was done, as each round counts it.

    Raises:
        ApplicationError: this worker stops; another one goes on at once.
    """
    done, until = 0, time.monotonic() + ROUNDS_FOR
    stopping = asyncio.create_task(activity.wait_for_worker_shutdown())
    try:
        while time.monotonic() < until:
            if stopping.done():
                raise ApplicationError(
                    "the worker stops", type="handed_over", next_retry_delay=timedelta(milliseconds=1)
                )
            some = await work()
            done += some
            activity.heartbeat(some)
            if not some:
                await asyncio.wait([stopping], timeout=PAUSE)
    finally:
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await stopping
    return done
