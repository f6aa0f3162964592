"""The forms that complete an order change's tasks; what people see is drawn from their JSON Schema."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.told import ToldIfGivenUp, ToldIfRefused

_STRICT = ConfigDict(frozen=True, extra="forbid")


class Decision(StrEnum):
    """What may be decided about a change outside its window."""

    APPROVE = "approve"
    REFUSE = "refuse"
    INTERCEPT = "intercept"


class ChangeDecisionForm(BaseModel):
    """The decision on a change outside its window; the reason of a refusal is told to the customer.

    `intercept` has the parcel turned back first, and is for cancellations of what was shipped.
    """

    model_config = _STRICT

    decision: Decision
    reason: ToldIfRefused


class InterceptionDecision(StrEnum):
    """What may be decided about a parcel that was to come back and was not seen."""

    WAIT = "wait"
    REFUND = "refund"
    GIVE_UP = "give_up"


class InterceptionForm(BaseModel):
    """The decision about a parcel that does not come back.

    `wait` gives it the same time once more, `refund` gives the money back without the parcel, and with `give_up` the
    order stays as it is; the reason is then told to the customer.
    """

    model_config = _STRICT

    decision: InterceptionDecision
    reason: ToldIfGivenUp
