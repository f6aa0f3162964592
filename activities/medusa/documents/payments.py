"""Money of an order: asked for, taken, paid back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from activities.medusa.documents.document import Document


class RefundMade(Document):
    """A refund; `note` is our key if it is one of ours."""

    id: str
    amount: Decimal
    note: str | None = None
    created_at: datetime


class Capture(Document):
    """Money that was taken."""

    amount: Decimal


class Payment(Document):
    """One payment, with what was taken and paid back of it: the proof of both."""

    id: str
    provider_id: str = ""
    captures: tuple[Capture, ...] = ()
    refunds: tuple[RefundMade, ...] = ()

    @property
    def captured(self) -> Decimal:
        """What was taken."""
        return sum((capture.amount for capture in self.captures), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        """What was paid back."""
        return sum((refund.amount for refund in self.refunds), Decimal(0))


class PaymentCollection(Document):
    """Money that is asked for, or was."""

    id: str
    status: str
    amount: Decimal
    created_at: datetime
    completed_at: datetime | None = None
    payments: tuple[Payment, ...] = ()
