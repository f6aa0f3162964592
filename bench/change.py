"""An order change from its arrival to its end, ours and bare."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

from temporalio.client import WorkflowHandle

from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from bench.bare_change import BareOrderChangeWorkflow
from bench.shop_runner import SOON, ShopRunner, customer_of
from bench.tier1 import quiet
from domain.order_change.messages import AnswerChange, OrderChangeInput
from domain.order_change.state import OrderChangeStart
from domain.people import CustomerProfile
from domain.shop.errors import ShopError
from domain.shop_case.messages import PaymentSettled
from starter.demo.changes import ChangePart, place
from starter.new_order_change import NewOrderChange
from starter.opening import Opened


class ChangeRunner(ShopRunner[NewOrderChange]):
    """Opens and ends order changes."""

    STORIES: ClassVar[Mapping[str, Any]] = {
        "at_once": ChangePart("another address, inside the window", "address"),
        "paid": ChangePart("one piece more, shown, accepted and paid", "more"),
    }

    async def prepare(self, part: ChangePart, number: int, source: str) -> NewOrderChange:
        return await place(self.ground.engine, self.ground.customers, part, number, source=source)

    async def open_ours(self, new: NewOrderChange) -> Opened:
        return await self.service.open_order_change(new)

    def bare(self, told: dict[str, Any]) -> tuple[Any, OrderChangeStart]:
        change = OrderChangeInput.model_validate(told)
        customer = CustomerProfile(id=change.customer_id)
        return BareOrderChangeWorkflow.run, OrderChangeStart(change=change, customer=customer)

    async def end(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any], settle: bool = False) -> None:
        if self.story == "paid":
            await self._accept(new, handle, settle)
            await self._pay(new, handle, settle)
        await handle.result()

    async def _accept(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any], settle: bool) -> None:
        """Accept the price; again only where it has not been shown yet."""
        if settle:
            await quiet(handle)
        await asyncio.sleep(SOON)
        answer = AnswerChange(request_id="accept", actor=customer_of(new), accepted=True)
        await self.ask(handle, "answer_change", answer)

    async def _pay(self, new: NewOrderChange, handle: WorkflowHandle[Any, Any], settle: bool) -> None:
        """Pay at the shop; again only where the payment has not been asked for yet. Ours is told by the relay."""
        if settle:
            await quiet(handle)
        key, payments = f"{handle.id}:collect_payment:1", EmbeddedPaymentGateway(ShopBooks(self.ground.engine))
        while True:
            await asyncio.sleep(SOON)
            try:
                await payments.pay(key, new.order_id)
            except ShopError:
                continue
            if self.kind == "bare":
                await handle.signal("payment_settled", PaymentSettled(event_id=f"paid:{key}", key=key))
            return
