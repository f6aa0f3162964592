"""Orders for the stage: the embedded shop's own, made for the purpose, with their goods and their customers."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.customers.port import CustomerDirectory, Registration
from activities.shop.catalog import CATALOG
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.money import Money
from domain.people import CustomerProfile
from domain.shop.edits import delivered_on, with_line
from domain.shop.orders import Order
from domain.shop.values import Address, PaymentMethod, Variant
from domain.sla.spans import DAY, Instant
from starter.cfpb import made_up_addresses

PIECES = 10_000
"""Of every variant on the shelves."""


async def stock_up(engine: AsyncEngine) -> None:
    """Fill the shelves of the embedded shop."""
    warehouse = Warehouse(ShopBooks(engine))
    for variant in CATALOG:
        await warehouse.offer(variant, PIECES)


async def make_known(customers: CustomerDirectory, customer_id: str) -> None:
    """Register a customer with made-up addresses."""
    profile = CustomerProfile(id=customer_id)
    await customers.register(Registration(profile=profile, addresses=made_up_addresses(customer_id)))


def new_order(order_id: str, customer_id: str, bought: Variant, pieces: int, placed_at: Instant) -> Order:
    """An order of so many pieces, for a customer far away: only what is released on purpose is cut off."""
    nothing = Money(minor=0, currency="CNY")
    order = Order(
        id=order_id,
        number=f"N-{order_id}",
        customer_id=customer_id,
        currency="CNY",
        placed_at=placed_at,
        release_at=placed_at + 30 * DAY,
        promised_on=delivered_on(placed_at, bought.lead_days),
        payment_method=PaymentMethod.ALIPAY,
        address=address_of(customer_id, "1 Rose Street"),
        lines=(),
        shipping=nothing,
        total=nothing,
    )
    return with_line(order, bought, pieces, bought.price("CNY"))


def goods(variant_id: str) -> Variant:
    """Something that the embedded shop sells."""
    return next(variant for variant in CATALOG if variant.id == variant_id)


def address_of(customer_id: str, street: str) -> Address:
    """Where a made-up customer lives."""
    return Address(name=f"Customer {customer_id}", street=street, city="杭州", postal_code="310000", country="CN")
