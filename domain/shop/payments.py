"""The money of an order: what was taken, what was paid back, and differences that are to be collected."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from domain.money import Money
from domain.shop.values import ShopDocument, ShopId, Told
from domain.sla.spans import Instant


class PaymentAccount(Told):
    """What was captured of an order's money, and what was refunded; all in the order's currency."""

    order_id: ShopId
    captured: Money
    refunded: Money

    @property
    def refundable(self) -> Money:
        """Captured and not refunded."""
        return self.captured.beyond(self.refunded)


class RefundStatus(StrEnum):
    """A refund is `pending` while the bank has it; `failed` means that no money moved."""

    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"


class Refund(ShopDocument):
    """Money paid back."""

    kind: ClassVar[str] = "refund"

    order_id: ShopId
    status: RefundStatus
    amount: Money
    reason: str


class CollectionStatus(StrEnum):
    """A collection waits for the customer until it is paid, released by us, or lapsed."""

    PENDING = "pending"
    PAID = "paid"
    RELEASED = "released"
    LAPSED = "lapsed"


class Collection(ShopDocument):
    """A difference that the customer is asked to pay, until `lapses_at` at the latest."""

    kind: ClassVar[str] = "collection"

    order_id: ShopId
    status: CollectionStatus
    amount: Money
    lapses_at: Instant
    paid_at: Instant | None = None

    def as_of(self, now: Instant) -> Collection:
        """How it stands at an instant: what is still pending when its time is over has lapsed."""
        if self.status is CollectionStatus.PENDING and now >= self.lapses_at:
            return self.model_copy(update={"status": CollectionStatus.LAPSED})
        return self
