"""The forms that complete a return's tasks; what people see is drawn from their JSON Schema."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.messages import Text
from domain.money import Money
from domain.shop.values import Count, ShopId
from domain.told import ToldIfNotAccepted, ToldIfNotRepaired, ToldIfRefused

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ReturnDecisionForm(BaseModel):
    """The decision on a return that the rules leave open; the reason of a refusal is told to the customer."""

    model_config = _STRICT

    approved: bool
    reason: ToldIfRefused


class Whereabouts(StrEnum):
    """What was found out about a parcel: it has arrived, is on its way, is lost, or was never handed to the carrier."""

    ARRIVED = "arrived"
    ON_ITS_WAY = "on_its_way"
    LOST = "lost"
    NOT_SENT = "not_sent"


class TracingForm(BaseModel):
    """What became of a parcel. One that is lost is claimed at the carrier; the customer does not bear it."""

    model_config = _STRICT

    found: Whereabouts
    how: Text


class InspectedItem(BaseModel):
    """What was in the parcel of one line. `other` are pieces that are incomplete or not ours at all."""

    model_config = _STRICT

    line_id: ShopId
    sound: Count = 0
    damaged: Count = 0
    other: Count = 0
    accepted: bool = True

    @property
    def quantity(self) -> int:
        """All pieces, whatever their condition."""
        return self.sound + self.damaged + self.other


class InspectionForm(BaseModel):
    """What came back, and what of it is accepted; the reason of a refusal is told to the customer.

    `more_to_come` says that the customer sends the missing pieces in another parcel. `in_warranty` and `repair_price`
    are for repairs: without a word the rules say whether there is still a warranty.
    """

    model_config = _STRICT

    items: tuple[InspectedItem, ...] = Field(min_length=1)
    reason: ToldIfNotAccepted | None = None
    more_to_come: bool = False
    in_warranty: bool | None = None
    repair_price: Money | None = None


class RepairForm(BaseModel):
    """What was done to the goods; what cannot be repaired is refunded in warranty, and goes back otherwise."""

    model_config = _STRICT

    repaired: bool
    what: ToldIfNotRepaired


class TestForm(BaseModel):
    """Whether the goods work again."""

    __test__ = False  # or pytest would take it for one of its own

    model_config = _STRICT

    passed: bool
    remarks: Text


class FollowUpForm(BaseModel):
    """What was done for a customer who was not satisfied."""

    model_config = _STRICT

    what: Text
