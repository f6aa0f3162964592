"""The players of order changes: customers, agents and supervisors, the warehouse and the carrier."""

from __future__ import annotations

import random
from collections.abc import Mapping

from domain import requests as r
from domain.messages import CaseView
from domain.order_change import messages as c
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.tasks import DECIDE
from domain.shop.parcels import Direction
from domain.shop_case.tasks import VERIFY
from domain.worked_case import ANSWER
from starter.demo.at_the_shop import ShopPlayer
from starter.demo.changes import ChangePart, place
from starter.demo.playing import Move, active
from starter.demo.stage import Stage
from starter.new_order_change import NewOrderChange


class ChangePlayer(ShopPlayer[NewOrderChange]):
    """Everybody who takes part in one order change."""

    def __init__(self, stage: Stage, part: ChangePart, number: int, lot: random.Random) -> None:
        super().__init__(stage, lot)
        self.part = part
        self.number = number
        self.asked = False

    @property
    def moves(self) -> Mapping[str, Move]:
        status = ChangeCaseStatus
        return {
            status.VERIFYING: self._verify,
            status.DECIDING: self._decide,
            status.AWAITING_ANSWER: self._customer_answers,
            status.AWAITING_PAYMENT: self._customer_pays,
            status.APPROVING: self.approve,
            status.INTERCEPTING: self._carrier_brings_it_back,
            status.COMMITTING: self.by_hand,
            status.UNDOING: self.by_hand,
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

    # The customer.

    async def _customer_answers(self, view: CaseView) -> None:
        if task := active(view, ANSWER):
            await self._complete(task, text="It is what one piece more costs.")
        elif self.part.asks and not self.asked:
            self.asked = True
            await self._ask("customer_reply", r.CustomerReply, self.customer, text="Why does it cost more?")
        elif self.part.answer is None:
            await self.silent(view)
        else:
            await self._pause(0.3, 1.0)
            await self._ask("answer_change", c.AnswerChange, self.customer, accepted=self.part.answer)

    async def _customer_pays(self, view: CaseView) -> None:
        if not self.part.pays:
            await self.silent(view)
            return
        if self.part.cut_off:
            await self.warehouse.release(self.order_id)
        await self.pay(view)

    # The carrier.

    async def _carrier_brings_it_back(self, view: CaseView) -> None:
        await self._pause(0.3, 0.8)
        for parcel in await self.carrier.parcels_of(self.wish.order_id):
            if parcel.direction is Direction.OUTBOUND and parcel.ended is None:
                await self.move(parcel.id)
        await self.by_hand(view)
