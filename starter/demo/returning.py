"""The players of returns: customers, the carrier, the warehouse that inspects, those who repair, decide and approve."""

from __future__ import annotations

import random
from collections.abc import Mapping

from activities.clock import wall_clock
from domain.messages import CaseView
from domain.returns import messages as m
from domain.returns import tasks
from domain.returns.machine import ReturnCaseStatus
from domain.returns.wish import ReturnKind
from domain.shop.parcels import ParcelStatus, Scan
from domain.shop_case.messages import OrderMoved
from starter.demo.at_the_shop import ShopPlayer
from starter.demo.playing import Move, active
from starter.demo.returns import ReturnPart, deliver
from starter.demo.stage import Stage
from starter.new_return import NewReturn

REPAIR_PRICE = {"minor": 8_000, "currency": "CNY"}


class ReturnPlayer(ShopPlayer[NewReturn]):
    """Everybody who takes part in one return."""

    def __init__(self, stage: Stage, part: ReturnPart, number: int, lot: random.Random) -> None:
        super().__init__(stage, lot)
        self.part = part
        self.number = number
        self.inspected = 0

    @property
    def moves(self) -> Mapping[str, Move]:
        status = ReturnCaseStatus
        return {
            status.DECIDING: self._decide,
            status.AWAITING_ANSWER: self._customer_answers,
            status.AWAITING_PAYMENT: self.pay,
            status.AWAITING_PARCEL: self._customer_sends,
            status.IN_TRANSIT: self._carrier_brings_it,
            status.TRACING: self._trace,
            status.INSPECTING: self._inspect,
            status.APPROVING: self.approve,
            status.SETTLING: self.by_hand,
            status.UNDOING: self.by_hand,
            status.REPAIRING: self._repair,
            status.TESTING: self._test,
            status.SENDING: self._goods_go_out,
            status.CONFIRMING: self._customer_rates,
        }

    async def come_in(self) -> str:
        store = self.stage.house.doors.store
        self._wish = await deliver(store.engine, store.customers, self.part, self.number)
        return (await self.service.open_return(self.wish)).case_id

    # Staff.

    async def _decide(self, view: CaseView) -> None:
        if task := active(view, tasks.DECIDE):
            await self._pause(0.2, 0.6)
            await self._complete(task, approved=self.part.decision, reason="as the goods were when they left us")

    async def _trace(self, view: CaseView) -> None:
        if task := active(view, tasks.TRACE):
            await self._complete(task, found="lost", how="the carrier admits it")

    async def _inspect(self, view: CaseView) -> None:
        task = active(view, tasks.INSPECT)
        if task is None:
            await self.by_hand(view)
            return
        await self._pause(0.3, 1.0)
        first = self.inspected == 0
        (item,) = self.wish.wanted.items
        pieces = 1 if self.part.short else item.quantity
        found = {"line_id": item.line_id, "sound": pieces, "accepted": self.part.accepted}
        form: dict[str, object] = {"items": [found], "more_to_come": self.part.short and first}
        if not self.part.accepted:
            form["reason"] = "it has been in the water"
        if self.part.kind is ReturnKind.REPAIR:
            form["repair_price"] = REPAIR_PRICE
        await self._complete(task, **form)
        self.inspected += 1

    async def _repair(self, view: CaseView) -> None:
        if task := active(view, tasks.REPAIR):
            await self._pause(0.5, 1.0)
            await self._complete(task, repaired=True, what="a new lining")

    async def _test(self, view: CaseView) -> None:
        if task := active(view, tasks.TEST):
            await self._complete(task, passed=True, remarks="as good as new")

    # The customer.

    async def _customer_answers(self, view: CaseView) -> None:
        await self._pause(0.3, 0.8)
        await self._ask("answer_return", m.AnswerReturn, self.customer, accepted=True)

    async def _customer_sends(self, view: CaseView) -> None:
        if self.part.withdraws:
            await self._ask("withdraw_return", m.WithdrawReturn, self.customer, text="I keep it.")
        elif not self.part.sends:
            await self.silent(view)
        else:
            await self._pause(0.2, 0.6)
            await self._seen(view, ParcelStatus.PICKED_UP)

    async def _customer_rates(self, view: CaseView) -> None:
        if view.facts["satisfied"] is None:
            await self._pause(0.2, 0.6)
            await self._ask("rate_return", m.RateReturn, self.customer, satisfied=True, score=5)
        else:
            await self.by_hand(view)

    # The carrier.

    async def _carrier_brings_it(self, view: CaseView) -> None:
        await self._pause(0.5, 1.0)
        await self._seen(view, ParcelStatus.LOST if self.part.lost else ParcelStatus.DELIVERED)

    async def _seen(self, view: CaseView, status: ParcelStatus, which: str = "parcel") -> None:
        parcel_id = str(view.facts[which])
        scan = Scan(event_id=f"{parcel_id}:{status}", parcel_id=parcel_id, status=status, at=wall_clock())
        if await self.carrier.accept_scan(scan):
            await self.tell_scan(parcel_id, list(ParcelStatus).index(status))
        else:
            await self._wait(view)

    async def _goods_go_out(self, view: CaseView) -> None:
        await self._pause(0.3, 0.6)
        if view.facts["outbound_parcel"]:
            await self._seen(view, ParcelStatus.PICKED_UP, "outbound_parcel")
            await self._seen(view, ParcelStatus.DELIVERED, "outbound_parcel")
        else:
            await self._replacement_arrives()
        await self.by_hand(view)

    async def _replacement_arrives(self) -> None:
        order = await self.warehouse.release(self.order_id)
        if any(line.shipped < line.quantity for line in order.lines):
            parcel = await self.warehouse.ship(self.order_id)
            at = wall_clock()
            scan = Scan(event_id=f"{parcel.id}:there", parcel_id=parcel.id, status=ParcelStatus.DELIVERED, at=at)
            await self.carrier.accept_scan(scan)
            await self._tell("order_moved", OrderMoved(event_id=f"moved:{parcel.id}", kind="delivered"))
