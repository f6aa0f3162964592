"""What everybody does who plays in a case, whatever it is about: look, do what is theirs to do, and look again."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import count

from domain import messages as m
from domain.catalog import CASE_TYPES
from domain.errors import CaseError
from domain.messages import CaseView, Request, TaskView
from domain.people import Actor, Role
from domain.tasks import ACTIVE
from starter.actors import staff_member
from starter.case_lines import CaseLine
from starter.demo.stage import Stage
from starter.refusals import UnavailableError

Move = Callable[[CaseView], Awaitable[None]]


class CasePlayer(ABC):
    """Everybody who takes part in one case. Subclasses say how it comes in, and what is done in which status."""

    def __init__(self, stage: Stage, lot: random.Random) -> None:
        self.stage = stage
        self.lot = lot
        self.service = stage.house.doors.service
        self.case_id = ""
        self._requests: Iterator[int] = count(1)

    @property
    @abstractmethod
    def moves(self) -> Mapping[str, Move]:
        """What is done in each status; in others everybody waits."""

    @property
    @abstractmethod
    def customer_id(self) -> str:
        """Whose case it is."""

    @abstractmethod
    async def come_in(self) -> str:
        """Open the case; returns its number."""

    async def open(self) -> None:
        """The case comes in."""
        self.case_id = await self.come_in()
        self.stage.opened.append(self.case_id)

    async def play(self) -> None:
        """From the arrival until the case is over."""
        with self.stage.busy():
            while (view := await self._look()).status not in CASE_TYPES[view.case_type].over:
                try:
                    await self.moves.get(view.status, self._wait)(view)
                except UnavailableError:
                    await asyncio.sleep(0.5)
                except CaseError:  # a colleague or a clock was faster
                    await asyncio.sleep(0.1)
        await self._until(lambda line: not line.running)

    @property
    def customer(self) -> Actor:
        """The customer, as who asks."""
        return Actor(id=self.customer_id, role=Role.CUSTOMER)

    async def _look(self) -> CaseView:
        while True:
            try:
                return await self.service.snapshot(self.case_id)
            except UnavailableError:
                await asyncio.sleep(0.5)

    async def _until(self, holds: Callable[[CaseLine], bool]) -> None:
        with self.stage.idle():
            await self.stage.until(self.case_id, holds)

    async def _owner(self, task: TaskView) -> Actor:
        """Who has the task; if nobody, somebody who may starts on it."""
        if task.owner:
            return self._staff(task.owner)
        await self._pause(0.05, 0.3)
        person = self._staff(self.lot.choice(task.eligible))
        await self._ask("start_task", m.StartTask, person, task_id=task.id)
        return person

    async def _complete(self, task: TaskView, /, **form: object) -> None:
        person = await self._owner(task)
        await self._ask("complete_task", m.CompleteTask, person, task_id=task.id, form=form)

    async def _wait(self, _: CaseView) -> None:
        await asyncio.sleep(0.3)

    async def _pause(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self.lot.uniform(shortest, longest))

    def _staff(self, person: str) -> Actor:
        return staff_member(self.stage.house.policy, person)

    def _request_id(self) -> str:
        return f"demo-{next(self._requests)}"

    async def _ask(self, verb: str, request_type: type[Request], actor: Actor, **fields: object) -> None:
        request = request_type.model_validate({"request_id": self._request_id(), "actor": actor, **fields})
        with self.stage.measured():
            await self.service.act(self.case_id, verb, request)


def is_active(task: TaskView) -> bool:
    """Whether somebody still has to do it."""
    return task.state in ACTIVE


def active(view: CaseView, kind: str) -> TaskView | None:
    """The case's task of this kind that somebody still has to do."""
    return next((task for task in view.tasks if task.kind == kind and is_active(task)), None)
