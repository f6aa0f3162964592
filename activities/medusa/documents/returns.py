"""A return, with what is to come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from activities.medusa.documents.document import Document


class ReturnLine(Document):
    """So many pieces of a line that are to come back."""

    item_id: str
    quantity: int


class ReturnParcel(Document):
    """A parcel that Medusa expects for a return."""

    id: str
    canceled_at: datetime | None = None


class MedusaReturn(Document):
    """A return. Its `status` can be wrong after a crash, and after a second arrival always is."""

    id: str
    status: str
    created_at: datetime
    location_id: str | None = None
    metadata: dict[str, Any] | None = None
    items: tuple[ReturnLine, ...] = ()
    fulfillments: tuple[ReturnParcel, ...] = ()
