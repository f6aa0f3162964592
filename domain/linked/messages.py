"""What a complaint and the cases that came out of it tell each other.

Every signal is a snapshot with a number: one that is late or doubled is older than what is known, and changes nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Tag

from domain.messages import Identifier, Text
from domain.returns.wish import ReturnWish
from domain.shop.changes import OrderDelta
from domain.sla.spans import Instant

_STRICT = ConfigDict(frozen=True, extra="forbid")

ORDER_CHANGE, RETURN = "order_change", "return"
"""The types of cases that can come out of a complaint."""


def _type_of(wish: Any) -> str:
    if isinstance(wish, (OrderDelta, ReturnWish)):
        return type_of(wish)
    # What is neither is measured against the smaller of the two, so that a refusal names the fields of one of them.
    return RETURN if isinstance(wish, dict) and "kind" in wish else ORDER_CHANGE


Wish: TypeAlias = Annotated[
    Annotated[OrderDelta, Tag(ORDER_CHANGE)] | Annotated[ReturnWish, Tag(RETURN)], Discriminator(_type_of)
]
"""What a customer wants of an order, as the doors take it: a return has a `kind`, an order change has none."""


def type_of(wish: OrderDelta | ReturnWish) -> str:
    """The type of case that a wish makes."""
    return RETURN if isinstance(wish, ReturnWish) else ORDER_CHANGE


class OutOfComplaint(BaseModel):
    """The complaint that a case came out of; `informs`: it tells the customer regularly how things stand."""

    model_config = _STRICT

    case_id: Identifier
    informs: bool


class LinkedCaseMoved(BaseModel):
    """Signal to the complaint: how a linked case stands, and when its customer last heard from it."""

    model_config = _STRICT

    case_id: Identifier
    number: int
    status: str
    over: bool = False
    outcome: str | None = None
    heard_at: Instant | None = None


class LinkedCaseReplied(BaseModel):
    """Signal to the complaint: the customer wrote to a linked case, and means both."""

    model_config = _STRICT

    case_id: Identifier
    event_id: Identifier
    text: Text


class ParentMoved(BaseModel):
    """Signal to a linked case: whether the complaint informs the customer, or else when they last heard from it."""

    model_config = _STRICT

    case_id: Identifier
    number: int
    informs: bool
    over: bool = False
    heard_at: Instant | None = None


CaseNews: TypeAlias = LinkedCaseMoved | LinkedCaseReplied | ParentMoved
