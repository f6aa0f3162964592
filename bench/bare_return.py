"""The bare return that ours is measured against: the same steps at the shop and the same messages, nothing else.

It asks shop and carrier through the same activities, in the same order, and waits for the parcel, for what somebody
found in it, and for the customer's last word. It has no eligibility, no clocks, no tasks, no compensation, no checks,
no timeline and no search attributes.
"""

from __future__ import annotations

from temporalio import workflow

from bench.bare_shop import BareShopCase

with workflow.unsafe.imports_passed_through():
    from domain.messages import Answer, CompleteTask, StartTask
    from domain.returns.messages import RateReturn
    from domain.returns.policy import WAREHOUSE
    from domain.returns.state import ReturnStart
    from domain.returns.wish import ReturnKind
    from domain.shop import asks
    from domain.shop.orders import Order
    from domain.shop.parcels import Direction, LabelRequest, Parcel, ParcelItem, ParcelStatus
    from domain.shop.returns import ReceivedItem, ReturnItem
    from domain.shop_case.messages import ParcelScanned
    from domain.templates import TemplateName


@workflow.defn
class BareReturnWorkflow(BareShopCase):
    """Read, announce, label, watch, inspect, book, refund, tell; a claim leaves out the parcel."""

    @workflow.init
    def __init__(self, start: ReturnStart) -> None:
        super().__init__(start.asked)
        self._wanted = start.asked.wanted
        self._scans = self._seen = 0
        self._inspected = self._rated = False

    @workflow.run
    async def run(self, start: ReturnStart) -> str:
        order: Order = await self.shop(asks.ReadOrder(order_id=self._order_id))
        await self.shop(asks.FindParcels(order_id=self._order_id))
        if self._wanted.kind is ReturnKind.CLAIM:
            await self.shop(asks.ReadAccount(order_id=self._order_id))
            await self._announce()
        else:
            await self._announce()
            await self._comes_back()
            await self.shop(asks.ReadAccount(order_id=self._order_id))
        (item,) = self._wanted.items
        found = {"other": item.quantity} if self._wanted.kind is ReturnKind.CLAIM else {"sound": item.quantity}
        received = (ReceivedItem.model_validate({"line_id": item.line_id, **found}),)
        key, announced = self.key("receive_return"), self.key("request_return")
        await self.shop(asks.ReceiveReturn(key=key, order_id=self._order_id, return_key=announced, items=received))
        due, key = order.line(item.line_id).unit_price.times(item.quantity), self.key("refund_payment")
        await self.shop(asks.RefundPayment(key=key, order_id=self._order_id, amount=due, reason="return"))
        await self.tell(TemplateName.RETURN_DONE, self._order_id, "refunded")
        await workflow.wait_condition(lambda: self._rated)
        return "refunded"

    async def _announce(self) -> None:
        items = tuple(
            ReturnItem(line_id=item.line_id, quantity=item.quantity, reason=item.reason.value)
            for item in self._wanted.items
        )
        await self.shop(asks.RequestReturn(key=self.key("request_return"), order_id=self._order_id, items=items))

    async def _comes_back(self) -> None:
        wanted = self._wanted.items
        label = LabelRequest(
            order_id=self._order_id,
            direction=Direction.INBOUND,
            items=tuple(ParcelItem(line_id=item.line_id, quantity=item.quantity) for item in wanted),
            to=WAREHOUSE,
            return_key=self.key("request_return"),
        )
        ask = asks.CreateLabel(key=self.key("create_label"), order_id=self._order_id, label=label)
        parcel: Parcel = await self.shop(ask)
        await self.tell(TemplateName.RETURN_LABEL, self._order_id, "refunded")
        parcel = await self._until(parcel, ParcelStatus.PICKED_UP)
        await self.tell(TemplateName.RETURN_PROGRESS, self._order_id, "in_transit")
        await self._until(parcel, ParcelStatus.DELIVERED)
        await self.tell(TemplateName.RETURN_PROGRESS, self._order_id, "arrived")
        await workflow.wait_condition(lambda: self._inspected)

    async def _until(self, parcel: Parcel, status: ParcelStatus) -> Parcel:
        """Look at the parcel whenever something was seen of it, until this was: the carrier may be quicker."""
        while status not in {scan.status for scan in parcel.scans}:
            await workflow.wait_condition(lambda: self._scans > self._seen)
            self._seen = self._scans
            parcel = await self.shop(asks.ReadParcel(order_id=self._order_id, parcel_id=parcel.id))
        return parcel

    @workflow.signal
    def parcel_scanned(self, event: ParcelScanned) -> None:
        self._scans += 1

    @workflow.update
    def start_task(self, request: StartTask) -> Answer:
        return self.answer("inspecting")

    @workflow.update
    def complete_task(self, request: CompleteTask) -> Answer:
        self._inspected = True
        return self.answer("settling")

    @workflow.update
    def rate_return(self, request: RateReturn) -> Answer:
        self._rated = True
        return self.answer("closed")
