"""Agents and customers under chaos: they act, and repeat with the same request id what got no answer."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from temporalio.service import RPCError

from activities.customers.port import Registration
from bench.crowd_changes import open_change
from bench.crowd_returns import open_returned
from bench.ground import Ground
from bench.played import PlayedCase
from domain.complaint import messages as c
from domain.messages import CaseView
from domain.people import Actor, Channel, CustomerProfile, DeliveryChannel, Role
from domain.tasks import ACTIVE
from starter.case_service import CaseService
from starter.new_complaint import NewComplaint
from starter.refusals import UnavailableError

AGAIN = 0.3
"""Seconds until something that got no answer is asked again."""


@dataclass
class Crowd:
    """Everybody who acts.

    Attributes:
        cases: ids of the cases that were opened and acknowledged.
        orders: the shop's orders that cases are about.
        returns: of those of the cases that are returns the order, by case.
        acknowledged: requests that were answered, as case id and request id.
        repeated: how often something had to be asked again.
        rebuffs: what each case got last instead of an answer, or as a refusal.
    """

    ground: Ground
    seed: int

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
        case = await _OPENED[number % len(_OPENED)](self, number, lot)
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


class _Complaint(PlayedCase):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.rejects = self.lot.random() < 0.1
        self.withdraws = self.lot.random() < 0.05

    async def move(self, view: CaseView) -> None:
        active = [task for task in view.tasks if task.state in ACTIVE]
        if await self.reach(view):
            return
        if view.status == "solution_offered":
            satisfied, self.rejects = not self.rejects, False
            await self.ask("answer_solution", c.AnswerSolution, self.customer, satisfied=satisfied)
        elif self.withdraws and view.status == "in_progress":
            await self.ask("withdraw", c.Withdraw, self.customer)
        elif active:
            await self.do(active[0])


async def open_complaint(crowd: Crowd, number: int, lot: random.Random) -> PlayedCase:
    """Make a customer known, and open a complaint."""
    customer = Actor(id=f"K{number:06d}", role=Role.CUSTOMER)
    addresses = dict.fromkeys(DeliveryChannel, f"{customer.id}@example.invalid")
    profile = CustomerProfile(id=customer.id)
    await crowd.ground.customers.register(Registration(profile=profile, addresses=addresses))
    new = NewComplaint(
        source="chaos",
        reference=str(number),
        channel=lot.choice(tuple(Channel)),
        customer_id=customer.id,
        subject="It broke",
        upset=lot.random() < 0.1,
    )
    opened = await crowd.insist(new.reference, lambda: crowd.service.open_complaint(new))
    return _Complaint(crowd, opened.case_id, customer, lot)


_OPENED = (open_complaint, open_complaint, open_change, open_returned)
"""What comes in, in turn."""
