"""Pieces kept for somebody."""

from __future__ import annotations

from datetime import datetime

from activities.medusa.documents.document import Document


class ReservationItem(Document):
    """Pieces kept at a location, for a line of an order or for somebody else."""

    id: str
    line_item_id: str | None = None
    inventory_item_id: str
    location_id: str
    quantity: int
    created_at: datetime
