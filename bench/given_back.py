"""A return from its arrival to its end, ours and bare, through the same calls of Temporal's client."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.carrier.embedded import EmbeddedCarrier
from activities.clock import wall_clock
from activities.shop.transactions import ShopBooks
from bench.bare_return import BareReturnWorkflow
from bench.ground import Ground
from bench.tier1 import quiet
from domain import messages as m
from domain.people import Actor, CustomerProfile, Role
from domain.returns.messages import RateReturn, ReturnInput
from domain.returns.state import ReturnStart
from domain.returns.wish import ReturnKind, ReturnReason
from domain.shop.parcels import Direction, ParcelStatus, Scan
from domain.shop_case.messages import ParcelScanned
from starter.case_service import CaseService
from starter.demo.returns import BOOK, ReturnPart, deliver
from starter.new_return import NewReturn

STORIES = {
    "claim": ReturnPart("damaged, paid back at once", ReturnKind.CLAIM, BOOK, reason=ReturnReason.DAMAGED),
    "refund": ReturnPart("sent back, inspected, refunded"),
}
PACKER = Actor(id="warehouse-01", role=Role.AGENT, teams=("warehouse",))
SOON = 0.5
"""Seconds after which somebody acts, and tries again; the same for both."""

NOT_YET = ("wrong_status", "task_not_found")
_NUMBERS = itertools.count(1)


@dataclass
class GivenBack:
    """Opens and ends returns of one story, of ours or of the bare kind."""

    ground: Ground
    kind: str
    story: str
    service: CaseService = field(init=False)

    def __post_init__(self) -> None:
        self.service = self.ground.service()
        self.carrier = EmbeddedCarrier(ShopBooks(self.ground.engine))

    async def order(self) -> NewReturn:
        """Deliver the next order; returns the wish to give it back. No part of what is measured."""
        ground, number = self.ground, next(_NUMBERS)
        return await deliver(ground.engine, ground.customers, STORIES[self.story], number, source=f"bench-{self.kind}")

    async def open(self, new: NewReturn) -> WorkflowHandle[Any, Any]:
        """Ask for the return: ours through the service, the bare one by starting its workflow."""
        if self.kind == "ours":
            opened = await self.service.open_return(new)
            return self.ground.client.get_workflow_handle(opened.case_id)
        case_id = f"B-{new.reference}"
        told = {**new.model_dump(), "case_id": case_id, "policy": self.ground.version, "arrived_at": wall_clock()}
        start = ReturnStart(asked=ReturnInput.model_validate(told), customer=CustomerProfile(id=new.customer_id))
        return await self.ground.client.start_workflow(BareReturnWorkflow.run, start, id=case_id, task_queue="bare")

    async def end(self, new: NewReturn, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        """Do what customer, carrier and warehouse do; with `settle` each message is out before the next thing."""

        async def settled() -> None:
            if settle:
                await self.ground.news_is_out()
                await quiet(handle)

        await settled()
        if self.story == "refund":
            await self._comes_back(new, handle, settled)
        await self._ask(handle, "rate_return", RateReturn(request_id="rate", actor=_customer(new), satisfied=True))
        await handle.result()

    async def run(self, cases: int, in_flight: int) -> float:
        """Open and end so many returns, so many at a time; returns cases a second."""
        wishes = [await self.order() for _ in range(cases)]
        await self.ground.news_is_out()
        places = asyncio.Semaphore(in_flight)

        async def one(new: NewReturn) -> None:
            async with places:
                await self.end(new, await self.open(new))

        started = time.perf_counter()
        await asyncio.gather(*(one(new) for new in wishes))
        return cases / (time.perf_counter() - started)

    async def _comes_back(self, new: NewReturn, handle: WorkflowHandle[Any, Any], settled: Any) -> None:
        for status in (ParcelStatus.PICKED_UP, ParcelStatus.DELIVERED):
            await self._scan(new, handle, status)
            await settled()
        (item,) = new.wanted.items
        form: dict[str, object] = {"items": [{"line_id": item.line_id, "sound": item.quantity}]}
        await self._ask(handle, "start_task", m.StartTask(request_id="start", actor=PACKER, task_id="T1"))
        await self._ask(
            handle, "complete_task", m.CompleteTask(request_id="complete", actor=PACKER, task_id="T1", form=form)
        )
        await settled()

    async def _scan(self, new: NewReturn, handle: WorkflowHandle[Any, Any], status: ParcelStatus) -> None:
        """The carrier sees the customer's parcel, once it has its label. Ours is told by the relay."""
        while True:
            parcels = await self.carrier.parcels_of(new.order_id)
            inbound = [parcel for parcel in parcels if parcel.direction is Direction.INBOUND]
            if inbound:
                break
            await asyncio.sleep(SOON)
        event = f"{inbound[0].id}:{status.value}"
        scan = Scan(event_id=event, parcel_id=inbound[0].id, status=status, at=wall_clock())
        await self.carrier.accept_scan(scan)
        if self.kind == "bare":
            await handle.signal("parcel_scanned", ParcelScanned(event_id=event, parcel_id=inbound[0].id))
        await asyncio.sleep(SOON)

    async def _ask(self, handle: WorkflowHandle[Any, Any], verb: str, request: m.Request) -> None:
        """Ask; again only where it is too early."""
        while True:
            try:
                await handle.execute_update(
                    verb, request, id=f"{request.request_id}:{request.fingerprint()}", result_type=m.Answer
                )
            except WorkflowUpdateFailedError as error:
                if not isinstance(error.cause, ApplicationError) or error.cause.type not in NOT_YET:
                    raise
                await asyncio.sleep(SOON)
            else:
                return


def _customer(new: NewReturn) -> Actor:
    return Actor(id=new.customer_id, role=Role.CUSTOMER)
