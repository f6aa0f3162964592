"""What an order change carries with it, across continue-as-new."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.case_record import CaseState
from domain.money import Money
from domain.order_change.machine import ChangeCaseStatus
from domain.order_change.messages import ChangeOutcome, OrderChangeInput
from domain.people import CustomerProfile
from domain.shop.asks import ShopAsk
from domain.shop.changes import OrderDelta
from domain.shop.orders import Order
from domain.shop.parcels import Parcel
from domain.shop.payments import PaymentAccount
from domain.sla.spans import Instant


class StepState(StrEnum):
    """How far a step at the shop has come; `by_hand` is with a person, `settled` was done by one."""

    UNDER_WAY = "under_way"
    DONE = "done"
    REFUSED = "refused"
    UNDOING = "undoing"
    UNDONE = "undone"
    BY_HAND = "by_hand"
    SETTLED = "settled"


class TakenStep(BaseModel):
    """A step at the shop, and what has become of it. `name` is its place in the plan: the ask, and what it is about."""

    name: str
    ask: ShopAsk
    state: StepState = StepState.UNDER_WAY
    paid: bool = False


class Quote(BaseModel):
    """What the customer is shown before anything is committed; `collect` and `refund` are None where nothing moves."""

    model_config = ConfigDict(frozen=True)

    changes: str | None = None
    before: Money
    after: Money
    collect: Money | None = None
    refund: Money | None = None
    delivery_on: date | None = None


class Ending(BaseModel):
    """Why a change comes to nothing: a code, a person's words, or the case that keeps the order busy."""

    model_config = ConfigDict(frozen=True)

    outcome: ChangeOutcome
    reason: str
    text: str | None = None
    other_case: str | None = None


class OrderChangeState(CaseState):
    """What an order change carries beyond what every case has.

    Attributes:
        permitted_by: `window`, or who decided; None while nobody has.
        hands: staff who asked for the change or decided about it; none of them may approve its refund.
        reading: what is being read at the shop right now.
        looked: nothing was told about payment or parcels since they were read.
        refund_due: what is paid back in the end, never more than was quoted.
        checked: the order was read again after the last wait, so that it may be committed.
        payment_over: the time for paying is over, and the shop is asked whether it was paid after all.
        wrong: code and sentence of a refusal that may have been a cut-off; the order is read again to find out.
    """

    source: str
    reference: str
    order_id: str
    wanted: OrderDelta
    status: ChangeCaseStatus = ChangeCaseStatus.RECEIVED
    hands: list[str] = Field(default_factory=list)
    permitted_by: str | None = None
    shop_order: Order | None = None
    account: PaymentAccount | None = None
    quote: Quote | None = None
    steps: list[TakenStep] = Field(default_factory=list)
    reading: str | None = None
    refund_due: Money | None = None
    parcels: list[Parcel] = Field(default_factory=list)
    looked: bool = False
    checked: bool = False
    paid: bool = False
    approved: bool = False
    intercept: bool = False
    payment_over: bool = False
    wrong: tuple[str, str] | None = None
    ending: Ending | None = None
    told: bool = False
    outcome: ChangeOutcome | None = None
    closed_at: Instant | None = None


class OrderChangeStart(BaseModel):
    """Input of the order-change workflow: a new change with the customer whom the door found, or one that goes on."""

    model_config = ConfigDict(frozen=True)

    change: OrderChangeInput
    customer: CustomerProfile
    state: OrderChangeState | None = None


class OrderChangeResult(BaseModel):
    """What a finished order change leaves behind."""

    case_id: str
    status: str
    outcome: str | None
    closed_at: Instant
    state: OrderChangeState
