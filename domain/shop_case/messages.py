"""What a shop and a carrier tell a case. None of it has any authority: the case looks for itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from domain.messages import Identifier
from domain.shop.values import Key, ShopId

_STRICT = ConfigDict(frozen=True, extra="forbid")


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
