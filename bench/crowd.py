"""Agents and customers under chaos: they act, and repeat with the same request id what got no answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from temporalio.service import RPCError

from bench.ground import Ground
from starter.case_service import CaseService
from starter.refusals import UnavailableError

AGAIN = 0.3
"""Seconds until something that got no answer is asked again."""


class Played(Protocol):
    """A case that was opened and that somebody brings to its end."""

    case_id: str

    async def to_the_end(self) -> None:
        """Act until it is over."""


Opener: TypeAlias = "Callable[[Crowd, int, random.Random], Awaitable[Played]]"
"""Opens a case, given its number and its own dice."""


@dataclass
class Crowd:
    """Everybody who acts.

    Attributes:
        openers: what comes in, in turn.
        cases: ids of the cases that were opened and acknowledged.
        orders: the shop's orders that cases are about.
        returns: of those of the cases that are returns the order, by case.
        acknowledged: requests that were answered, as case id and request id.
        repeated: how often something had to be asked again.
        rebuffs: what each case got last instead of an answer, or as a refusal.
    """

    ground: Ground
    seed: int
    openers: Sequence[Opener]

    def __post_init__(self) -> None:
        self.service: CaseService = self.ground.service()
        self.cases: list[str] = []
        self.orders: list[str] = []
        self.returns: dict[str, str] = {}
        self.acknowledged: list[tuple[str, str]] = []
        self.repeated = 0
        self.rebuffs: dict[str, str] = {}
        self.half_open = asyncio.Event()
        self.ended: set[str] = set()
        self._at_once = asyncio.Semaphore(24)

    async def play(self, cases: int, spread: float) -> None:
        """Open that many cases and bring each to its end, beginning within `spread` seconds."""
        async with asyncio.TaskGroup() as group:
            for number in range(cases):
                group.create_task(self._case(number, cases, spread))

    async def _case(self, number: int, cases: int, spread: float) -> None:
        lot = random.Random(self.seed * 10_000 + number)
        case = await self.openers[number % len(self.openers)](self, number, lot)
        self.cases.append(case.case_id)
        if len(self.cases) >= cases // 2:
            self.half_open.set()
        await asyncio.sleep(lot.uniform(0, spread))
        await case.to_the_end()
        self.ended.add(case.case_id)

    def left(self) -> list[str]:
        """Cases that have not ended yet."""
        return sorted(set(self.cases) - self.ended)

    async def insist(self, about: str, ask: Any) -> Any:
        """Ask until there is an answer; what it got instead is kept under what it is about."""
        while True:
            try:
                async with self._at_once:
                    return await ask()
            except (UnavailableError, RPCError, RuntimeError) as error:
                self.rebuffs[about] = f"{error!r} because of {error.__cause__!r}"
                self.repeated += 1
                await asyncio.sleep(AGAIN)
