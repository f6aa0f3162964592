"""What a delivery problem carries with it, across continue-as-new."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.delivery.forms import Remedy
from domain.delivery.machine import DeliveryCaseStatus
from domain.delivery.messages import DeliveryInput, DeliveryOutcome, Problem
from domain.money import Money
from domain.people import CustomerProfile
from domain.shop.parcels import Parcel
from domain.shop_case.state import ShopCaseResult, ShopCaseState


class DeliveryState(ShopCaseState):
    """What a delivery problem carries beyond what every case about an order has.

    Attributes:
        parcel: as it was seen last.
        remedy: what was decided; None while nobody has.
        reason: why it was decided so, for the letter that tells how it ends; None where the customer has heard it.
        refund_due: what is paid back for the parcel's goods.
        told: the customer knows of the problem.
    """

    parcel_id: str
    problem: Problem
    status: DeliveryCaseStatus = DeliveryCaseStatus.RECEIVED  # type: ignore[mutable-override]  # narrowed
    parcel: Parcel | None = None
    remedy: Remedy | None = None
    reason: str | None = None
    refund_due: Money | None = None
    told: bool = False
    outcome: DeliveryOutcome | None = None  # type: ignore[mutable-override]  # narrowed


class DeliveryStart(BaseModel):
    """Input of the workflow: a new problem with the customer of the order, or one that goes on."""

    model_config = ConfigDict(frozen=True)

    found: DeliveryInput
    customer: CustomerProfile
    state: DeliveryState | None = None


class DeliveryResult(ShopCaseResult[DeliveryState]):
    """What a finished delivery problem leaves behind."""
