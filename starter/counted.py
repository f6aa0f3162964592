"""The counts of the board, read again every few seconds, however many people look at it."""

from __future__ import annotations

import asyncio
import time

from activities.clock import Clock, wall_clock
from domain.sla.spans import Instant
from readmodel.board import BoardRows, Cell, Load
from starter.access.gate import is_bound
from starter.access.principals import Principal

FRESH_FOR = 2.0
"""Seconds for which counts are shown again."""


class BoardBook:
    """Counts and loads over the read model. While somebody reads them anew, the others get what was read before."""

    def __init__(self, rows: BoardRows, *, clock: Clock = wall_clock, fresh_for: float = FRESH_FOR) -> None:
        self.rows = rows
        self._clock = clock
        self._fresh_for = fresh_for
        self._reading = asyncio.Lock()
        self._read: tuple[Instant, list[Cell], list[Load]] | None = None
        self._until = 0.0

    async def look(self) -> tuple[Instant, list[Cell], list[Load]]:
        """When it was counted, the counts, and what everybody has in hand."""
        if self._read and (time.monotonic() < self._until or self._reading.locked()):
            return self._read
        async with self._reading:
            if self._read is None or time.monotonic() >= self._until:
                at = self._clock()
                self._read = (at, await self.rows.cells(at), await self.rows.loads())
                self._until = time.monotonic() + self._fresh_for
            return self._read


def visible(cells: list[Cell], principal: Principal) -> list[Cell]:
    """The counts of what somebody may see: who is bound to teams sees the cases in which these have something to do."""
    if not is_bound(principal):
        return cells
    return [cell for cell in cells if not {*cell.teams}.isdisjoint(principal.teams)]
