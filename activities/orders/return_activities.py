"""The activities for goods that come back, and goods in their place. Each reads what was done before it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.orders.port import OrderSystem
from activities.shop_answers import told
from domain.shop import asks
from domain.shop.returns import Replacement, ReplacementStatus, ReturnDocument, ReturnStatus


class ReturnActivities:
    """Returns and replacements, in whatever shop is behind the port."""

    def __init__(self, orders: OrderSystem) -> None:
        self._orders = orders

    @activity.defn
    async def request_return(self, ask: asks.RequestReturn) -> ReturnDocument:
        """Announce goods to come back."""
        with told():
            before = await self._orders.find_return(ask.key, ask.order_id)
            return before or await self._orders.request_return(ask.key, ask.order_id, ask.items)

    @activity.defn
    async def receive_return(self, ask: asks.ReceiveReturn) -> ReturnDocument:
        """Book one arrival, once for each key."""
        with told():
            before = await self._orders.find_return(ask.return_key, ask.order_id)
            if before and before.receipt(ask.key):
                return before
            return await self._orders.receive_return(ask.return_key, ask.order_id, ask.key, ask.items)

    @activity.defn
    async def cancel_return(self, ask: asks.CancelReturn) -> ReturnDocument:
        """Drop a return of which nothing has arrived."""
        with told():
            before = await self._orders.find_return(ask.key, ask.order_id)
            if before and before.status is ReturnStatus.CANCELED:
                return before
            return await self._orders.cancel_return(ask.key, ask.order_id)

    @activity.defn
    async def read_return(self, ask: asks.ReadReturn) -> ReturnDocument | None:
        """How a return stands, with all that arrived."""
        with told():
            return await self._orders.find_return(ask.key, ask.order_id)

    @activity.defn
    async def send_replacement(self, ask: asks.SendReplacement) -> Replacement:
        """Let goods go out in place of others."""
        with told():
            before = await self._orders.find_replacement(ask.key, ask.order_id)
            return before or await self._orders.send_replacement(ask.key, ask.order_id, ask.replacement)

    @activity.defn
    async def cancel_replacement(self, ask: asks.CancelReplacement) -> Replacement:
        """Take a replacement back that the warehouse has not released."""
        with told():
            before = await self._orders.find_replacement(ask.key, ask.order_id)
            if before and before.status is ReplacementStatus.CANCELED:
                return before
            return await self._orders.cancel_replacement(ask.key, ask.order_id)

    @activity.defn
    async def read_replacement(self, ask: asks.ReadReplacement) -> Replacement | None:
        """How a replacement stands."""
        with told():
            return await self._orders.find_replacement(ask.key, ask.order_id)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (
            self.request_return,
            self.receive_return,
            self.cancel_return,
            self.read_return,
            self.send_replacement,
            self.cancel_replacement,
            self.read_replacement,
        )
