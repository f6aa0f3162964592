"""What doors and the complaint workflow exchange: how one is opened, what people may ask, what other systems tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.linked.messages import Wish
from domain.messages import Identifier, Request, Text
from domain.people import Channel
from domain.shop.values import ShopId
from domain.sla.spans import Instant, PolicySpan

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ComplaintInput(BaseModel):
    """A complaint as a backend system hands it in.

    `source` and `reference` identify it: handing it in again answers with the same case. `said_at` is when the customer
    said it, which may be long before it reached us; promises count from `arrived_at`, its arrival at one of our doors.
    """

    model_config = _STRICT

    case_id: Identifier
    source: Identifier
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    policy: str = Field(description="pinned version, name@hash")
    arrived_at: Instant
    channel: Channel
    customer_id: Identifier
    order_id: Identifier | None = None
    subject: Annotated[str, Field(min_length=1, max_length=300)]
    description: Annotated[str, Field(max_length=20_000)] = ""
    said_at: Instant | None = None
    crisis_level: int | None = Field(default=None, ge=1, le=3)
    upset: bool = False
    business_unit: str | None = Field(default=None, max_length=120)


class Outcome(StrEnum):
    """How a complaint ended."""

    ACCEPTED = "accepted"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    CLOSED_BY_SUPERVISOR = "closed_by_supervisor"


class Escalate(Request):
    """An agent cannot resolve it, or finds it sensitive: up one tier."""

    reason: Text
    sensitive: bool = False


class DepartmentQuestion(BaseModel):
    """One department's part: what is asked and by when."""

    model_config = _STRICT

    team: Identifier
    question: Text
    within: PolicySpan | None = Field(default=None, gt=0)


class AskDepartments(Request):
    """Ask other departments; below the top tier one at a time, at the top several at once."""

    questions: tuple[DepartmentQuestion, ...] = Field(min_length=1, max_length=10)


class AnswerSolution(Request):
    """The customer accepts the offered solution or is not satisfied with it; `score` is CSAT, 1 to 5."""

    satisfied: bool
    score: int | None = Field(default=None, ge=1, le=5)
    text: Text | None = None


class Withdraw(Request):
    """The customer takes the complaint back."""

    text: Text | None = None


class Reopen(Request):
    """Take a closed case up again within the stated time."""

    reason: Text


class Merge(Request):
    """Join this case to another of the same customer and order; `target_*` are what the door read of that case."""

    target: Identifier
    target_customer: Identifier
    target_order: Identifier | None
    reason: Text


class OpenLinkedCase(Request):
    """Open an order change or a return out of the complaint; `wanted` is what the doors take of one.

    `order_id` is the complaint's own order if it is left out.
    """

    wanted: Wish
    order_id: ShopId | None = None


class ForceTier(Request):
    """Supervisor: put the case into a tier."""

    tier: int = Field(ge=1, le=9)
    reason: Text


class CaseMerged(BaseModel):
    """Signal: another case of the same customer and order now goes on in this one.

    `left` gives, for each kind of clock whose promise goes on here, the budget that was left there in milliseconds.
    """

    model_config = _STRICT

    case_id: Identifier
    customer_id: Identifier
    order_id: Identifier | None
    subject: str
    description: str
    notes: tuple[str, ...] = ()
    left: dict[str, int] = {}
