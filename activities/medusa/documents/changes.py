"""A change of an order, and the order as it will be."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from activities.medusa.documents.document import Document
from activities.medusa.documents.orders import Pieces


class Action(Document):
    """One stroke of a change."""

    action: str
    reference_id: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)


class Change(Document):
    """A change of an order: an edit, a step of a return, a credit line. `pending` and `requested` are active."""

    id: str
    change_type: str | None = None
    status: str
    version: int
    internal_note: str | None = None
    return_id: str | None = None
    created_at: datetime
    actions: tuple[Action, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it is the one that keeps the order busy."""
        return self.status in ("pending", "requested")


class PreviewedLine(Document):
    """A line of an order as it will be; 0 pieces is a line that goes."""

    id: str
    variant_id: str | None = None
    total: Decimal
    detail: Pieces


class PreviewedOrder(Document):
    """An order as an open edit will leave it."""

    item_total: Decimal
    shipping_total: Decimal
    items: tuple[PreviewedLine, ...]
