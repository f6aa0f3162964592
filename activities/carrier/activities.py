"""The activities of this room. Each reads what was done under its key before it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.carrier.port import Carrier
from activities.shop_answers import told
from domain.shop import asks
from domain.shop.parcels import Interception, Parcel


class CarrierActivities:
    """Parcels: announcing them, where they are, and turning them back."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    @activity.defn
    async def find_parcels(self, ask: asks.FindParcels) -> list[Parcel]:
        """The order's parcels with what was seen of them, oldest first."""
        with told():
            return await self._carrier.parcels_of(ask.order_id)

    @activity.defn
    async def intercept_parcel(self, ask: asks.InterceptParcel) -> Interception:
        """Have a parcel turned back; only a scan proves that it was."""
        with told():
            before = await self._carrier.find_interception(ask.key)
            return before or await self._carrier.intercept(ask.key, ask.parcel_id)

    @activity.defn
    async def create_label(self, ask: asks.CreateLabel) -> Parcel:
        """Announce a parcel; its id is the tracking number."""
        with told():
            before = await self._carrier.find_parcel(ask.key)
            return before or await self._carrier.create_label(ask.key, ask.label)

    @activity.defn
    async def read_parcel(self, ask: asks.ReadParcel) -> Parcel:
        """One parcel with what was seen of it."""
        with told():
            return await self._carrier.parcel(ask.parcel_id)

    def registered(self) -> tuple[Callable[..., Any], ...]:
        """What a worker registers."""
        return (self.find_parcels, self.intercept_parcel, self.create_label, self.read_parcel)
