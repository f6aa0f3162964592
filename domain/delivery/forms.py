"""The form that decides about a delivery problem; what people see is drawn from its JSON Schema."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.told import Told


class Remedy(StrEnum):
    """What may be done about a delivery problem."""

    SEND_AGAIN = "send_again"
    REFUND = "refund"
    WAIT = "wait"
    AWAIT_RETURN = "await_return"


class DeliveryDecisionForm(BaseModel):
    """What is done about it. `reason` is told to the customer.

    `wait` looks for the parcel at the carrier and decides anew if it does not arrive; `await_return` refunds as soon
    as a parcel that was refused or turned back is here again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    remedy: Remedy
    reason: Told
