"""A complaint at the door: what a caller hands in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.messages import Identifier
from domain.people import Channel
from starter.instants import Happened


class NewComplaint(BaseModel):
    """A complaint as a caller hands it in; what a `ComplaintInput` has beyond this is the door's to fill in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Identifier
    reference: str = Field(min_length=1, max_length=200)
    channel: Channel
    customer_id: Identifier
    order_id: Identifier | None = None
    subject: str = Field(min_length=1, max_length=300)
    description: str = Field(default="", max_length=20_000)
    said_at: Happened | None = Field(default=None, description="when the customer said it")
    crisis_level: int | None = Field(default=None, ge=1, le=3)
    upset: bool = False
    business_unit: str | None = Field(default=None, max_length=120)
