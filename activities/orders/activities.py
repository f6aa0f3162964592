"""The activities of this room. Each reads what was done under its key before it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.orders.port import OrderSystem
from activities.shop_answers import told
from domain.shop import asks
from domain.shop.changes import Amendment, Cancellation, ChangeStatus, StagedChange
from domain.shop.orders import Order
from domain.shop.values import Variant


class OrderActivities:
    """Orders and changes of them, in whatever shop is behind the port."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders

    @activity.defn
    async def read_order(self, ask: asks.ReadOrder) -> Order:
        """The order as it is now."""
        with told():
            return await self._orders.order(ask.order_id)

    @activity.defn
    async def read_variant(self, ask: asks.ReadVariant) -> Variant:
        """What the shop sells under an id, at today's price."""
        with told():
            return await self._orders.variant(ask.variant_id)

    @activity.defn
    async def stage_change(self, ask: asks.StageChange) -> StagedChange:
        """Open a change with its preview, or find it open."""
        with told():
            before = await self._orders.find_change(ask.key, ask.order_id)
            return before or await self._orders.stage_change(ask.key, ask.order_id, ask.changes)

    @activity.defn
    async def confirm_change(self, ask: asks.ConfirmChange) -> StagedChange:
        """Make a staged change true."""
        with told():
            before = await self._orders.find_change(ask.key, ask.order_id)
            if before and before.status is ChangeStatus.CONFIRMED:
                return before
            return await self._orders.confirm_change(ask.key, ask.order_id)

    @activity.defn
    async def discard_change(self, ask: asks.DiscardChange) -> StagedChange:
        """Close a staged change without effect."""
        with told():
            before = await self._orders.find_change(ask.key, ask.order_id)
            if before and before.status is ChangeStatus.DISCARDED:
                return before
            return await self._orders.discard_change(ask.key, ask.order_id)

    @activity.defn
    async def change_address(self, ask: asks.ChangeAddress) -> Amendment:
        """Deliver somewhere else."""
        with told():
            before = await self._orders.find_amendment(ask.key, ask.order_id)
            return before or await self._orders.change_address(ask.key, ask.order_id, ask.address)

    @activity.defn
    async def change_payment_method(self, ask: asks.ChangePaymentMethod) -> Amendment:
        """Let the customer pay in another way."""
        with told():
            before = await self._orders.find_amendment(ask.key, ask.order_id)
            return before or await self._orders.change_payment_method(ask.key, ask.order_id, ask.method)

    @activity.defn
    async def cancel_order(self, ask: asks.CancelOrder) -> Cancellation:
        """Cancel all that was not shipped."""
        with told():
            before = await self._orders.find_cancellation(ask.key, ask.order_id)
            return before or await self._orders.cancel_order(ask.key, ask.order_id, ask.reason)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (
            self.read_order,
            self.read_variant,
            self.stage_change,
            self.confirm_change,
            self.discard_change,
            self.change_address,
            self.change_payment_method,
            self.cancel_order,
        )
