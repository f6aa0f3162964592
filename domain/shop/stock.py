"""Goods in the warehouse, and who they are kept for."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from domain.shop.values import Quantity, ShopDocument, ShopId, Told


class StockLevel(Told):
    """How many pieces of a variant there are.

    Attributes:
        on_hand: sound pieces on the shelf, the reserved ones among them.
        reserved: promised to somebody: orders and reservations.
        set_aside: came back damaged or otherwise not fit for sale.
    """

    variant_id: ShopId
    on_hand: int
    reserved: int
    set_aside: int = 0

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.on_hand - self.reserved


class ReservationStatus(StrEnum):
    """A reservation is held until it is released, or the goods are taken out for good."""

    HELD = "held"
    RELEASED = "released"
    TAKEN = "taken"


class Reservation(ShopDocument):
    """Pieces kept for a case."""

    kind: ClassVar[str] = "reservation"

    variant_id: ShopId
    quantity: Quantity
    status: ReservationStatus


class Condition(StrEnum):
    """Whether goods can be sold."""

    SOUND = "sound"
    DAMAGED = "damaged"
    OTHER = "other"


class Restock(ShopDocument):
    """Pieces that came into the warehouse other than through a return."""

    kind: ClassVar[str] = "restock"

    variant_id: ShopId
    quantity: Quantity
    condition: Condition
    status: Literal["done"] = "done"
