"""The bare return that ours is measured against: the same steps at the shop and the same messages, nothing else.

It asks shop and carrier through the same activities, in the same order, and waits for the parcel, for what somebody
found in it, and for the customer's last word. It has no eligibility, no clocks, no tasks, no compensation, no checks,
no timeline and no search attributes.
"""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows import options
from workflows.shop import ACTIVITIES

with workflow.unsafe.imports_passed_through():
    from activities.notifications.activities import NotificationActivities
    from domain.deeds import MessageOrder, Words
    from domain.messages import Answer, CompleteTask, StartTask
    from domain.people import DeliveryChannel, Language
    from domain.returns.messages import RateReturn
    from domain.returns.policy import WAREHOUSE
    from domain.returns.state import ReturnStart
    from domain.returns.wish import ReturnKind
    from domain.shop import asks
    from domain.shop.orders import Order
    from domain.shop.parcels import Direction, LabelRequest, Parcel, ParcelItem, ParcelStatus
    from domain.shop.returns import ReceivedItem, ReturnItem
    from domain.shop_case.messages import ParcelScanned
    from domain.templates import VARIABLES, TemplateName


@workflow.defn
class BareReturnWorkflow:
    """Read, announce, label, watch, inspect, book, refund, tell; a claim leaves out the parcel."""

    @workflow.init
    def __init__(self, start: ReturnStart) -> None:
        self._asked = start.asked
        self._case_id, self._order_id = start.asked.case_id, start.asked.order_id
        self._scans = self._seen = 0
        self._inspected = self._rated = False

    @workflow.run
    async def run(self, start: ReturnStart) -> str:
        order: Order = await self._shop(asks.ReadOrder(order_id=self._order_id))
        await self._shop(asks.FindParcels(order_id=self._order_id))
        if self._asked.wanted.kind is ReturnKind.CLAIM:
            await self._shop(asks.ReadAccount(order_id=self._order_id))
            await self._announce()
        else:
            await self._announce()
            await self._comes_back()
            await self._shop(asks.ReadAccount(order_id=self._order_id))
        (item,) = self._asked.wanted.items
        found = {"other": item.quantity} if self._asked.wanted.kind is ReturnKind.CLAIM else {"sound": item.quantity}
        received = (ReceivedItem.model_validate({"line_id": item.line_id, **found}),)
        key, announced = self._key("receive_return"), self._key("request_return")
        await self._shop(asks.ReceiveReturn(key=key, order_id=self._order_id, return_key=announced, items=received))
        due, key = order.line(item.line_id).unit_price.times(item.quantity), self._key("refund_payment")
        await self._shop(asks.RefundPayment(key=key, order_id=self._order_id, amount=due, reason="return"))
        await self._tell(TemplateName.RETURN_DONE)
        await workflow.wait_condition(lambda: self._rated)
        return "refunded"

    async def _announce(self) -> None:
        items = tuple(
            ReturnItem(line_id=item.line_id, quantity=item.quantity, reason=item.reason.value)
            for item in self._asked.wanted.items
        )
        await self._shop(asks.RequestReturn(key=self._key("request_return"), order_id=self._order_id, items=items))

    async def _comes_back(self) -> None:
        wanted = self._asked.wanted.items
        label = LabelRequest(
            order_id=self._order_id,
            direction=Direction.INBOUND,
            items=tuple(ParcelItem(line_id=item.line_id, quantity=item.quantity) for item in wanted),
            to=WAREHOUSE,
            return_key=self._key("request_return"),
        )
        ask = asks.CreateLabel(key=self._key("create_label"), order_id=self._order_id, label=label)
        parcel: Parcel = await self._shop(ask)
        await self._tell(TemplateName.RETURN_LABEL)
        await self._until(parcel.id, ParcelStatus.PICKED_UP)
        await self._tell(TemplateName.RETURN_PROGRESS, "in_transit")
        await self._until(parcel.id, ParcelStatus.DELIVERED)
        await self._tell(TemplateName.RETURN_PROGRESS, "arrived")
        await workflow.wait_condition(lambda: self._inspected)

    async def _until(self, parcel_id: str, status: ParcelStatus) -> None:
        """Look at the parcel whenever something was seen of it."""
        while True:
            await workflow.wait_condition(lambda: self._scans > self._seen)
            self._seen = self._scans
            parcel: Parcel = await self._shop(asks.ReadParcel(order_id=self._order_id, parcel_id=parcel_id))
            if parcel.status is status:
                return

    @workflow.signal
    def parcel_scanned(self, event: ParcelScanned) -> None:
        self._scans += 1

    @workflow.update
    def start_task(self, request: StartTask) -> Answer:
        return self._answer("inspecting")

    @workflow.update
    def complete_task(self, request: CompleteTask) -> Answer:
        self._inspected = True
        return self._answer("settling")

    @workflow.update
    def rate_return(self, request: RateReturn) -> Answer:
        self._rated = True
        return self._answer("closed")

    def _answer(self, status: str) -> Answer:
        return Answer(case_id=self._case_id, status=status, at=workflow.time_ns() // 1_000_000)

    def _key(self, step: str) -> str:
        return f"{self._case_id}:{step}:1"

    async def _shop(self, ask: asks.ShopAsk) -> Any:
        return await workflow.execute_activity_method(ACTIVITIES[ask.do], ask, summary=ask.do, **options.SHOP)

    async def _tell(self, template: TemplateName, news: str | None = None) -> None:
        words: Words = dict.fromkeys(sorted(VARIABLES))
        words |= {"case_number": self._case_id, "order_number": self._order_id, "order_id": self._order_id}
        message = MessageOrder(
            case_id=self._case_id,
            key=self._key(f"{template.value}:{news}"),
            channel=DeliveryChannel.CHAT,
            customer_id=self._asked.customer_id,
            language=Language.EN,
            zone="Asia/Shanghai",
            policy=self._asked.policy,
            template=template,
            words=words | {"news": news or "refunded"},
            automatic=True,
        )
        await workflow.execute_activity_method(
            NotificationActivities.send_message, message, summary=template.value, **options.SEND
        )
