"""The forms of tasks that every case at a shop may have."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.messages import Text

_STRICT = ConfigDict(frozen=True, extra="forbid")


class IdentityForm(BaseModel):
    """Whether whoever asked may decide about this order, and how that was found out."""

    model_config = _STRICT

    verified: bool
    how: Text


class RefundApprovalForm(BaseModel):
    """A decision on a refund above the limit."""

    model_config = _STRICT

    approved: bool
    remarks: Text


class SettlementForm(BaseModel):
    """How a step that could not be taken, or taken back, was settled by hand."""

    model_config = _STRICT

    how: Text
