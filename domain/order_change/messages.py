"""What doors and the order-change workflow exchange: how one is opened, what people may ask, what others tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.linked.messages import OutOfComplaint
from domain.messages import Identifier, Request, Text
from domain.money import Money
from domain.people import Channel
from domain.shop.changes import OrderDelta
from domain.shop.values import ShopId
from domain.sla.spans import Instant

_STRICT = ConfigDict(frozen=True, extra="forbid")


class OrderChangeInput(BaseModel):
    """A wish to change an order, as a backend system hands it in.

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
    wanted: OrderDelta
    asked_by: Identifier | None = None
    parent: OutOfComplaint | None = None


class ChangeOutcome(StrEnum):
    """How an order change ended."""

    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class AnswerChange(Request):
    """The customer accepts the difference in price, or does not. `amount` is what they were shown, to be sure."""

    accepted: bool
    amount: Money | None = None
    text: Text | None = None


class WithdrawChange(Request):
    """The customer would rather leave the order as it is."""

    text: Text | None = None
