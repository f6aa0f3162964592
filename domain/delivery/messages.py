"""What the watch over parcels and the delivery-problem workflow exchange."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.messages import Identifier
from domain.people import Channel
from domain.shop.parcels import Parcel, ParcelStatus
from domain.shop.values import ShopId
from domain.sla.spans import Instant


class Problem(StrEnum):
    """What is wrong with a delivery."""

    LATE = "late"
    LOST = "lost"
    DAMAGED = "damaged"
    REFUSED = "refused"


PROBLEMS = {
    ParcelStatus.LOST: Problem.LOST,
    ParcelStatus.DAMAGED: Problem.DAMAGED,
    ParcelStatus.REFUSED: Problem.REFUSED,
}
"""Scans that are a problem by themselves; that a parcel is late, no scan says."""


def subject_of(order_id: str, problem: Problem) -> str:
    """What a case is about, on one line."""
    return f"Order {order_id}: parcel {problem.value}"


def problem_of(parcel: Parcel) -> Problem | None:
    """What scans say is wrong with a parcel: the last one, or that the goods going to the customer were damaged."""
    damaged = any(scan.status is ParcelStatus.DAMAGED for scan in parcel.scans)
    comes_back = parcel.status in (ParcelStatus.TURNED_BACK, ParcelStatus.BACK)
    return PROBLEMS.get(parcel.status) or (Problem.DAMAGED if damaged and not comes_back else None)


class DeliveryInput(BaseModel):
    """A problem with one parcel of an order, as the watch over parcels found it.

    `source` and `reference` identify it: the same problem of the same parcel is one case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    case_id: Identifier
    source: Identifier
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    policy: str = Field(description="pinned version, name@hash")
    arrived_at: Instant
    channel: Channel
    customer_id: Identifier
    order_id: ShopId
    parcel_id: ShopId
    problem: Problem


class DeliveryOutcome(StrEnum):
    """How a delivery problem ended; `closed` is by a supervisor, or because there was nothing to be found."""

    ARRIVED = "arrived"
    SENT_AGAIN = "sent_again"
    REFUNDED = "refunded"
    CLOSED = "closed"


MADE_GOOD = (DeliveryOutcome.SENT_AGAIN, DeliveryOutcome.REFUNDED)
"""After these the parcel is no longer the customer's trouble, whatever becomes of it."""
