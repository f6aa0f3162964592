"""An order change from its arrival to its end, ours and bare, through the same calls of Temporal's client."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.clock import wall_clock
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from bench.bare_change import BareOrderChangeWorkflow
from bench.ground import Ground
from bench.tier1 import quiet
from domain.messages import Answer
from domain.order_change.messages import AnswerChange, OrderChangeInput
from domain.order_change.state import OrderChangeStart
from domain.people import Actor, CustomerProfile, Role
from domain.shop.errors import ShopError
from domain.shop_case.messages import PaymentSettled
from starter.case_service import CaseService
from starter.demo.changes import ChangePart, place
from starter.new_order_change import NewOrderChange

STORIES = {
    "at_once": ChangePart("another address, inside the window", "address"),
    "paid": ChangePart("one piece more, shown, accepted and paid", "more"),
}

SOON = 0.5
"""Seconds after which the customer acts, and tries again; the same for both."""

_NUMBERS = itertools.count(1)


@dataclass
class Change:
    """Opens and ends order changes of one story, of ours or of the bare kind."""

    ground: Ground
    kind: str
    story: str
    service: CaseService = field(init=False)

    def __post_init__(self) -> None:
        self.service = self.ground.service()
        self.payments = EmbeddedPaymentGateway(ShopBooks(self.ground.engine))

    async def order(self) -> NewOrderChange:
        """Place the next order; returns the wish to change it. No part of what is measured."""
        ground, number = self.ground, next(_NUMBERS)
        return await place(ground.engine, ground.customers, STORIES[self.story], number, source=f"bench-{self.kind}")

    async def open(self, new: NewOrderChange) -> WorkflowHandle[Any, Any]:
        """Ask for the change: ours through the service, the bare one by starting its workflow."""
        if self.kind == "ours":
            opened = await self.service.open_order_change(new)
            return self.ground.client.get_workflow_handle(opened.case_id)
        case_id = f"B-{new.reference}"
        told = {**new.model_dump(), "case_id": case_id, "policy": self.ground.version, "arrived_at": wall_clock()}
        change = OrderChangeInput.model_validate(told)
        start = OrderChangeStart(change=change, customer=CustomerProfile(id=new.customer_id))
        return await self.ground.client.start_workflow(
            BareOrderChangeWorkflow.run, start, id=case_id, task_queue="bare"
        )

    async def end(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        """Do what the customer does; with `settle` each message is out before the next thing is done."""
        if self.story == "paid":
            if settle:
                await quiet(handle)
            await self._accept(new, handle)
            if settle:
                await quiet(handle)
            await self._pay(new, handle)
        await handle.result()

    async def run(self, cases: int, in_flight: int) -> float:
        """Open and end so many changes, so many at a time; returns cases a second."""
        wishes = [await self.order() for _ in range(cases)]
        await self.ground.news_is_out()
        places = asyncio.Semaphore(in_flight)

        async def one(new: NewOrderChange) -> None:
            async with places:
                await self.end(new, await self.open(new))

        started = time.perf_counter()
        await asyncio.gather(*(one(new) for new in wishes))
        return cases / (time.perf_counter() - started)

    async def _accept(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any]) -> None:
        """Accept the price; again only where it has not been shown yet."""
        customer = Actor(id=new.customer_id, role=Role.CUSTOMER)
        request = AnswerChange(request_id="accept", actor=customer, accepted=True)
        while True:
            await asyncio.sleep(SOON)
            try:
                await handle.execute_update(
                    "answer_change", request, id=f"accept:{request.fingerprint()}", result_type=Answer
                )
            except WorkflowUpdateFailedError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type != "wrong_status":
                    raise
            else:
                return

    async def _pay(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any]) -> None:
        """Pay at the shop; again only where the payment has not been asked for yet. Ours is told by the relay."""
        key = f"{handle.id}:collect_payment:1"
        while True:
            await asyncio.sleep(SOON)
            try:
                await self.payments.pay(key, new.order_id)
            except ShopError:
                continue
            if self.kind == "bare":
                await handle.signal("payment_settled", PaymentSettled(event_id=f"paid:{key}", key=key))
            return
