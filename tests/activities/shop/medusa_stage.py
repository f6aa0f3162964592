"""`Stage` over a real Medusa: goods, customers' orders and parcels, all through its admin API."""

from __future__ import annotations

import itertools
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.embedded import EmbeddedCarrier
from activities.carrier.port import Carrier
from activities.clock import wall_clock
from activities.inventory.medusa import MedusaInventory
from activities.inventory.port import Inventory
from activities.medusa.client import Json, MedusaClient
from activities.medusa.reading import METHOD_NOTE, delivery_of
from activities.medusa.shop import MedusaShop
from activities.medusa.stock import must_read_stock
from activities.orders.medusa import MedusaOrderSystem
from activities.orders.port import OrderSystem
from activities.payments.medusa import MedusaPaymentGateway
from activities.payments.port import PaymentGateway
from activities.shop.transactions import ShopBooks
from domain.shop.errors import StepStateError
from domain.shop.orders import Order
from domain.shop.payments import CollectionStatus
from domain.shop.values import PaymentMethod
from domain.sla.spans import Instant, Span
from tests.activities.shop.stage import HOME
from tests.medusa.shop import Shop

AT_ONCE = 12
"""Variants that are made in one go: nearly as quick as one."""

_NUMBERS = itertools.count(1)


class Stockroom:
    """What is for sale, made for the whole test run: nobody gets the same goods twice."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._waiting: dict[tuple[int, int], list[str]] = defaultdict(list)

    async def take(self, client: MedusaClient, price: int, pieces: int) -> str:
        """A variant that nobody has bought."""
        waiting = self._waiting[price, pieces]
        if not waiting:
            waiting += await self._make(client, price, pieces, AT_ONCE if (price, pieces) == (10_000, 10) else 2)
        return waiting.pop()

    async def _make(self, client: MedusaClient, price: int, pieces: int, count: int) -> list[str]:
        names = [f"goods-{uuid.uuid4().hex[:12]}" for _ in range(count)]
        product = await client.post(
            "products",
            title=names[0],
            status="published",
            shipping_profile_id=(await client.get("shipping-profiles"))["shipping_profiles"][0]["id"],
            sales_channels=[{"id": self._shop.shelves.sales_channel}],
            options=[{"title": "Kind", "values": names}],
            variants=[_variant(name, price) for name in names],
        )
        found = await client.get("inventory-items", sku=names, limit=str(count))
        levels = [
            {"inventory_item_id": item["id"], "location_id": self._shop.shelves.location, "stocked_quantity": pieces}
            for item in found["inventory_items"]
        ]
        await client.post("inventory-items/location-levels/batch", create=levels)
        return [variant["id"] for variant in product["product"]["variants"]]


@dataclass
class MedusaStage:
    """`Stage` over Medusa, with its own record of what was asked."""

    medusa: Shop
    stockroom: Stockroom
    engine: AsyncEngine
    passed: Span = 0
    transport: httpx.AsyncBaseTransport | None = None
    parcels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = MedusaClient(self.medusa.url, SecretStr(self.medusa.api_key))
        # What happens in the shop without us never goes through what disturbs us.
        self.ours = MedusaClient(self.medusa.url, SecretStr(self.medusa.api_key), transport=self.transport)
        self.shop = MedusaShop(self.ours, self.engine, clock=self.now)
        self.orders: OrderSystem = MedusaOrderSystem(self.shop)
        self.payments: PaymentGateway = MedusaPaymentGateway(self.shop)
        self.inventory: Inventory = MedusaInventory(self.shop)
        self.carrier: Carrier = EmbeddedCarrier(ShopBooks(self.engine, clock=self.now))

    def key(self, step: str) -> str:
        return f"c1:{step}:{next(_NUMBERS)}"

    def now(self) -> Instant:
        return wall_clock() + self.passed

    async def offer(self, price: int = 10_000, pieces: int = 10) -> str:
        return await self.stockroom.take(self.client, price, pieces)

    async def place(self, *bought: tuple[str, int], method: PaymentMethod = PaymentMethod.ALIPAY) -> Order:
        draft = await self.client.post(
            "draft-orders",
            email="customer@example.com",
            region_id=self.medusa.shelves.regions["cny"],
            sales_channel_id=self.medusa.shelves.sales_channel,
            shipping_address=delivery_of(HOME),
            items=[{"variant_id": variant, "quantity": quantity} for variant, quantity in bought],
            metadata={METHOD_NOTE: method.value},
        )
        path = f"draft-orders/{draft['draft_order']['id']}/convert-to-order"
        order = (await self.client.post(path))["order"]
        if method is not PaymentMethod.CASH_ON_DELIVERY:
            asked = await self.client.post("payment-collections", order_id=order["id"], amount=float(order["total"]))
            await self._mark_paid(asked["payment_collection"]["id"], order["id"])
        return await self.orders.order(order["id"])

    async def release(self, order_id: str) -> None:
        left = {line["id"]: _left(line, "quantity", "fulfilled_quantity") for line in await self._lines(order_id)}
        items = [{"id": line, "quantity": count} for line, count in left.items() if count]
        packed = {"location_id": self.medusa.shelves.location, "items": items}
        await self.client.post(f"orders/{order_id}/fulfillments", **packed)

    async def ship(self, order_id: str) -> str:
        found = await self.client.get(f"orders/{order_id}", fields="*fulfillments,*fulfillments.items")
        parcel = next(each for each in found["order"]["fulfillments"] if not each["shipped_at"])
        items = [{"id": item["line_item_id"], "quantity": item["quantity"]} for item in parcel["items"]]
        await self.client.post(f"orders/{order_id}/fulfillments/{parcel['id']}/shipments", items=items)
        self.parcels[parcel["id"]] = order_id
        shipped: str = parcel["id"]
        return shipped

    async def deliver(self, parcel_id: str) -> None:
        await self.client.post(f"orders/{self.parcels[parcel_id]}/fulfillments/{parcel_id}/mark-as-delivered")

    async def pay(self, key: str, order_id: str) -> None:
        collection = await self.payments.find_collection(key, order_id)
        assert collection
        if collection.status is CollectionStatus.PENDING:
            await self._mark_paid(collection.id, order_id)
        elif collection.status is not CollectionStatus.PAID:
            raise StepStateError("nothing to pay", field="key", status=collection.status.value)

    async def put_on_shelf(self, variant_id: str, pieces: int) -> None:
        """Somebody, or a crash, leaves so many there."""
        [item] = (await must_read_stock(self.client, variant_id)).inventory_items
        path = f"inventory-items/{item.inventory_item_id}/location-levels/{item.levels[0].location_id}"
        await self.client.post(path, stocked_quantity=pieces)

    async def forget_kept(self, variant_id: str) -> None:
        """Nothing of it is kept for anybody any more, as after a crash."""
        [item] = (await must_read_stock(self.client, variant_id)).inventory_items
        found = await self.client.get("reservations", inventory_item_id=item.inventory_item_id)
        for reservation in found["reservations"]:
            await self.client.delete(f"reservations/{reservation['id']}")

    async def aclose(self) -> None:
        """Give up the connections."""
        await self.client.aclose()
        await self.ours.aclose()

    async def pass_time(self, span: Span) -> None:
        self.passed += span

    async def _mark_paid(self, collection: str, order_id: str) -> None:
        await self.client.post(f"payment-collections/{collection}/mark-as-paid", order_id=order_id)

    async def _lines(self, order_id: str) -> list[Json]:
        found = await self.client.get(f"orders/{order_id}", fields="+id,*items,*items.detail")
        lines: list[Json] = found["order"]["items"]
        return lines


def _left(line: Json, whole: str, part: str) -> int:
    return int(line["detail"][whole] - line["detail"][part])


def _variant(name: str, price: int) -> dict[str, Any]:
    prices = [
        {"currency_code": "cny", "amount": price / 100},
        {"currency_code": "eur", "amount": price // 8 / 100},
    ]
    return {"title": name, "sku": name, "options": {"Kind": name}, "manage_inventory": True, "prices": prices}
