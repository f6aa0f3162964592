"""A delivery problem at the door: what the watch over parcels hands in, and the number that its case gets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.delivery.messages import Problem
from domain.messages import Identifier
from domain.shop.values import ShopId
from starter.new_complaint import case_number

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


def delivery_number(new: NewDelivery) -> str:
    """The case id: as of a complaint, but with `D`."""
    return f"D{case_number(new.source, new.reference)[1:]}"
