"""What a case about a shop's order carries: the order and its money as last read, and each step with its fate."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from domain.case_record import CaseState
from domain.linked.state import Parent
from domain.shop.asks import ShopAsk
from domain.shop.orders import Order
from domain.shop.payments import PaymentAccount
from domain.sla.spans import Instant

Outcome = TypeVar("Outcome", bound=StrEnum)


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


class CaseEnding(BaseModel, Generic[Outcome]):
    """Why a case comes to nothing: a code, a person's words, or the case that keeps the order busy."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    reason: str
    text: str | None = None
    other_case: str | None = None

    @property
    def words(self) -> dict[str, str | None]:
        """What the customer is told of it."""
        return {"reason": self.reason, "text": self.text, "other_case": self.other_case}


class ShopCaseState(CaseState):
    """What every case about an order carries beyond what all cases have.

    Attributes:
        status: where it stands; moved along the table of its type only.
        checked: what is read again before something that cannot be taken back was read since the status changed.
        hands: staff who asked for it or decided about it; none of them may approve its refund.
        reading: what is being read at the shop right now.
        looked: nothing was told about payment or parcels since they were read.
        parent: the complaint that it came out of.
        payment_over: the time for paying is over, and the shop is asked whether it was paid after all.
    """

    source: str
    reference: str
    order_id: str
    status: StrEnum
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
    checked: bool = False
    outcome: StrEnum | None = None


State = TypeVar("State", bound=ShopCaseState)


class ShopCaseResult(BaseModel, Generic[State]):
    """What a finished case leaves behind."""

    case_id: str
    status: str
    outcome: str | None
    closed_at: Instant
    state: State
