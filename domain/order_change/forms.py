"""The forms that complete an order change's tasks; what people see is drawn from their JSON Schema."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.messages import Text

_STRICT = ConfigDict(frozen=True, extra="forbid")


class Decision(StrEnum):
    """What may be decided about a change outside its window."""

    APPROVE = "approve"
    REFUSE = "refuse"
    INTERCEPT = "intercept"


class IdentityForm(BaseModel):
    """Whether whoever asked may change this order, and how that was found out."""

    model_config = _STRICT

    verified: bool
    how: Text


class ChangeDecisionForm(BaseModel):
    """The decision on a change outside its window; the reason of a refusal is told to the customer.

    `intercept` has the parcel turned back first, and is for cancellations of what was shipped.
    """

    model_config = _STRICT

    decision: Decision
    reason: Text


class RefundApprovalForm(BaseModel):
    """A decision on a refund above the limit."""

    model_config = _STRICT

    approved: bool
    remarks: Text


class SettlementForm(BaseModel):
    """How a step that could not be taken, or taken back, was settled by hand."""

    model_config = _STRICT

    how: Text
