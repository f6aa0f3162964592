"""What the bare order change and the bare return have in common: a key, an activity at the shop, a message."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

from workflows import options
from workflows.shop import ACTIVITIES

with workflow.unsafe.imports_passed_through():
    from activities.notifications.activities import NotificationActivities
    from domain.deeds import MessageOrder, Words
    from domain.messages import Answer
    from domain.order_change.messages import OrderChangeInput
    from domain.people import DeliveryChannel, Language
    from domain.returns.messages import ReturnInput
    from domain.shop import asks
    from domain.templates import VARIABLES, TemplateName


class BareShopCase:
    """A case at the shop that keeps no promises: no clocks, tasks, compensation, checks, timeline."""

    def __init__(self, asked: OrderChangeInput | ReturnInput) -> None:
        self._asked = asked
        self._case_id, self._order_id = asked.case_id, asked.order_id

    def key(self, step: str) -> str:
        """The key of a step, which is taken once."""
        return f"{self._case_id}:{step}:1"

    def answer(self, status: str) -> Answer:
        """What an update answers."""
        return Answer(case_id=self._case_id, status=status, at=workflow.time_ns() // 1_000_000)

    async def shop(self, ask: asks.ShopAsk) -> Any:
        """Ask the shop, as ours does."""
        return await workflow.execute_activity_method(ACTIVITIES[ask.do], ask, summary=ask.do, **options.SHOP)

    async def tell(self, template: TemplateName, order_number: str, news: str | None = None) -> None:
        """Send the customer the message that ours sends."""
        asked = self._asked
        words: Words = dict.fromkeys(sorted(VARIABLES))
        words |= {"case_number": self._case_id, "order_number": order_number, "order_id": self._order_id, "news": news}
        message = MessageOrder(
            case_id=self._case_id,
            key=self.key(f"{template.value}:{news}" if news else template.value),
            channel=DeliveryChannel.CHAT,
            customer_id=asked.customer_id,
            language=Language.EN,
            zone="Asia/Shanghai",
            policy=asked.policy,
            template=template,
            words=words,
            automatic=True,
        )
        await workflow.execute_activity_method(
            NotificationActivities.send_message, message, summary=template.value, **options.SEND
        )
