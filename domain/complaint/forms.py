"""The forms that complete a complaint's tasks; what people see is drawn from their JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.messages import Identifier, Text
from domain.money import Money
from domain.told import Told

_STRICT = ConfigDict(frozen=True, extra="forbid")


class SolutionForm(BaseModel):
    """What resolving a complaint takes: the solution in words for the customer, and goodwill if any.

    `leave_linked` says that a linked case which is still open goes on by itself; without it, it is waited for.
    """

    model_config = _STRICT

    solution: Told
    goodwill: Money | None = None
    leave_linked: bool = False


class SummaryForm(BaseModel):
    """Summarise and record, the last step of the standard service process."""

    model_config = _STRICT

    summary: Text
    cause: Annotated[str, Field(min_length=1, max_length=120)]


class RootCauseForm(BaseModel):
    """Root cause of what reached the top tier: the preventive measure with its owner and date."""

    model_config = _STRICT

    root_cause: Text
    preventive_measure: Text
    measure_owner: Identifier
    measure_due: date


class DepartmentAnswerForm(BaseModel):
    """A department's answer to the question it was asked."""

    model_config = _STRICT

    answer: Text


class FollowUpForm(BaseModel):
    """How the customer feels some days later; 3 or less on CSAT 1 to 5 reopens the case when `reopen` is set."""

    model_config = _STRICT

    score: int = Field(ge=1, le=5)
    remarks: Text
    reopen: bool = False


class GoodwillForm(BaseModel):
    """A decision on goodwill above the agent's limit."""

    model_config = _STRICT

    approved: bool
    remarks: Text
