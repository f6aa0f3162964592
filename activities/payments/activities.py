"""The activities of this room. Each reads what was done under its key before it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.payments.port import PaymentGateway
from activities.shop_answers import told
from domain.shop import asks
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount, Refund, RefundStatus


class PaymentActivities:
    """Money of orders: differences collected, refunds paid."""

    def __init__(self, payments: PaymentGateway) -> None:
        self._payments = payments

    @activity.defn
    async def read_account(self, ask: asks.ReadAccount) -> PaymentAccount:
        """What was captured and refunded until now."""
        with told():
            return await self._payments.account(ask.order_id)

    @activity.defn
    async def collect_payment(self, ask: asks.CollectPayment) -> Collection:
        """Ask the customer for a difference."""
        with told():
            before = await self._payments.find_collection(ask.key, ask.order_id)
            return before or await self._payments.collect(ask.key, ask.order_id, ask.amount, ask.lapses_at)

    @activity.defn
    async def read_collection(self, ask: asks.ReadCollection) -> Collection | None:
        """How a collection stands."""
        with told():
            return await self._payments.find_collection(ask.key, ask.order_id)

    @activity.defn
    async def release_collection(self, ask: asks.ReleaseCollection) -> Collection:
        """Ask for a difference no longer."""
        with told():
            before = await self._payments.find_collection(ask.key, ask.order_id)
            if before and before.status in (CollectionStatus.RELEASED, CollectionStatus.LAPSED):
                return before
            return await self._payments.release_collection(ask.key, ask.order_id)

    @activity.defn
    async def refund_payment(self, ask: asks.RefundPayment) -> Refund:
        """Pay back, once for each key."""
        with told():
            before = await self._payments.find_refund(ask.key, ask.order_id)
            if before and before.amount == ask.amount and before.status is not RefundStatus.FAILED:
                return before
            return await self._payments.refund(ask.key, ask.order_id, ask.amount, ask.reason)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (
            self.read_account,
            self.collect_payment,
            self.read_collection,
            self.release_collection,
            self.refund_payment,
        )
