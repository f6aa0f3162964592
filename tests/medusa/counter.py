"""Somebody at the shop's counter: what the tests look up again and again."""

from __future__ import annotations

from dataclasses import dataclass

from tests.medusa.admin import Admin, Json
from tests.medusa.ordering import Progress, place_order, read_order
from tests.medusa.shop import Shop


@dataclass(frozen=True)
class Counter:
    """Somebody at the shop's counter, who looks things up and places orders."""

    shop: Shop
    admin: Admin

    def order(self, progress: Progress = Progress.PAID) -> str:
        """A new order of two small teapots and a large one, 74.60 euros with the parcel."""
        return place_order(self.admin, self.shop.shelves, progress=progress)

    def read(self, order: str) -> Json:
        return read_order(self.admin, order)

    def line(self, order: str, sku: str) -> str:
        """The id of the line with that SKU."""
        found = self.admin.get(f"orders/{order}?fields=items.id,items.variant_sku")["order"]["items"]
        lines: dict[str, str] = {line["variant_sku"]: line["id"] for line in found}
        return lines[sku]

    def payment(self, order: str) -> str:
        """The id of the captured payment."""
        found = self.admin.get(f"orders/{order}?fields=payment_collections.payments.id")["order"]
        payment: str = found["payment_collections"][0]["payments"][0]["id"]
        return payment

    def refunds(self, order: str) -> list[tuple[str, str | None]]:
        """Amount and note of each refund, ordered by the amount as it is written."""
        found = self.admin.get(f"payments/{self.payment(order)}?fields=*refunds")["payment"]["refunds"]
        return sorted(((str(refund["amount"]), refund["note"]) for refund in found), key=lambda refund: refund[0])

    def owed(self, order: str) -> tuple[str, str]:
        """The total, and what is outstanding."""
        found = self.admin.get(f"orders/{order}?fields=total,*summary")["order"]
        return str(found["total"]), str(found["summary"]["pending_difference"])

    def changes(self, order: str) -> list[tuple[str | None, str, str | None]]:
        """Type, status and note of each order change."""
        found = self.admin.get(f"orders/{order}/changes")["order_changes"]
        return [(change["change_type"], change["status"], change["internal_note"]) for change in found]

    def collections(self, order: str) -> list[tuple[str, str]]:
        """Status and amount of each payment collection, the paid ones first."""
        found = self.admin.get(f"orders/{order}?fields=*payment_collections")["order"]["payment_collections"]
        return sorted((collection["status"], str(collection["amount"])) for collection in found)

    def stock(self, sku: str) -> int:
        """How many are in the warehouse."""
        item = self.shop.shelves.inventory[sku]
        level = self.admin.get(f"inventory-items/{item}/location-levels")["inventory_levels"][0]
        stocked: int = level["stocked_quantity"]
        return stocked
