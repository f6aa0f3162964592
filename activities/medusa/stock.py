"""Medusa's stock: inventory items of variants, with a level at each location."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from activities.medusa.amounts import from_medusa
from activities.medusa.client import MedusaClient
from domain.shop.errors import OutOfStockError, VariantNotFoundError
from domain.shop.values import Variant

FIELDS = (
    "id,title,sku,metadata,manage_inventory,allow_backorder,*prices,product.title,product.metadata,product.type.value,"
    "inventory_items.inventory_item_id,inventory_items.required_quantity,*inventory_items.inventory.location_levels"
)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Level(_Read):
    """What lies at one location."""

    location_id: str
    stocked_quantity: int
    reserved_quantity: int

    @property
    def available(self) -> int:
        """What can still be promised there."""
        return self.stocked_quantity - self.reserved_quantity


class _Inventory(_Read):
    location_levels: tuple[Level, ...] = ()


class Item(_Read):
    """The inventory item behind a variant; a piece of the variant is `required_quantity` of it."""

    inventory_item_id: str
    required_quantity: int = 1
    inventory: _Inventory = _Inventory()

    @property
    def levels(self) -> tuple[Level, ...]:
        """Where it lies."""
        return self.inventory.location_levels


class Price(_Read):
    """A price; with rules or for many pieces only, it is not everybody's."""

    amount: Decimal
    currency_code: str
    min_quantity: int | None = None
    rules: dict[str, Any] | None = None


class _ProductType(_Read):
    value: str


class _Product(_Read):
    title: str = ""
    metadata: dict[str, Any] | None = None
    type: _ProductType | None = None


class StockedVariant(_Read):
    """A variant with its prices and its stock."""

    id: str
    title: str | None = None
    manage_inventory: bool = True
    allow_backorder: bool = False
    metadata: dict[str, Any] | None = None
    prices: tuple[Price, ...] = ()
    product: _Product | None = None
    inventory_items: tuple[Item, ...] = ()

    @property
    def managed(self) -> bool:
        """Whether anybody counts it."""
        return self.manage_inventory and bool(self.inventory_items)

    @property
    def available(self) -> int:
        """Whole pieces that can still be promised; a piece may consist of several items."""
        return min(
            sum(level.available for level in item.levels) // item.required_quantity for item in self.inventory_items
        )

    def as_told(self) -> Variant:
        """What the ports know of it."""
        product = self.product or _Product()
        notes: dict[str, Any] = (product.metadata or {}) | (self.metadata or {})
        told = {name: notes[name] for name in ("warranty_months", "lead_days") if isinstance(notes.get(name), int)}
        return Variant(
            id=self.id,
            title=" ".join(part for part in (product.title, self.title) if part) or self.id,
            category=product.type.value if product.type else "general",
            prices={
                price.currency_code.upper(): from_medusa(price.amount, price.currency_code).minor
                for price in self.prices
                if not price.rules and not price.min_quantity
            },
            **told,
        )


async def read_stock(client: MedusaClient, ids: Iterable[str]) -> dict[str, StockedVariant]:
    """Those of the variants that the shop sells."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = await client.get("product-variants", id=wanted, fields=FIELDS, limit=str(len(wanted)))
    variants = (StockedVariant.model_validate(variant) for variant in found["variants"])
    return {variant.id: variant for variant in variants}


async def must_read_stock(client: MedusaClient, variant_id: str) -> StockedVariant:
    """A variant with its stock.

    Raises:
        VariantNotFoundError: Medusa does not sell it, or nobody counts it.
    """
    found = (await read_stock(client, [variant_id])).get(variant_id)
    if found is None:
        raise VariantNotFoundError(f"Medusa does not sell {variant_id}", field="variant_id", variant=variant_id)
    return found


def check_available(stock: StockedVariant, wanted: int) -> None:
    """See whether so many pieces more could be promised.

    Raises:
        OutOfStockError: they could not.
    """
    if stock.managed and not stock.allow_backorder and wanted > stock.available:
        raise OutOfStockError(
            f"{wanted} of {stock.id} wanted, {stock.available} available",
            field="quantity",
            variant=stock.id,
            wanted=wanted,
            available=stock.available,
        )
