"""The bare order change that ours is measured against: the same steps at the shop and the same messages, nothing else.

It asks the shop through the same activities, in the same order, and waits for the customer's word and for the payment.
It has no window, no clocks, no tasks, no compensation, no checks, no timeline and no search attributes.
"""

from __future__ import annotations

from typing import cast

from temporalio import workflow

from bench.bare_shop import BareShopCase

with workflow.unsafe.imports_passed_through():
    from domain.messages import Answer
    from domain.order_change.messages import AnswerChange
    from domain.order_change.state import OrderChangeStart
    from domain.shop import asks
    from domain.shop.changes import AddItem, StagedChange
    from domain.shop_case.messages import PaymentSettled
    from domain.sla.spans import DAY
    from domain.templates import TemplateName


@workflow.defn
class BareOrderChangeWorkflow(BareShopCase):
    """Read, stage, show, collect, confirm, tell."""

    @workflow.init
    def __init__(self, start: OrderChangeStart) -> None:
        super().__init__(start.change)
        self._change = start.change
        self._accepted = self._paid = False

    @workflow.run
    async def run(self, start: OrderChangeStart) -> str:
        order = await self.shop(asks.ReadOrder(order_id=self._order_id))
        if self._change.wanted.lines:
            await self._pay_more()
        await self.shop(asks.ReadOrder(order_id=self._order_id))
        if address := self._change.wanted.address:
            key = self.key("change_address")
            await self.shop(asks.ChangeAddress(key=key, order_id=self._order_id, address=address))
        if self._change.wanted.lines:
            await self.shop(asks.ReleaseStock(key=self.key("reserve_stock"), order_id=self._order_id))
            await self.shop(asks.ConfirmChange(key=self.key("stage_change"), order_id=self._order_id))
        await self.tell(TemplateName.CHANGE_DONE, order.number)
        return "done"

    async def _pay_more(self) -> None:
        lines, order_id = self._change.wanted.lines, self._order_id
        await self.shop(asks.ReadAccount(order_id=order_id))
        staged = await self.shop(asks.StageChange(key=self.key("stage_change"), order_id=order_id, changes=lines))
        more = cast(AddItem, lines[0])
        kept = asks.ReserveStock(
            key=self.key("reserve_stock"), order_id=order_id, variant_id=more.variant_id, quantity=more.quantity
        )
        await self.shop(kept)
        await self.tell(TemplateName.CHANGE_OFFERED, order_id)
        await workflow.wait_condition(lambda: self._accepted)
        preview = cast(StagedChange, staged).preview
        amount = preview.after.beyond(preview.before)
        lapses_at = workflow.time_ns() // 1_000_000 + DAY
        key = self.key("collect_payment")
        await self.shop(asks.CollectPayment(key=key, order_id=order_id, amount=amount, lapses_at=lapses_at))
        await self.tell(TemplateName.CHANGE_PAYMENT, order_id)
        await workflow.wait_condition(lambda: self._paid)
        await self.shop(asks.ReadCollection(key=key, order_id=order_id))

    @workflow.update
    def answer_change(self, request: AnswerChange) -> Answer:
        self._accepted = request.accepted
        return self.answer("awaiting_payment")

    @workflow.signal
    def payment_settled(self, event: PaymentSettled) -> None:
        self._paid = True
