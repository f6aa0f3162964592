"""One case under chaos, and what everybody does in it: look, act, and ask again what got no answer."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from bench.crowd import Crowd
from domain import messages as m
from domain import requests as r
from domain.catalog import CASE_TYPES
from domain.complaint import tasks as kinds
from domain.errors import CaseError
from domain.messages import CaseView, Request, TaskView
from domain.people import Actor
from domain.shop_case.tasks import APPROVE, SETTLE, VERIFY
from domain.tasks import ACTIVE
from domain.worked_case import CHECK_DELIVERY, CONTACT
from starter.actors import staff_member

OVER = {status for case_type in CASE_TYPES.values() for status in case_type.over}

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
    CONTACT: {"reached": True, "how": "by telephone"},
    CHECK_DELIVERY: {"arrived": True, "how_known": "asked the customer"},
    kinds.APPROVE_GOODWILL: {"approved": True, "remarks": "fair"},
    VERIFY: {"verified": True, "how": "knew what had been ordered"},
    APPROVE: {"approved": True, "remarks": "fair"},
    SETTLE: {"how": "at the shop itself"},
}


@dataclass
class PlayedCase(ABC):
    """One case, and everybody who acts in it; subclasses say what is to be done."""

    crowd: Crowd
    case_id: str
    customer: Actor
    lot: random.Random

    def __post_init__(self) -> None:
        self.requests = count(1)

    @abstractmethod
    async def move(self, view: CaseView) -> None:
        """Do what is to be done now, if anything is."""

    async def to_the_end(self) -> None:
        """Look and act until the case is over."""
        while (view := await self._look()).status not in OVER:
            await asyncio.sleep(self.lot.uniform(0.2, 1.5))
            try:
                await self.move(view)
            except CaseError as error:
                # A clock or a colleague was faster; look again.
                self.crowd.rebuffs[self.case_id] = repr(error)

    async def _look(self) -> CaseView:
        view: CaseView = await self.crowd.insist(self.case_id, lambda: self.crowd.service.snapshot(self.case_id))
        return view

    async def reach(self, view: CaseView) -> bool:
        """Find out about messages, where somebody must; whether there was any to find out about."""
        tasks = [task for task in view.tasks if task.state in ACTIVE and task.kind in (CONTACT, CHECK_DELIVERY)]
        if tasks:
            await self.do(tasks[0])
        return bool(tasks)

    async def do(self, task: TaskView) -> None:
        """Have somebody who may take a task and complete it."""
        owner = await self.own(task)
        await self.complete(owner, task, FORMS[task.kind])

    async def own(self, task: TaskView) -> Actor:
        """Who has a task, after somebody has taken it."""
        owner = staff_member(self.crowd.ground.policy, task.owner or self.lot.choice(task.eligible))
        if task.owner is None:
            await self.ask("start_task", m.StartTask, owner, task_id=task.id)
            if task.kind == kinds.RESOLVE:
                await self.ask("reply", r.Reply, owner, text="I am on it.")
        return owner

    async def complete(self, owner: Actor, task: TaskView, form: Mapping[str, object]) -> None:
        """Finish a task."""
        await self.ask("complete_task", m.CompleteTask, owner, task_id=task.id, form=dict(form))

    async def ask(self, verb: str, request_type: type[Request], actor: Actor, **fields: object) -> None:
        """Ask, with the same request id, until there is an answer."""
        number = f"chaos-{next(self.requests)}"
        request = request_type.model_validate({"request_id": number, "actor": actor, **fields})
        await self.crowd.insist(self.case_id, lambda: self.crowd.service.act(self.case_id, verb, request))
        self.crowd.acknowledged.append((self.case_id, number))
