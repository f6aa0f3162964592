"""The port to the warehouse's stock. Keys, evidence and errors are as in `activities.orders.port`.

What orders keep, ship and get back is booked by the shop itself, when a change is confirmed or a return received. This
port is for what a case keeps for longer than one call, and for goods that come in by other ways.
"""

from __future__ import annotations

from typing import Protocol

from domain.shop.stock import Condition, Reservation, Restock, StockLevel


class Inventory(Protocol):
    """Stock by variant, in pieces. On hand is never negative and never less than what is reserved."""

    async def level(self, variant_id: str) -> StockLevel:
        """How much there is now.

        Raises:
            VariantNotFoundError: the warehouse does not know the variant.
        """

    async def reserve(self, key: str, variant_id: str, quantity: int) -> Reservation:
        """Keep pieces for a case.

        Raises:
            VariantNotFoundError: the warehouse does not know the variant.
            OutOfStockError: less is available; details say how much.
            InvalidInputError: not a number of pieces.
        """

    async def release(self, key: str) -> Reservation:
        """Keep them no longer; a repeat does nothing.

        Raises:
            NothingUnderKeyError: nothing was reserved under this key.
            StepStateError: they were taken out.
        """

    async def take_out(self, key: str) -> Reservation:
        """Take what was reserved under this key off the shelf, for good; a repeat does nothing.

        Raises:
            NothingUnderKeyError: nothing was reserved under this key.
            StepStateError: it was released.
        """

    async def find_reservation(self, key: str) -> Reservation | None:
        """What was reserved under this key, as it stands."""

    async def restock(self, key: str, variant_id: str, quantity: int, condition: Condition) -> Restock:
        """Take pieces in: sound ones on the shelf, all others set aside.

        Raises:
            VariantNotFoundError: the warehouse does not know the variant.
            InvalidInputError: not a number of pieces.
        """

    async def find_restock(self, key: str) -> Restock | None:
        """What was taken in under this key."""
