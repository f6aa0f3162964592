"""What a customer may want of goods that were delivered: which pieces, why, and what it is to come to."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.shop.values import Quantity, ShopId

_STRICT = ConfigDict(frozen=True, extra="forbid")


class ReturnKind(StrEnum):
    """What the customer wants. A claim is for goods that need not come back: wrong, damaged or missing ones."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    CLAIM = "claim"


class Remedy(StrEnum):
    """What it comes to."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    REPLACEMENT = "replacement"


class ReturnReason(StrEnum):
    """Why goods come back."""

    CHANGED_MIND = "changed_mind"
    DOES_NOT_FIT = "does_not_fit"
    DEFECTIVE = "defective"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"


FAULTS = (ReturnReason.DEFECTIVE, ReturnReason.DAMAGED, ReturnReason.WRONG_ITEM, ReturnReason.MISSING)
"""Reasons that are ours and not the customer's."""


class GoodsCondition(StrEnum):
    """In which condition the goods are, as the customer says."""

    UNOPENED = "unopened"
    OPENED = "opened"
    USED = "used"


class WantedItem(BaseModel):
    """So many pieces of a line. `variant_id` is what the customer wants instead, in an exchange."""

    model_config = _STRICT

    line_id: ShopId
    quantity: Quantity
    reason: ReturnReason
    condition: GoodsCondition = GoodsCondition.OPENED
    variant_id: ShopId | None = None


class ReturnWish(BaseModel):
    """What the customer wants of one order.

    `in_advance` asks for the replacement of an exchange before the goods are back. `claimed` is what a claim is for.
    """

    model_config = _STRICT

    kind: ReturnKind
    items: tuple[WantedItem, ...] = Field(min_length=1, max_length=50)
    in_advance: bool = False
    claimed: Remedy = Remedy.REFUND

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        named = [item.line_id for item in self.items]
        if len(named) != len(set(named)):
            raise ValueError("expected each line to be named once")
        exchange, claim = self.kind is ReturnKind.EXCHANGE, self.kind is ReturnKind.CLAIM
        if any((item.variant_id is not None) is not exchange for item in self.items):
            raise ValueError("expected what is wanted instead for each item of an exchange, and for nothing else")
        if claim and any(item.reason not in FAULTS for item in self.items):
            raise ValueError(f"expected a claim for one of {', '.join(FAULTS)}")
        if self.in_advance and not exchange:
            raise ValueError("expected in_advance in an exchange only")
        if self.claimed not in (Remedy.REFUND, Remedy.REPLACEMENT):
            raise ValueError("expected a claim for a refund or a replacement")
        return self

    @property
    def remedy(self) -> Remedy:
        """What it comes to if all goes as wished."""
        return self.claimed if self.kind is ReturnKind.CLAIM else Remedy(self.kind.value)
