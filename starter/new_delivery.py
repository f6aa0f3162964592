"""A delivery problem at the door: what the watch over parcels hands in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.delivery.messages import Problem
from domain.messages import Identifier
from domain.shop.values import ShopId

SOURCE = "carrier"


class NewDelivery(BaseModel):
    """A problem of one parcel. The same problem of the same parcel is one case, however often it is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_id: Identifier
    order_id: ShopId
    parcel_id: ShopId
    problem: Problem

    @property
    def source(self) -> str:
        """Nobody hands it in but the carrier's scans, or their absence."""
        return SOURCE

    @property
    def reference(self) -> str:
        """What identifies it."""
        return f"{self.parcel_id}:{self.problem.value}"
