"""What an order change carries with it, across continue-as-new."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.messages import ChangeOutcome, OrderChangeInput
from domain.people import CustomerProfile
from domain.shop.changes import OrderDelta
from domain.shop.parcels import Parcel
from domain.shop_case.state import CaseEnding, ShopCaseResult, ShopCaseState


class Quote(BaseModel):
    """What the customer is shown before anything is committed; `collect` and `refund` are None where nothing moves."""

    model_config = ConfigDict(frozen=True)

    changes: str | None = None
    before: Money
    after: Money
    collect: Money | None = None
    refund: Money | None = None
    delivery_on: date | None = None


Ending: TypeAlias = CaseEnding[ChangeOutcome]


class OrderChangeState(ShopCaseState):
    """What an order change carries beyond what every case about an order has.

    Attributes:
        permitted_by: `window`, or who decided; None while nobody has.
        refund_due: what is paid back in the end, never more than was quoted.
        lost_parcels: those that a person was told of.
        written_off: the money goes back although the parcel does not.
        wrong: code and sentence of a refusal that may have been a cut-off; the order is read again to find out.
    """

    wanted: OrderDelta
    status: ChangeCaseStatus = ChangeCaseStatus.RECEIVED  # type: ignore[mutable-override]  # narrowed
    permitted_by: str | None = None
    quote: Quote | None = None
    refund_due: Money | None = None
    parcels: list[Parcel] = Field(default_factory=list)
    intercept: bool = False
    lost_parcels: list[str] = Field(default_factory=list)
    written_off: bool = False
    wrong: tuple[str, str] | None = None
    ending: Ending | None = None
    told: bool = False
    outcome: ChangeOutcome | None = None  # type: ignore[mutable-override]  # narrowed


class OrderChangeStart(BaseModel):
    """Input of the order-change workflow: a new change with the customer whom the door found, or one that goes on."""

    model_config = ConfigDict(frozen=True)

    change: OrderChangeInput
    customer: CustomerProfile
    state: OrderChangeState | None = None


class OrderChangeResult(ShopCaseResult[OrderChangeState]):
    """What a finished order change leaves behind."""
