"""A return from its arrival to its end, ours and bare."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from temporalio.client import WorkflowHandle

from activities.carrier.embedded import EmbeddedCarrier
from activities.clock import wall_clock
from activities.shop.transactions import ShopBooks
from bench.bare_return import BareReturnWorkflow
from bench.shop_runner import SOON, ShopRunner, customer_of
from bench.tier1 import quiet
from domain import messages as m
from domain.people import Actor, CustomerProfile, Role
from domain.returns.messages import RateReturn, ReturnInput
from domain.returns.state import ReturnStart
from domain.returns.wish import ReturnKind, ReturnReason
from domain.shop.parcels import Direction, Parcel, ParcelStatus, Scan
from domain.shop_case.messages import ParcelScanned
from starter.demo.returns import BOOK, ReturnPart, deliver
from starter.new_return import NewReturn
from starter.opening import Opened

PACKER = Actor(id="warehouse-01", role=Role.AGENT, teams=("warehouse",))


class ReturnRunner(ShopRunner[NewReturn]):
    """Opens and ends returns."""

    STORIES: ClassVar[Mapping[str, Any]] = {
        "claim": ReturnPart("damaged, paid back at once", ReturnKind.CLAIM, BOOK, reason=ReturnReason.DAMAGED),
        "refund": ReturnPart("sent back, inspected, refunded"),
    }

    async def prepare(self, part: ReturnPart, number: int, source: str) -> NewReturn:
        return await deliver(self.ground.engine, self.ground.customers, part, number, source=source)

    async def open_ours(self, new: NewReturn) -> Opened:
        return await self.service.open_return(new)

    def bare(self, told: dict[str, Any]) -> tuple[Any, ReturnStart]:
        asked = ReturnInput.model_validate(told)
        return BareReturnWorkflow.run, ReturnStart(asked=asked, customer=CustomerProfile(id=asked.customer_id))

    async def end(self, new: NewReturn, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        async def settled() -> None:
            if settle:
                await self.ground.news_is_out()
                await quiet(handle)

        await settled()
        if self.story == "refund":
            await self._comes_back(new, handle, settled)
        await self.ask(handle, "rate_return", RateReturn(request_id="rate", actor=customer_of(new), satisfied=True))
        await handle.result()

    async def _comes_back(
        self, new: NewReturn, handle: WorkflowHandle[Any, Any], settled: Callable[[], Awaitable[None]]
    ) -> None:
        """The carrier brings the parcel; somebody in the warehouse looks what is in it."""
        carrier = EmbeddedCarrier(ShopBooks(self.ground.engine))
        parcel = await self._labelled(carrier, new.order_id)
        for status in (ParcelStatus.PICKED_UP, ParcelStatus.DELIVERED):
            await self._scan(carrier, parcel, handle, status)
            await settled()
        (item,) = new.wanted.items
        form: dict[str, object] = {"items": [{"line_id": item.line_id, "sound": item.quantity}]}
        await self.ask(handle, "start_task", m.StartTask(request_id="start", actor=PACKER, task_id="T1"))
        complete = m.CompleteTask(request_id="complete", actor=PACKER, task_id="T1", form=form)
        await self.ask(handle, "complete_task", complete)
        await settled()

    @staticmethod
    async def _labelled(carrier: EmbeddedCarrier, order_id: str) -> Parcel:
        """The customer's parcel, once it has its label."""
        while True:
            for parcel in await carrier.parcels_of(order_id):
                if parcel.direction is Direction.INBOUND:
                    return parcel
            await asyncio.sleep(SOON)

    async def _scan(
        self, carrier: EmbeddedCarrier, parcel: Parcel, handle: WorkflowHandle[Any, Any], status: ParcelStatus
    ) -> None:
        """The carrier sees the parcel. Ours is told by the relay."""
        event = f"{parcel.id}:{status.value}"
        await carrier.accept_scan(Scan(event_id=event, parcel_id=parcel.id, status=status, at=wall_clock()))
        if self.kind == "bare":
            await handle.signal("parcel_scanned", ParcelScanned(event_id=event, parcel_id=parcel.id))
        await asyncio.sleep(SOON)
