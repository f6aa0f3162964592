"""What a return carries with it, across continue-as-new."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.people import CustomerProfile
from domain.returns.machine import ReturnCaseStatus
from domain.returns.messages import ReturnInput, ReturnOutcome
from domain.returns.wish import Remedy, ReturnWish
from domain.shop.parcels import Parcel, ParcelStatus
from domain.shop.returns import ReceivedItem, ReturnDocument
from domain.shop.values import Variant
from domain.shop_case.state import CaseEnding, ShopCaseResult, ShopCaseState

Ending: TypeAlias = CaseEnding[ReturnOutcome]


class ReturnState(ShopCaseState):
    """What a return carries beyond what every case about an order has.

    Attributes:
        remedy: what it comes to; a parcel that was lost, or goods that cannot be repaired, change it.
        permitted_by: `rule`, or who decided; None while nobody has.
        parcels: the order's parcels, None while they were not read.
        variants: what the customer wants instead, at the price that was shown.
        price: what the customer is to pay, for a dearer variant or a repair.
        document: the return as the shop has it.
        round: which parcel of the customer's we are at; goods may come back in several.
        inbound, outbound: the parcel that comes to us, and the one that goes back, as last seen.
        told_sent: the customer says that the parcel is on its way.
        sending_over: the time for sending is over, and the carrier is asked whether it was sent after all.
        arrived: what came in this round and was accepted, as the shop is to book it.
        to_go_back: pieces by line that lie with us and are the customer's.
        accepted: pieces by line that came back and stay, of all rounds.
        replaced: pieces by line that something else was sent for.
        replacement_lines: the order's lines that go out in place of others.
        more_to_come: a further parcel is expected.
        paid_back: minor units that were refunded, or are in the hands of a person.
        blocked: another case keeps the order busy; `blocked_by` is its number if it is one of ours.
        waited: the time for waiting is over, and the try that is under way is the last.
        dispatched: what goes out is with the carrier.
        handed_out: what goes out has arrived, or a person sees to it.
        goods_here: what was inspected lies with us, and the shop has not booked it yet.
        traced: the state of a parcel that a person has looked into already.
        in_warranty: the repair costs the customer nothing; None while nobody has said.
    """

    wanted: ReturnWish
    remedy: Remedy
    status: ReturnCaseStatus = ReturnCaseStatus.RECEIVED  # type: ignore[mutable-override]  # narrowed
    permitted_by: str | None = None
    parcels: list[Parcel] | None = None
    variants: dict[str, Variant] = Field(default_factory=dict)
    price: Money | None = None
    document: ReturnDocument | None = None
    round: int = 1
    inbound: Parcel | None = None
    outbound: Parcel | None = None
    told_sent: bool = False
    sending_over: bool = False
    arrived: list[ReceivedItem] = Field(default_factory=list)
    to_go_back: dict[str, int] = Field(default_factory=dict)
    accepted: dict[str, int] = Field(default_factory=dict)
    replaced: dict[str, int] = Field(default_factory=dict)
    replacement_lines: list[str] = Field(default_factory=list)
    more_to_come: bool = False
    rest_dropped: bool = False
    paid_back: int = 0
    blocked: bool = False
    blocked_by: str | None = None
    waited: bool = False
    dispatched: bool = False
    handed_out: bool = False
    in_warranty: bool | None = None
    goods_here: bool = False
    traced: ParcelStatus | None = None
    ending: Ending | None = None
    told: bool = False
    satisfied: bool | None = None
    score: int | None = None
    rating_over: bool = False
    outcome: ReturnOutcome | None = None  # type: ignore[mutable-override]  # narrowed


class ReturnStart(BaseModel):
    """Input of the return workflow: a new return with the customer whom the door found, or one that goes on."""

    model_config = ConfigDict(frozen=True)

    asked: ReturnInput
    customer: CustomerProfile
    state: ReturnState | None = None


class ReturnResult(ShopCaseResult[ReturnState]):
    """What a finished return leaves behind."""
