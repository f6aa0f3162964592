"""Goods that come back, and goods that go out in their place."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.money import Money
from domain.shop.values import Asked, Count, Key, Quantity, Reason, ShopDocument, ShopId


class ReturnItem(Asked):
    """So many pieces of a line are to come back."""

    line_id: ShopId
    quantity: Quantity
    reason: Reason


class ReceivedItem(Asked):
    """What arrived of a line, by condition. Only sound pieces go back on sale; `other` is incomplete or not ours."""

    line_id: ShopId
    sound: Count = 0
    damaged: Count = 0
    other: Count = 0

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.quantity:
            raise ValueError("expected at least one piece, sound, damaged or other")
        return self

    @property
    def quantity(self) -> int:
        """All pieces, whatever their condition."""
        return self.sound + self.damaged + self.other


class Receipt(ShopDocument):
    """One arrival at the warehouse; a return may arrive in several, each under a key of its own."""

    kind: ClassVar[str] = "receipt"

    status: Literal["done"] = "done"
    items: tuple[ReceivedItem, ...]


class ReturnStatus(StrEnum):
    """How far a return has come."""

    REQUESTED = "requested"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CANCELED = "canceled"


class ReturnDocument(ShopDocument):
    """Goods announced to come back, and what arrived. `value` is the price of all that was announced.

    A receipt stands here only when order and stock show it too.
    """

    kind: ClassVar[str] = "return"

    order_id: ShopId
    status: ReturnStatus
    items: tuple[ReturnItem, ...]
    value: Money
    receipts: tuple[Receipt, ...] = ()

    def outstanding(self) -> dict[str, int]:
        """Pieces announced and not received, by line id."""
        left = {item.line_id: item.quantity for item in self.items}
        for receipt in self.receipts:
            for item in receipt.items:
                left[item.line_id] -= item.quantity
        return left

    def receipt(self, key: str) -> Receipt | None:
        """The receipt with this key, or None."""
        return next((receipt for receipt in self.receipts if receipt.key == key), None)

    def with_receipt(self, receipt: Receipt) -> ReturnDocument:
        """The return after one more arrival."""
        received = self.model_copy(update={"receipts": (*self.receipts, receipt)})
        left = any(received.outstanding().values())
        return received.model_copy(update={"status": ReturnStatus.PARTLY_RECEIVED if left else ReturnStatus.RECEIVED})


class ReplacementItem(Asked):
    """What goes out instead of pieces of a line. None as price means what the variant costs today."""

    replaces: ShopId
    variant_id: ShopId
    quantity: Quantity
    unit_price: Money | None = None


class ReplacementRequest(Asked):
    """Goods to send: an `exchange` for goods that come back, or a `claim` for goods that were not as promised.

    `return_key` names the return that belongs to it, where goods come back at all.
    """

    why: Literal["exchange", "claim"]
    items: tuple[ReplacementItem, ...] = Field(min_length=1)
    return_key: Key | None = None


class ReplacementStatus(StrEnum):
    """How far a replacement has come. Whether it was shipped is in the order's lines."""

    REQUESTED = "requested"
    CANCELED = "canceled"


class Replacement(ShopDocument):
    """Goods going out in place of others, as further lines of the order, their stock reserved."""

    kind: ClassVar[str] = "replacement"

    order_id: ShopId
    status: ReplacementStatus
    why: Literal["exchange", "claim"]
    line_ids: tuple[str, ...]
    value: Money
    return_key: Key | None = None
