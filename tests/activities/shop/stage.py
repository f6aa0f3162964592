"""What the contract tests need of a shop beside its ports: goods to sell, orders, and time that passes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.carrier.embedded import EmbeddedCarrier
from activities.carrier.port import Carrier
from activities.inventory.embedded import EmbeddedInventory
from activities.inventory.port import Inventory
from activities.orders.embedded import EmbeddedOrderSystem
from activities.orders.port import OrderSystem
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.payments.port import PaymentGateway
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.money import Money
from domain.shop.edits import delivered_on, with_line
from domain.shop.orders import Order
from domain.shop.parcels import ParcelStatus
from domain.shop.values import Address, PaymentMethod, Variant
from domain.sla.spans import DAY, HOUR, Instant, Span

START: Instant = 1_795_255_500_000
HOME = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN")
ELSEWHERE = Address(name="Han Meimei", street="2 Lily Street", city="成都", postal_code="610000", country="CN")


class Stage(Protocol):
    """A shop with its ports, and what happens there without us. An adapter's fixture builds one of these."""

    orders: OrderSystem
    payments: PaymentGateway
    inventory: Inventory
    carrier: Carrier

    def key(self, step: str) -> str:
        """A key that was never used."""

    def now(self) -> Instant:
        """The shop's time."""

    async def offer(self, price: int = 10_000, pieces: int = 10) -> str:
        """Sell something new at a price in fen; returns the variant's id."""

    async def place(self, *bought: tuple[str, int], method: PaymentMethod = PaymentMethod.ALIPAY) -> Order:
        """A customer orders so many pieces of each variant, and pays unless it is cash on delivery."""

    async def release(self, order_id: str) -> None:
        """The warehouse takes the order over."""

    async def ship(self, order_id: str) -> str:
        """The released pieces leave the warehouse; returns the parcel's id."""

    async def deliver(self, parcel_id: str) -> None:
        """The parcel arrives, and the order shows it."""

    async def pay(self, key: str, order_id: str) -> None:
        """The customer pays a collection."""

    async def pass_time(self, span: Span) -> None:
        """Time goes by."""


async def delivered(stage: Stage, *bought: tuple[str, int]) -> Order:
    """An order whose goods are with the customer."""
    order = await stage.place(*bought)
    await stage.release(order.id)
    await stage.deliver(await stage.ship(order.id))
    return await stage.orders.order(order.id)


@dataclass
class EmbeddedStage:
    """`Stage` over the embedded shop."""

    engine: AsyncEngine
    time: Instant = START
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.books = ShopBooks(self.engine, clock=self.now)
        self.warehouse = Warehouse(self.books)
        self.embedded_payments = EmbeddedPaymentGateway(self.books)
        self.embedded_carrier = EmbeddedCarrier(self.books)
        self.orders: OrderSystem = EmbeddedOrderSystem(self.books)
        self.payments: PaymentGateway = self.embedded_payments
        self.inventory: Inventory = EmbeddedInventory(self.books)
        self.carrier: Carrier = self.embedded_carrier

    def key(self, step: str) -> str:
        return f"c1:{step}:{next(self.numbers)}"

    def now(self) -> Instant:
        return self.time

    async def offer(self, price: int = 10_000, pieces: int = 10) -> str:
        name = f"v{next(self.numbers)}"
        prices = {"CNY": price, "EUR": price // 8}
        await self.warehouse.offer(Variant(id=name, title=name, category="books", prices=prices), pieces)
        return name

    async def place(self, *bought: tuple[str, int], method: PaymentMethod = PaymentMethod.ALIPAY) -> Order:
        number = next(self.numbers)
        order = Order(
            id=f"o{number}",
            number=f"2026{number:05d}",
            customer_id="K000001",
            currency="CNY",
            placed_at=self.time,
            release_at=self.time + 2 * HOUR,
            promised_on=delivered_on(self.time, 3),
            payment_method=method,
            address=HOME,
            lines=(),
            shipping=Money(minor=0, currency="CNY"),
            total=Money(minor=0, currency="CNY"),
        )
        for variant_id, quantity in bought:
            variant = await self.orders.variant(variant_id)
            order = with_line(order, variant, quantity, variant.price("CNY"))
        assert await self.warehouse.place(order)
        return order

    async def release(self, order_id: str) -> None:
        await self.warehouse.release(order_id)

    async def ship(self, order_id: str) -> str:
        return (await self.warehouse.ship(order_id)).id

    async def deliver(self, parcel_id: str) -> None:
        while (await self.embedded_carrier.move(parcel_id)).status is not ParcelStatus.DELIVERED:
            await self.pass_time(DAY // 4)

    async def pay(self, key: str, order_id: str) -> None:
        await self.embedded_payments.pay(key, order_id)

    async def pass_time(self, span: Span) -> None:
        self.time += span
