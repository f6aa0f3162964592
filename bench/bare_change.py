"""The bare order change that ours is measured against: the same steps at the shop and the same messages, nothing else.

It asks the shop through the same activities, in the same order, and waits for the customer's word and for the payment.
It has no window, no clocks, no tasks, no compensation, no checks, no timeline and no search attributes.
"""

from __future__ import annotations

from typing import Any, cast

from temporalio import workflow

from workflows import options
from workflows.shop import ACTIVITIES

with workflow.unsafe.imports_passed_through():
    from activities.notifications.activities import NotificationActivities
    from domain.deeds import MessageOrder, Words
    from domain.messages import Answer
    from domain.order_change.messages import AnswerChange
    from domain.order_change.state import OrderChangeStart
    from domain.people import DeliveryChannel, Language
    from domain.shop import asks
    from domain.shop.changes import AddItem, StagedChange
    from domain.shop_case.messages import PaymentSettled
    from domain.sla.spans import DAY
    from domain.templates import VARIABLES, TemplateName


@workflow.defn
class BareOrderChangeWorkflow:
    """Read, stage, show, collect, confirm, tell."""

    @workflow.init
    def __init__(self, start: OrderChangeStart) -> None:
        self._change = start.change
        self._case_id, self._order_id = start.change.case_id, start.change.order_id
        self._accepted = self._paid = False

    @workflow.run
    async def run(self, start: OrderChangeStart) -> str:
        order = await self._shop(asks.ReadOrder(order_id=self._order_id))
        if self._change.wanted.lines:
            await self._pay_more()
        await self._shop(asks.ReadOrder(order_id=self._order_id))
        if address := self._change.wanted.address:
            key = self._key("change_address")
            await self._shop(asks.ChangeAddress(key=key, order_id=self._order_id, address=address))
        if self._change.wanted.lines:
            await self._shop(asks.ReleaseStock(key=self._key("reserve_stock"), order_id=self._order_id))
            await self._shop(asks.ConfirmChange(key=self._key("stage_change"), order_id=self._order_id))
        await self._tell(TemplateName.CHANGE_DONE, order.number)
        return "done"

    async def _pay_more(self) -> None:
        lines, order_id = self._change.wanted.lines, self._order_id
        await self._shop(asks.ReadAccount(order_id=order_id))
        staged = await self._shop(asks.StageChange(key=self._key("stage_change"), order_id=order_id, changes=lines))
        more = cast(AddItem, lines[0])
        kept = asks.ReserveStock(
            key=self._key("reserve_stock"), order_id=order_id, variant_id=more.variant_id, quantity=more.quantity
        )
        await self._shop(kept)
        await self._tell(TemplateName.CHANGE_OFFERED, order_id)
        await workflow.wait_condition(lambda: self._accepted)
        preview = cast(StagedChange, staged).preview
        amount = preview.after.beyond(preview.before)
        lapses_at = workflow.time_ns() // 1_000_000 + DAY
        key = self._key("collect_payment")
        await self._shop(asks.CollectPayment(key=key, order_id=order_id, amount=amount, lapses_at=lapses_at))
        await self._tell(TemplateName.CHANGE_PAYMENT, order_id)
        await workflow.wait_condition(lambda: self._paid)
        await self._shop(asks.ReadCollection(key=key, order_id=order_id))

    @workflow.update
    def answer_change(self, request: AnswerChange) -> Answer:
        self._accepted = request.accepted
        return Answer(case_id=self._case_id, status="awaiting_payment", at=workflow.time_ns() // 1_000_000)

    @workflow.signal
    def payment_settled(self, event: PaymentSettled) -> None:
        self._paid = True

    def _key(self, step: str) -> str:
        return f"{self._case_id}:{step}:1"

    async def _shop(self, ask: asks.ShopAsk) -> Any:
        return await workflow.execute_activity_method(ACTIVITIES[ask.do], ask, summary=ask.do, **options.SHOP)

    async def _tell(self, template: TemplateName, order_number: str) -> None:
        change = self._change
        words: Words = dict.fromkeys(sorted(VARIABLES))
        words |= {"case_number": self._case_id, "order_number": order_number, "order_id": self._order_id}
        message = MessageOrder(
            case_id=self._case_id,
            key=self._key(template.value),
            channel=DeliveryChannel.CHAT,
            customer_id=change.customer_id,
            language=Language.EN,
            zone="Asia/Shanghai",
            policy=change.policy,
            template=template,
            words=words,
            automatic=True,
        )
        await workflow.execute_activity_method(
            NotificationActivities.send_message, message, summary=template.value, **options.SEND
        )
