"""Returns under chaos: customers who send and pay, a carrier whose word may get lost, people who inspect and repair."""

from __future__ import annotations

import random

from temporalio.service import RPCError

from activities.carrier.embedded import EmbeddedCarrier
from activities.clock import wall_clock
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from bench.crowd import Crowd
from bench.played import PlayedCase
from domain.messages import CaseView, TaskView
from domain.money import Money
from domain.people import Actor, Role
from domain.returns import messages as m
from domain.returns import tasks
from domain.returns.machine import ReturnCaseStatus
from domain.returns.wish import ReturnKind
from domain.shop.errors import ShopError
from domain.shop.parcels import ParcelStatus, Scan
from domain.shop_case.messages import OrderMoved, ParcelScanned, PaymentSettled
from domain.tasks import ACTIVE
from starter.demo.returns import RETURNS, ReturnPart, deliver

_S = ReturnCaseStatus
REPAIR_PRICE = Money(minor=8_000, currency="CNY")


async def open_returned(crowd: Crowd, number: int, lot: random.Random) -> PlayedCase:
    """Deliver an order of the embedded shop, and ask to give it back."""
    ground, part = crowd.ground, RETURNS[number // 4 % len(RETURNS)]
    wish = await deliver(ground.engine, ground.customers, part, number, source="chaos")
    opened = await crowd.insist(wish.reference, lambda: crowd.service.open_return(wish))
    crowd.orders.append(wish.order_id)
    crowd.returns[opened.case_id] = wish.order_id
    case = _Return(crowd, opened.case_id, Actor(id=wish.customer_id, role=Role.CUSTOMER), lot)
    case.part, case.order_id, case.line_id = part, wish.order_id, wish.wanted.items[0].line_id
    return case


class _Return(PlayedCase):
    part: ReturnPart
    order_id: str
    line_id: str

    def __post_init__(self) -> None:
        super().__post_init__()
        books = ShopBooks(self.crowd.ground.engine)
        self.payments, self.carrier = EmbeddedPaymentGateway(books), EmbeddedCarrier(books)
        self.warehouse = Warehouse(books)

    async def move(self, view: CaseView) -> None:
        active = [task for task in view.tasks if task.state in ACTIVE]
        if await self.reach(view):
            return
        if active:
            await self._work(active[0], view)
        else:
            await self._outside(view)

    async def _work(self, task: TaskView, view: CaseView) -> None:
        forms: dict[str, dict[str, object]] = {
            tasks.DECIDE: {"approved": self.part.decision, "reason": "as the goods were when they left us"},
            tasks.TRACE: {"found": "lost", "how": "the carrier admits it"},
            tasks.INSPECT: self._inspection(view),
            tasks.REPAIR: {"repaired": True, "what": "a new lining"},
            tasks.TEST: {"passed": True, "remarks": "as good as new"},
        }
        if task.kind in forms:
            await self.complete(await self.own(task), task, forms[task.kind])
        else:
            await self.do(task)

    def _inspection(self, view: CaseView) -> dict[str, object]:
        earlier = any(task.kind == tasks.INSPECT and task.state not in ACTIVE for task in view.tasks)
        pieces = 1 if self.part.short else self.part.pieces
        form: dict[str, object] = {
            "items": [{"line_id": self.line_id, "sound": pieces, "accepted": self.part.accepted}],
            "more_to_come": self.part.short and not earlier,
        }
        if not self.part.accepted:
            form["reason"] = "it has been in the water"
        if self.part.kind is ReturnKind.REPAIR:
            form["repair_price"] = REPAIR_PRICE.model_dump()
        return form

    async def _outside(self, view: CaseView) -> None:
        """What customer and carrier do where nobody of the staff has the word."""
        if view.status == _S.AWAITING_ANSWER:
            await self.ask("answer_return", m.AnswerReturn, self.customer, accepted=True)
        elif view.status == _S.AWAITING_PAYMENT:
            await self._pay()
        elif view.status == _S.AWAITING_PARCEL and self.part.withdraws:
            await self.ask("withdraw_return", m.WithdrawReturn, self.customer)
        elif view.status == _S.AWAITING_PARCEL and self.part.sends:
            await self._seen(view, ParcelStatus.PICKED_UP)
        elif view.status == _S.IN_TRANSIT:
            await self._seen(view, ParcelStatus.LOST if self.part.lost else ParcelStatus.DELIVERED)
        elif view.status == _S.SENDING:
            await self._goods_go_out(view)
        elif view.status == _S.CONFIRMING and view.facts["satisfied"] is None:
            await self.ask("rate_return", m.RateReturn, self.customer, satisfied=True, score=5)

    async def _pay(self) -> None:
        key = f"{self.case_id}:collect_payment:1"
        try:
            await self.payments.pay(key, self.order_id)
        except ShopError:
            return  # not asked for yet, or over
        await self._tell("payment_settled", PaymentSettled(event_id=f"paid:{key}", key=key))

    async def _seen(self, view: CaseView, status: ParcelStatus, which: str = "parcel") -> None:
        parcel_id = str(view.facts[which])
        scan = Scan(event_id=f"{parcel_id}:{status}", parcel_id=parcel_id, status=status, at=wall_clock())
        if await self.carrier.accept_scan(scan):
            told = ParcelScanned(event_id=f"{parcel_id}:{status}", parcel_id=parcel_id)
            await self._tell("parcel_scanned", told)

    async def _goods_go_out(self, view: CaseView) -> None:
        if view.facts["outbound_parcel"]:
            await self._seen(view, ParcelStatus.DELIVERED, "outbound_parcel")
            return
        order = await self.warehouse.release(self.order_id)
        if any(line.shipped < line.quantity for line in order.lines):
            parcel = await self.warehouse.ship(self.order_id)
            there = f"{parcel.id}:there"
            scan = Scan(event_id=there, parcel_id=parcel.id, status=ParcelStatus.DELIVERED, at=wall_clock())
            await self.carrier.accept_scan(scan)
            await self._tell("order_moved", OrderMoved(event_id=there, kind="delivered"))

    async def _tell(self, signal: str, event: object) -> None:
        """Tell the case; half of the time the word gets lost, and the case must find out by itself."""
        if self.lot.random() < 0.5:
            return
        try:
            await self.crowd.ground.client.get_workflow_handle(self.case_id).signal(signal, event)
        except RPCError:
            return  # lost with the server
