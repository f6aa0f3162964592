"""An order, with its lines, parcels and books."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from activities.medusa.documents.document import Document
from activities.medusa.documents.payments import Payment, PaymentCollection

ORDER_FIELDS = (
    "+currency_code,+customer_id,+sales_channel_id,+metadata,+item_total,+shipping_total,+credit_line_total,"
    "*items,*items.detail,*items.variant.product.type,*summary,*shipping_address,*fulfillments,*fulfillments.items,"
    "*payment_collections,*payment_collections.payments,*payment_collections.payments.captures,"
    "*payment_collections.payments.refunds"
)
"""The order with everything that matters. `+` and `*` add to what is told anyway."""


class Pieces(Document):
    """What became of a line's pieces; each a number of its own, not a part of the one before."""

    quantity: int
    fulfilled_quantity: int = 0
    shipped_quantity: int = 0
    delivered_quantity: int = 0
    return_requested_quantity: int = 0
    return_received_quantity: int = 0
    return_dismissed_quantity: int = 0


class ProductType(Document):
    """The kind of a product."""

    value: str


class Product(Document):
    """What variants belong to."""

    title: str = ""
    type: ProductType | None = None
    metadata: dict[str, Any] | None = None


class SoldVariant(Document):
    """The variant of a line, as it is sold today; None once it is no longer."""

    manage_inventory: bool = True
    product: Product | None = None


class Line(Document):
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


class ParcelLine(Document):
    """So many pieces of a line in a parcel."""

    line_item_id: str | None = None
    quantity: int


class Fulfillment(Document):
    """A parcel, from its packing on."""

    id: str
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    canceled_at: datetime | None = None
    items: tuple[ParcelLine, ...] = ()


class Delivery(Document):
    """A shipping address; any of it may be missing."""

    first_name: str | None = None
    last_name: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


class Summary(Document):
    """Medusa's own books of an order; a crash can leave them wrong."""

    pending_difference: Decimal = Decimal(0)


class MedusaOrder(Document):
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
