"""Agents and customers under chaos: they act, and repeat with the same request id what got no answer."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from itertools import count
from typing import Any

from temporalio.service import RPCError

from activities.customers.port import Registration
from bench.ground import Ground
from domain import messages as m
from domain.complaint import messages as c
from domain.complaint import tasks as kinds
from domain.errors import CaseError
from domain.messages import CaseView, Request, TaskView
from domain.people import Actor, Channel, CustomerProfile, DeliveryChannel, Role
from domain.tasks import ACTIVE
from starter.actors import staff_member
from starter.case_service import CaseService
from starter.new_complaint import NewComplaint
from starter.refusals import UnavailableError

OVER = ("closed", "withdrawn", "merged")
AGAIN = 0.3
"""Seconds until something that got no answer is asked again."""

FORMS: dict[str, dict[str, object]] = {
    kinds.RESOLVE: {"solution": "We put it right."},
    kinds.SUMMARISE: {"summary": "It was put right.", "cause": "chaos"},
    kinds.ROOT_CAUSE: {
        "root_cause": "a kill",
        "preventive_measure": "durable execution",
        "measure_owner": "quality-01",
        "measure_due": "2027-01-31",
    },
    kinds.FOLLOW_UP: {"score": 5, "remarks": "satisfied"},
    kinds.CONTACT: {"reached": True, "how": "by telephone"},
    kinds.CHECK_DELIVERY: {"arrived": True, "how_known": "asked the customer"},
    kinds.APPROVE_GOODWILL: {"approved": True, "remarks": "fair"},
}


@dataclass
class Crowd:
    """Everybody who acts.

    Attributes:
        cases: ids of the cases that were opened and acknowledged.
        acknowledged: requests that were answered, as case id and request id.
        repeated: how often something had to be asked again.
        rebuffs: what each case got last instead of an answer, or as a refusal.
    """

    ground: Ground
    seed: int

    def __post_init__(self) -> None:
        self.service: CaseService = self.ground.service()
        self.cases: list[str] = []
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
        customer = Actor(id=f"K{number:06d}", role=Role.CUSTOMER)
        addresses = dict.fromkeys(DeliveryChannel, f"{customer.id}@example.invalid")
        profile = CustomerProfile(id=customer.id)
        await self.ground.customers.register(Registration(profile=profile, addresses=addresses))
        new = NewComplaint(
            source="chaos",
            reference=str(number),
            channel=lot.choice(tuple(Channel)),
            customer_id=customer.id,
            subject="It broke",
            upset=lot.random() < 0.1,
        )
        opened = await self._insist(new.reference, lambda: self.service.open_complaint(new))
        self.cases.append(opened.case_id)
        if len(self.cases) >= cases // 2:
            self.half_open.set()
        await asyncio.sleep(lot.uniform(0, spread))
        await _Case(self, opened.case_id, customer, lot).to_the_end()
        self.ended.add(opened.case_id)

    def left(self) -> list[str]:
        """Cases that have not ended yet."""
        return sorted(set(self.cases) - self.ended)

    async def _insist(self, about: str, ask: Any) -> Any:
        while True:
            try:
                async with self._at_once:
                    return await ask()
            except (UnavailableError, RPCError, RuntimeError) as error:
                self.rebuffs[about] = f"{error!r} because of {error.__cause__!r}"
                self.repeated += 1
                await asyncio.sleep(AGAIN)


@dataclass
class _Case:
    crowd: Crowd
    case_id: str
    customer: Actor
    lot: random.Random

    def __post_init__(self) -> None:
        self.requests = count(1)
        self.rejects = self.lot.random() < 0.1
        self.withdraws = self.lot.random() < 0.05

    async def to_the_end(self) -> None:
        while (view := await self._look()).status not in OVER:
            await asyncio.sleep(self.lot.uniform(0.2, 1.5))
            try:
                await self._move(view)
            except CaseError as error:
                # A clock or a colleague was faster; look again.
                self.crowd.rebuffs[self.case_id] = repr(error)

    async def _look(self) -> CaseView:
        view: CaseView = await self.crowd._insist(self.case_id, lambda: self.crowd.service.snapshot(self.case_id))
        return view

    async def _move(self, view: CaseView) -> None:
        active = [task for task in view.tasks if task.state in ACTIVE]
        doubtful = [task for task in active if task.kind in (kinds.CONTACT, kinds.CHECK_DELIVERY)]
        if doubtful:
            await self._do(doubtful[0])
        elif view.status == "solution_offered":
            satisfied, self.rejects = not self.rejects, False
            await self._ask("answer_solution", c.AnswerSolution, self.customer, satisfied=satisfied)
        elif self.withdraws and view.status == "in_progress":
            await self._ask("withdraw", c.Withdraw, self.customer)
        elif active:
            await self._do(active[0])

    async def _do(self, task: TaskView) -> None:
        owner = staff_member(self.crowd.ground.policy, task.owner or self.lot.choice(task.eligible))
        if task.owner is None:
            await self._ask("start_task", m.StartTask, owner, task_id=task.id)
            if task.kind == kinds.RESOLVE:
                await self._ask("reply", c.Reply, owner, text="I am on it.")
        await self._ask("complete_task", m.CompleteTask, owner, task_id=task.id, form=FORMS[task.kind])

    async def _ask(self, verb: str, request_type: type[Request], actor: Actor, **fields: object) -> None:
        number = f"chaos-{next(self.requests)}"
        request = request_type.model_validate({"request_id": number, "actor": actor, **fields})
        await self.crowd._insist(self.case_id, lambda: self.crowd.service.act(self.case_id, verb, request))
        self.crowd.acknowledged.append((self.case_id, number))
