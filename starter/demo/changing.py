"""The players of order changes: customers, agents and supervisors, the warehouse and the carrier."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

from activities.carrier.embedded import EmbeddedCarrier
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain import requests as r
from domain.messages import CaseView
from domain.order_change import messages as c
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.tasks import DECIDE
from domain.reaching import REACHING
from domain.shop.errors import ShopError
from domain.shop.parcels import Direction
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from domain.shop_case.tasks import APPROVE, SETTLE, VERIFY
from domain.worked_case import ANSWER
from starter.demo.changes import ChangePart, place
from starter.demo.playing import CasePlayer, Move, active
from starter.demo.stage import Stage
from starter.new_order_change import NewOrderChange

_REACHING_FORMS: dict[str, dict[str, object]] = {
    "contact_customer": {"reached": True, "how": "by telephone"},
    "check_delivery": {"arrived": True, "how_known": "asked the customer"},
}
assert _REACHING_FORMS.keys() == {definition.kind for definition in REACHING}


class ChangePlayer(CasePlayer):
    """Everybody who takes part in one order change."""

    def __init__(self, stage: Stage, part: ChangePart, number: int, lot: random.Random) -> None:
        super().__init__(stage, lot)
        self.part = part
        self.number = number
        self.asked = False
        self._wish: NewOrderChange | None = None
        books = ShopBooks(stage.house.doors.store.engine)
        self.payments, self.warehouse = EmbeddedPaymentGateway(books), Warehouse(books)
        self.carrier = EmbeddedCarrier(books)

    @property
    def wish(self) -> NewOrderChange:
        """What the customer wants; known once it has come in."""
        assert self._wish
        return self._wish

    @property
    def customer_id(self) -> str:
        return self.wish.customer_id

    @property
    def moves(self) -> Mapping[str, Move]:
        status = ChangeCaseStatus
        return {
            status.VERIFYING: self._verify,
            status.DECIDING: self._decide,
            status.AWAITING_ANSWER: self._customer_answers,
            status.AWAITING_PAYMENT: self._customer_pays,
            status.APPROVING: self._approve,
            status.INTERCEPTING: self._carrier_brings_it_back,
            status.COMMITTING: self._by_hand,
            status.UNDOING: self._by_hand,
        }

    async def come_in(self) -> str:
        store = self.stage.house.doors.store
        self._wish = await place(store.engine, store.customers, self.part, self.number)
        return (await self.service.open_order_change(self.wish)).case_id

    # Staff.

    async def _verify(self, view: CaseView) -> None:
        if task := active(view, VERIFY):
            await self._pause(0.2, 0.6)
            await self._complete(task, verified=True, how="knew what had been ordered")

    async def _decide(self, view: CaseView) -> None:
        task = active(view, DECIDE)
        if self.part.withdraws:
            await self._pause(0.3, 0.8)
            await self._ask("withdraw_change", c.WithdrawChange, self.customer, text="I keep it.")
        elif self.part.late and not view.breached:
            await self._until(lambda line: line.breached or not line.running)
        elif task:
            await self._pause(0.2, 0.8)
            await self._complete(task, decision=self.part.decision, reason="as the order stands")

    async def _approve(self, view: CaseView) -> None:
        if task := active(view, APPROVE):
            await self._pause(0.2, 0.6)
            await self._complete(task, approved=True, remarks="fair")

    async def _by_hand(self, view: CaseView) -> None:
        if task := active(view, SETTLE):
            await self._complete(task, how="at the shop itself")
        else:
            await self._reach(view)

    async def _reach(self, view: CaseView) -> None:
        for kind, form in _REACHING_FORMS.items():
            if task := active(view, kind):
                await self._complete(task, **form)
        await self._wait(view)

    # The customer.

    async def _customer_answers(self, view: CaseView) -> None:
        if task := active(view, ANSWER):
            await self._complete(task, text="It is what one piece more costs.")
        elif self.part.asks and not self.asked:
            self.asked = True
            await self._ask("customer_reply", r.CustomerReply, self.customer, text="Why does it cost more?")
        elif self.part.answer is None:
            await self._until(lambda line: line.status != view.status or not line.running)
        else:
            await self._pause(0.3, 1.0)
            await self._ask("answer_change", c.AnswerChange, self.customer, accepted=self.part.answer)

    async def _customer_pays(self, view: CaseView) -> None:
        if not self.part.pays:
            await self._until(lambda line: line.status != view.status or not line.running)
            return
        if self.part.cut_off:
            await self.warehouse.release(self.wish.order_id)
        key = f"{self.case_id}:collect_payment:1"
        try:
            await self.payments.pay(key, self.wish.order_id)
        except ShopError:  # not asked for yet
            await self._wait(view)
            return
        settled = PaymentSettled(event_id=f"paid:{key}", key=key)
        await self.service.client.get_workflow_handle(self.case_id).signal("payment_settled", settled)
        await asyncio.sleep(0.3)

    # The carrier.

    async def _carrier_brings_it_back(self, view: CaseView) -> None:
        await self._pause(0.3, 0.8)
        for parcel in await self.carrier.parcels_of(self.wish.order_id):
            if parcel.direction is Direction.OUTBOUND and parcel.ended is None:
                scanned = await self.carrier.move(parcel.id)
                event = f"scan:{parcel.id}:{len(scanned.scans)}"
                told = ParcelScanned(event_id=event, parcel_id=parcel.id)
                await self.service.client.get_workflow_handle(self.case_id).signal("parcel_scanned", told)
        await self._by_hand(view)
