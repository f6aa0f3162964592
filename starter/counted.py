"""The counts of the board, read again every few seconds, however many people look at it."""

from __future__ import annotations

import asyncio
import time
from typing import TypeAlias

import structlog

from activities.clock import Clock, wall_clock
from domain.sla.spans import Instant
from readmodel.board import BoardRows, Cell, Load
from starter.access.gate import is_bound
from starter.access.principals import Principal

Counted: TypeAlias = tuple[Instant, list[Cell], list[Load]]
"""When, how many of each sort, and what everybody has in hand."""

FRESH_FOR = 2.0
"""Seconds for which counts are shown again."""

AT_MOST_OF_THE_TIME = 10
"""Counting takes no more than one part in so many of the time: what takes long is done less often."""

TOO_OLD = 30.0
"""Seconds after which nobody is shown old counts any more: whoever looks waits, and hears if it cannot be counted."""

log = structlog.get_logger()


class BoardBook:
    """Counts and loads over the read model. Who looks gets what is there, and new ones are counted meanwhile."""

    def __init__(self, rows: BoardRows, *, clock: Clock = wall_clock, fresh_for: float = FRESH_FOR) -> None:
        self.rows = rows
        self._clock = clock
        self._fresh_for = self._stays_fresh = fresh_for
        self._one_at_a_time = asyncio.Lock()
        self._counted: Counted | None = None
        self._counted_at = 0.0
        self._counting: asyncio.Task[None] | None = None

    async def look(self) -> Counted:
        """When it was counted, the counts, and what everybody has in hand.

        Raises:
            SQLAlchemyError: there are none that are not too old, and the database does not answer.
        """
        if self._counted is None or self._age > self._stays_fresh + TOO_OLD:
            await self._count()
        elif self._age > self._stays_fresh and (self._counting is None or self._counting.done()):
            self._counting = asyncio.create_task(self._count())
            self._counting.add_done_callback(_tell_failure)
        assert self._counted is not None
        return self._counted

    @property
    def _age(self) -> float:
        return time.monotonic() - self._counted_at

    async def _count(self) -> None:
        async with self._one_at_a_time:
            if self._counted is not None and self._age <= self._stays_fresh:
                return  # somebody else has just done so
            at, began = self._clock(), time.monotonic()
            self._counted = (at, await self.rows.cells(at), await self.rows.loads())
            self._counted_at = time.monotonic()
            self._stays_fresh = max(self._fresh_for, AT_MOST_OF_THE_TIME * (self._counted_at - began))


def _tell_failure(counting: asyncio.Task[None]) -> None:
    if not counting.cancelled() and (error := counting.exception()):
        log.warning("board_not_counted", error=type(error).__name__)


def visible(cells: list[Cell], principal: Principal) -> list[Cell]:
    """The counts of what somebody may see: who is bound to teams sees the cases in which these have something to do."""
    if not is_bound(principal):
        return cells
    return [cell for cell in cells if not {*cell.teams}.isdisjoint(principal.teams)]
