"""What everybody on the stage sees: the cases as Temporal lists them, read in one go, and how busy the house is."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.catalog import CASE_TYPES
from starter.case_lines import CaseLine
from starter.refusals import UnavailableError
from starter.upkeep import Upkeep

LOOK_EVERY = 0.5
"""Seconds between two looks at the list."""

LET_IN_EVERY = 0.33
"""Seconds between two complaints."""

AT_WORK = 14
"""Cases on which somebody is at work at the same time; cases in which everybody waits do not count."""

PROMPT = 0.4
"""Seconds within which the house must answer before another complaint is let in."""


@dataclass
class Stage:
    """The house and the cases in it.

    Attributes:
        opened: ids of the cases that came in.
        at_work: cases on which somebody is at work.
        answers_in: seconds that the house took for its last answers, the newest counting most.
    """

    house: Upkeep
    lines: dict[str, CaseLine] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    at_work: int = 0
    answers_in: float = 0.0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def watch(self) -> None:
        """Read the list until cancelled."""
        while True:
            try:
                self.lines = {line.case_id: line async for line in self.house.doors.service.cases()}
            except UnavailableError:
                continue
            finally:
                await asyncio.sleep(LOOK_EVERY)
            async with self.changed:
                self.changed.notify_all()

    async def until(self, case_id: str, holds: Callable[[CaseLine], bool]) -> None:
        """Wait until something is true of a case."""

        def seen() -> bool:
            line = self.lines.get(case_id)
            return line is not None and holds(line)

        async with self.changed:
            await self.changed.wait_for(seen)

    async def room(self) -> None:
        """Wait until another complaint may come in, so that what is seen is the service and not an overload."""
        await asyncio.sleep(LET_IN_EVERY)
        while self.at_work >= AT_WORK or self.answers_in > PROMPT:
            await asyncio.sleep(LET_IN_EVERY)
            self.answers_in *= 0.9

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Somebody is at work on a case."""
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1

    @contextmanager
    def idle(self) -> Iterator[None]:
        """Everybody waits."""
        self.at_work -= 1
        try:
            yield
        finally:
            self.at_work += 1

    @contextmanager
    def measured(self) -> Iterator[None]:
        """One answer of the house."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.answers_in = 0.7 * self.answers_in + 0.3 * (time.monotonic() - began)

    @property
    def closed(self) -> int:
        """Cases that are over."""
        return sum(not line.running for line in self.lines.values())

    def summary(self) -> str:
        """Where everything stands, on one line."""
        open_lines = [line for line in self.lines.values() if line.running]
        places = Counter(_place(line) for line in open_lines)
        where = ", ".join(f"{count} {place}{_plural(place, count)}" for place, count in sorted(places.items()))
        missed = sum(line.breached for line in self.lines.values())
        at_hand = f"{len(self.opened)} in, {len(open_lines)} open"
        return f"{at_hand} ({where or 'none'}), {self.closed} closed, {missed} with a missed promise"


def _place(line: CaseLine) -> str:
    """Where a case is, in few words: its tier, or its type where there are no tiers."""
    return f"in tier {line.tier}" if line.tier else f"{CASE_TYPES[line.case_type].title}"


def _plural(place: str, count: int) -> str:
    return "s" if count != 1 and not place.startswith("in ") else ""
