"""A delivery problem at the door: what the watch over parcels hands in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.delivery.messages import Problem
from domain.messages import Identifier
from domain.numbers import delivery_number
from domain.shop.values import ShopId

SOURCE = "carrier"


class NewDelivery(BaseModel):
    """A problem of one parcel. The same problem of the same parcel is one case, however often it is found.

    So is another problem of a parcel whose case still has it in hand: that case learns of it by the same scan.
    """

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
        return self._reference(self.problem)

    @property
    def other_problems(self) -> tuple[str, ...]:
        """The numbers that cases of this parcel's other problems have, if there are any."""
        others = (problem for problem in Problem if problem is not self.problem)
        return tuple(delivery_number(self.source, self._reference(problem)) for problem in others)

    def _reference(self, problem: Problem) -> str:
        return f"{self.parcel_id}:{problem.value}"
