"""What complaints know of orders: a summary of what the shop itself says, so that there is one truth about an order."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.orders.embedded import EmbeddedOrderSystem
from activities.shop.transactions import ShopBooks
from domain.people import OrderSummary
from domain.shop.errors import OrderNotFoundError
from domain.shop.orders import Order


class ReadsOrders(Protocol):
    """The part of an `OrderSystem` that a look-up needs."""

    async def order(self, order_id: str) -> Order:
        """The order as it is now."""


class ShopOrderDirectory:
    """`OrderDirectory` over a shop's orders."""

    def __init__(self, orders: ReadsOrders) -> None:
        self._orders = orders

    async def order(self, order_id: str) -> OrderSummary | None:
        found = await self.whole_order(order_id)
        return found.summary if found else None

    async def whole_order(self, order_id: str) -> Order | None:
        """An order with its lines, or None.

        Raises:
            ShopError: the shop does not answer, or not as we know it.
        """
        try:
            return await self._orders.order(order_id)
        except OrderNotFoundError:
            return None


def embedded_directory(engine: AsyncEngine) -> ShopOrderDirectory:
    """Over the embedded shop in this store."""
    return ShopOrderDirectory(EmbeddedOrderSystem(ShopBooks(engine)))
