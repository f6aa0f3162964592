"""Medusa's documents, as far as we read them. Amounts are in whole currency units; what we do not read is ignored."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.sla.spans import Instant

ORDER_FIELDS = (
    "+currency_code,+customer_id,+sales_channel_id,+metadata,+item_total,+shipping_total,+credit_line_total,"
    "*items,*items.detail,*items.variant.product.type,*summary,*shipping_address,*fulfillments,*fulfillments.items,"
    "*payment_collections,*payment_collections.payments,*payment_collections.payments.captures,"
    "*payment_collections.payments.refunds"
)
"""The order with everything that matters. `+` and `*` add to what is told anyway."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Pieces(_Read):
    """What became of a line's pieces; each a number of its own, not a part of the one before."""

    quantity: int
    fulfilled_quantity: int = 0
    shipped_quantity: int = 0
    delivered_quantity: int = 0
    return_requested_quantity: int = 0
    return_received_quantity: int = 0
    return_dismissed_quantity: int = 0


class ProductType(_Read):
    """The kind of a product."""

    value: str


class Product(_Read):
    """What variants belong to."""

    title: str = ""
    type: ProductType | None = None
    metadata: dict[str, Any] | None = None


class SoldVariant(_Read):
    """The variant of a line, as it is sold today; None once it is no longer."""

    manage_inventory: bool = True
    product: Product | None = None


class Line(_Read):
    """A line of an order. `total` is what is owed for what was not received back."""

    id: str
    variant_id: str | None = None
    title: str
    variant_title: str | None = None
    unit_price: Decimal
    total: Decimal
    metadata: dict[str, Any] | None = None
    created_at: datetime
    detail: Pieces
    variant: SoldVariant | None = None


class ParcelLine(_Read):
    """So many pieces of a line in a parcel."""

    line_item_id: str | None = None
    quantity: int


class Fulfillment(_Read):
    """A parcel, from its packing on."""

    id: str
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    canceled_at: datetime | None = None
    items: tuple[ParcelLine, ...] = ()


class RefundMade(_Read):
    """A refund; `note` is our key if it is one of ours."""

    id: str
    amount: Decimal
    note: str | None = None
    created_at: datetime


class Capture(_Read):
    """Money that was taken."""

    amount: Decimal


class Payment(_Read):
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


class PaymentCollection(_Read):
    """Money that is asked for, or was."""

    id: str
    status: str
    amount: Decimal
    created_at: datetime
    completed_at: datetime | None = None
    payments: tuple[Payment, ...] = ()


class Delivery(_Read):
    """A shipping address; any of it may be missing."""

    first_name: str | None = None
    last_name: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


class Summary(_Read):
    """Medusa's own books of an order; a crash can leave them wrong."""

    pending_difference: Decimal = Decimal(0)


class MedusaOrder(_Read):
    """An order with everything that matters to us."""

    id: str
    display_id: int
    status: str
    version: int
    created_at: datetime
    customer_id: str | None = None
    sales_channel_id: str | None = None
    currency_code: str
    metadata: dict[str, Any] | None = None
    item_total: Decimal
    shipping_total: Decimal
    credit_line_total: Decimal = Decimal(0)
    summary: Summary = Summary()
    shipping_address: Delivery | None = None
    items: tuple[Line, ...] = ()
    fulfillments: tuple[Fulfillment, ...] = ()
    payment_collections: tuple[PaymentCollection, ...] = ()

    @property
    def notes(self) -> dict[str, Any]:
        """What we and others keep with the order."""
        return self.metadata or {}

    @property
    def payments(self) -> list[Payment]:
        """All payments, the oldest collection first."""
        oldest_first = sorted(self.payment_collections, key=lambda each: (each.created_at, each.id))
        return [payment for collection in oldest_first for payment in collection.payments]

    @property
    def captured(self) -> Decimal:
        """What was taken, by the payments."""
        return sum((payment.captured for payment in self.payments), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        """What was paid back, by the payments."""
        return sum((payment.refunded for payment in self.payments), Decimal(0))


class Action(_Read):
    """One stroke of a change."""

    action: str
    reference_id: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)


class Change(_Read):
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


def instant(at: datetime) -> Instant:
    """Milliseconds."""
    return round(at.timestamp() * 1000)


class PreviewedLine(_Read):
    """A line of an order as it will be; 0 pieces is a line that goes."""

    id: str
    variant_id: str | None = None
    total: Decimal
    detail: Pieces


class PreviewedOrder(_Read):
    """An order as an open edit will leave it."""

    item_total: Decimal
    shipping_total: Decimal
    items: tuple[PreviewedLine, ...]


class ReservationItem(_Read):
    """Pieces kept at a location, for a line of an order or for somebody else."""

    id: str
    line_item_id: str | None = None
    inventory_item_id: str
    location_id: str
    quantity: int
    created_at: datetime


class ReturnLine(_Read):
    """So many pieces of a line that are to come back."""

    item_id: str
    quantity: int


class ReturnParcel(_Read):
    """A parcel that Medusa expects for a return."""

    id: str
    canceled_at: datetime | None = None


class MedusaReturn(_Read):
    """A return. Its `status` can be wrong after a crash, and after a second arrival always is."""

    id: str
    status: str
    created_at: datetime
    location_id: str | None = None
    metadata: dict[str, Any] | None = None
    items: tuple[ReturnLine, ...] = ()
    fulfillments: tuple[ReturnParcel, ...] = ()
