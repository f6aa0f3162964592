"""A return at the door: what a caller hands in."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.messages import Identifier
from domain.people import Channel
from domain.returns.wish import ReturnWish
from domain.shop.values import ShopId


class NewReturn(BaseModel):
    """A return as a caller hands it in; `customer_id` is whom the door has recognised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Identifier
    reference: str = Field(min_length=1, max_length=200)
    channel: Channel
    customer_id: Identifier
    order_id: ShopId
    wanted: ReturnWish
    asked_by: Identifier | None = None
