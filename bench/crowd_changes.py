"""Order changes under chaos: customers who answer and pay, people who decide, and the shop's word that may get lost."""

from __future__ import annotations

import random

from temporalio.service import RPCError

from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from bench.crowd import Crowd
from bench.played import PlayedCase
from domain.messages import CaseView
from domain.order_change import messages as c
from domain.order_change.machine import ChangeCaseStatus
from domain.people import Actor, Role
from domain.shop.errors import ShopError
from domain.shop_case.messages import PaymentSettled
from domain.tasks import ACTIVE
from starter.demo.changes import KINDS, ChangePart, place

PARTS = tuple(part for part in KINDS if not (part.shipped or part.late or part.asks or part.cut_off))
"""Nobody moves parcels or takes orders over here, and nobody is late on purpose: kills are enough."""


async def open_change(crowd: Crowd, number: int, lot: random.Random) -> PlayedCase:
    """Place an order at the embedded shop, and ask to change it."""
    ground, part = crowd.ground, PARTS[number // 4 % len(PARTS)]
    wish = await place(ground.engine, ground.customers, part, number, source="chaos")
    opened = await crowd.insist(wish.reference, lambda: crowd.service.open_order_change(wish))
    crowd.orders.append(wish.order_id)
    case = _Change(crowd, opened.case_id, Actor(id=wish.customer_id, role=Role.CUSTOMER), lot)
    case.part, case.order_id = part, wish.order_id
    return case


class _Change(PlayedCase):
    part: ChangePart
    order_id: str

    async def move(self, view: CaseView) -> None:
        if await self.reach(view):
            return
        active = [task for task in view.tasks if task.state in ACTIVE]
        if self.part.withdraws and view.status == ChangeCaseStatus.DECIDING:
            await self.ask("withdraw_change", c.WithdrawChange, self.customer)
        elif active and active[0].kind == "decide_change":
            owner = await self.own(active[0])
            form = {"decision": self.part.decision, "reason": "as the order stands"}
            await self.complete(owner, active[0], form)
        elif active:
            await self.do(active[0])
        elif view.status == ChangeCaseStatus.AWAITING_ANSWER and self.part.answer is not None:
            await self.ask("answer_change", c.AnswerChange, self.customer, accepted=self.part.answer)
        elif view.status == ChangeCaseStatus.AWAITING_PAYMENT and self.part.pays:
            await self.pay()

    async def pay(self) -> None:
        """Pay at the shop; half of the time its word to the case gets lost, and the case must find out by itself."""
        key = f"{self.case_id}:collect_payment:1"
        try:
            await EmbeddedPaymentGateway(ShopBooks(self.crowd.ground.engine)).pay(key, self.order_id)
        except ShopError:
            return  # not asked for yet, or over
        if self.lot.random() < 0.5:
            return
        told, handle = PaymentSettled(event_id=f"paid:{key}", key=key), self.crowd.ground.client
        try:
            await handle.get_workflow_handle(self.case_id).signal("payment_settled", told)
        except RPCError:
            return  # lost with the server
