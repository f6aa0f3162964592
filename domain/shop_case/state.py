"""What a case about a shop's order carries: the order and its money as last read, and each step with its fate."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field

from domain.case_record import CaseState
from domain.linked.state import Parent
from domain.shop.asks import ShopAsk
from domain.shop.orders import Order
from domain.shop.payments import PaymentAccount


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


class ShopCaseState(CaseState):
    """What every case about an order carries beyond what all cases have.

    Attributes:
        hands: staff who asked for it or decided about it; none of them may approve its refund.
        reading: what is being read at the shop right now.
        looked: nothing was told about payment or parcels since they were read.
        parent: the complaint that it came out of.
        payment_over: the time for paying is over, and the shop is asked whether it was paid after all.
    """

    source: str
    reference: str
    order_id: str
    parent: Parent | None = None
    hands: list[str] = Field(default_factory=list)
    shop_order: Order | None = None
    account: PaymentAccount | None = None
    steps: list[TakenStep] = Field(default_factory=list)
    reading: str | None = None
    looked: bool = False
    paid: bool = False
    payment_over: bool = False
    approved: bool = False
