"""The activity of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.customers.port import CustomerDirectory, OrderDirectory
from domain.deeds import LookupOrder, LookupReport


class CustomerActivities:
    """What the directories know."""

    def __init__(self, customers: CustomerDirectory, orders: OrderDirectory) -> None:
        self._customers = customers
        self._orders = orders

    @activity.defn
    async def look_up(self, order: LookupOrder) -> LookupReport:
        """The customer and the order of a case; None for what no directory knows, which is not an error here."""
        return LookupReport(
            customer=await self._customers.profile(order.customer_id),
            order=await self._orders.order(order.order_id) if order.order_id else None,
        )

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.look_up,)
