"""What doors and the return workflow exchange: how one is opened, and what the customer may ask."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.linked.messages import OutOfComplaint
from domain.messages import Identifier, Request, Text
from domain.money import Money
from domain.people import Channel
from domain.returns.wish import ReturnWish
from domain.shop.values import ShopId
from domain.sla.spans import Instant

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ReturnInput(BaseModel):
    """A wish to return goods, as a backend system hands it in.

    `source` and `reference` identify it. `customer_id` is whom the door has recognised; whether the order is theirs is
    for the case to verify. `asked_by` is the staff member who entered it for the customer, None if nobody did. `parent`
    is the complaint that it came out of.
    """

    model_config = _STRICT

    case_id: Identifier
    source: Identifier
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    policy: str = Field(description="pinned version, name@hash")
    arrived_at: Instant
    channel: Channel
    customer_id: Identifier
    order_id: ShopId
    wanted: ReturnWish
    asked_by: Identifier | None = None
    parent: OutOfComplaint | None = None


class ReturnOutcome(StrEnum):
    """How a return ended. `partly` is one of which not all came back, was accepted or could be settled."""

    REFUNDED = "refunded"
    EXCHANGED = "exchanged"
    REPAIRED = "repaired"
    REPLACED = "replaced"
    PARTLY = "partly"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class AnswerReturn(Request):
    """The customer accepts the price of an exchange or a repair, or does not. `amount` is what they were shown."""

    accepted: bool
    amount: Money | None = None
    text: Text | None = None


class WithdrawReturn(Request):
    """The customer would rather keep the goods as they are."""

    text: Text | None = None


class ReportSent(Request):
    """The customer says that the parcel is on its way."""

    text: Text | None = None


class RateReturn(Request):
    """Whether the customer is satisfied with how it ended; `score` is CSAT, 1 to 5."""

    satisfied: bool
    score: int | None = Field(default=None, ge=1, le=5)
    text: Text | None = None
