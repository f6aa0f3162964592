"""What a shop and a carrier tell a case. None of it has any authority: the case looks for itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.messages import Identifier
from domain.shop.values import Key, ShopId

_STRICT = ConfigDict(frozen=True, extra="forbid")


EventKind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What happened, in the shop's own word; those in `ShopEventKind` mean something to a case."""


class PaymentSettled(BaseModel):
    """Signal: a payment came in, or so somebody says; the case looks for itself."""

    model_config = _STRICT

    event_id: Identifier
    key: Key


class ParcelScanned(BaseModel):
    """Signal: something was seen of a parcel; the case looks for itself."""

    model_config = _STRICT

    event_id: Identifier
    parcel_id: ShopId


class OrderMoved(BaseModel):
    """Signal: something else happened to the order: released, shipped, delivered, changed, refunded."""

    model_config = _STRICT

    event_id: Identifier
    kind: EventKind
