"""The activities of this room. Each reads what was done under its key before it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.inventory.port import Inventory
from activities.shop_answers import told
from domain.shop import asks
from domain.shop.stock import Reservation, ReservationStatus, Restock


class InventoryActivities:
    """Stock that a case keeps for its customer."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory

    @activity.defn
    async def reserve_stock(self, ask: asks.ReserveStock) -> Reservation:
        """Keep pieces for the case."""
        with told():
            before = await self._inventory.find_reservation(ask.key)
            return before or await self._inventory.reserve(ask.key, ask.variant_id, ask.quantity)

    @activity.defn
    async def release_stock(self, ask: asks.ReleaseStock) -> Reservation:
        """Keep them no longer."""
        with told():
            before = await self._inventory.find_reservation(ask.key)
            if before and before.status is ReservationStatus.RELEASED:
                return before
            return await self._inventory.release(ask.key)

    @activity.defn
    async def take_out_stock(self, ask: asks.TakeOutStock) -> Reservation:
        """Take what was kept off the shelf for good."""
        with told():
            before = await self._inventory.find_reservation(ask.key)
            if before and before.status is ReservationStatus.TAKEN:
                return before
            return await self._inventory.take_out(ask.key)

    @activity.defn
    async def restock_goods(self, ask: asks.RestockGoods) -> Restock:
        """Take pieces in that came back other than by a return."""
        with told():
            before = await self._inventory.find_restock(ask.key)
            return before or await self._inventory.restock(ask.key, ask.variant_id, ask.quantity, ask.condition)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.reserve_stock, self.release_stock, self.take_out_stock, self.restock_goods)
