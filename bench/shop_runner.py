"""Cases at the shop from their arrival to their end, ours and bare, through the same calls of Temporal's client."""

from __future__ import annotations

import asyncio
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.clock import wall_clock
from bench.ground import ANSWERED_WITHIN, Ground
from domain import messages as m
from domain.people import Actor, Role
from starter.asking import acted
from starter.case_service import CaseService
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.opening import Opened

SOON = 0.5
"""Seconds after which somebody acts, and tries again; the same for both."""

NOT_YET = ("wrong_status", "task_not_found")
_NUMBERS = itertools.count(1)

NewT = TypeVar("NewT", NewOrderChange, NewReturn)


@dataclass
class ShopRunner(ABC, Generic[NewT]):
    """Opens and ends cases of one story, of ours or of the bare kind.

    Attributes:
        kind: `ours` or `bare`.
        story: a key of the subclass's `STORIES`.
    """

    STORIES: ClassVar[Mapping[str, Any]]
    """What is played, by name."""
    ground: Ground
    kind: str
    story: str
    service: CaseService = field(init=False)

    def __post_init__(self) -> None:
        self.service = self.ground.service()

    async def order(self) -> NewT:
        """Prepare the next order; returns the wish about it. No part of what is measured."""
        return await self.prepare(self.STORIES[self.story], next(_NUMBERS), f"bench-{self.kind}")

    async def open(self, new: NewT) -> WorkflowHandle[Any, Any]:
        """Ask: ours through the service, the bare one by starting its workflow."""
        if self.kind == "ours":
            return self.ground.client.get_workflow_handle((await self.open_ours(new)).case_id)
        case_id = f"B-{new.reference}"
        told = {**new.model_dump(), "case_id": case_id, "policy": self.ground.version, "arrived_at": wall_clock()}
        run, start = self.bare(told)
        handle: WorkflowHandle[Any, Any] = await self.ground.client.start_workflow(
            run, start, id=case_id, task_queue="bare"
        )
        return handle

    async def run(self, cases: int, in_flight: int) -> float:
        """Open and end so many cases, so many at a time; returns cases a second."""
        wishes = [await self.order() for _ in range(cases)]
        await self.ground.news_is_out()
        places = asyncio.Semaphore(in_flight)

        async def one(new: NewT) -> None:
            async with places:
                await self.end(new, await self.open(new))

        started = time.perf_counter()
        await asyncio.gather(*(one(new) for new in wishes))
        return cases / (time.perf_counter() - started)

    async def ask(self, handle: WorkflowHandle[Any, Any], verb: str, request: m.Request) -> None:
        """Ask; again only where it is too early."""
        while True:
            try:
                await acted(handle, verb, request, ANSWERED_WITHIN)
            except WorkflowUpdateFailedError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type not in NOT_YET:
                    raise
                await asyncio.sleep(SOON)
            else:
                return

    @abstractmethod
    async def prepare(self, part: Any, number: int, source: str) -> NewT:
        """Have an order as the story needs it, and word the wish about it."""

    @abstractmethod
    async def open_ours(self, new: NewT) -> Opened:
        """Ask through the service."""

    @abstractmethod
    def bare(self, told: dict[str, Any]) -> tuple[Any, Any]:
        """The bare workflow, and its start from the content of the wish."""

    @abstractmethod
    async def end(self, new: NewT, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        """Do what everybody else does; with `settle` each message is out before the next thing is done."""


def customer_of(new: NewOrderChange | NewReturn) -> Actor:
    """Whoever asked."""
    return Actor(id=new.customer_id, role=Role.CUSTOMER)
