"""Orders for demos and tests: the same seed gives the same shop, in every state that an order can be in."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from activities.carrier.embedded import EmbeddedCarrier
from activities.shop.catalog import CATALOG
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.money import Money
from domain.shop.edits import delivered_on, with_line
from domain.shop.orders import Fulfilment, Order
from domain.shop.parcels import ParcelStatus
from domain.shop.values import Address, PaymentMethod, Variant
from domain.sla.spans import DAY, HOUR, MINUTE, Instant

PIECES_ON_THE_SHELF = 10_000
RELEASED_AFTER = 2 * HOUR
"""From the order until the warehouse's cut-off."""

_STAGES = (Fulfilment.OPEN, Fulfilment.OPEN, Fulfilment.RELEASED, Fulfilment.SHIPPED, Fulfilment.DELIVERED)
_AGES = {
    Fulfilment.OPEN: 20 * MINUTE,
    Fulfilment.RELEASED: 5 * HOUR,
    Fulfilment.SHIPPED: 2 * DAY,
    Fulfilment.DELIVERED: 6 * DAY,
}
_TOWNS = (("CNY", "CN", "杭州", "310000"), ("CNY", "CN", "成都", "610000"), ("EUR", "DE", "Bremen", "28195"))


async def seed_shop(books: ShopBooks, *, orders: int, seed: int = 1, customers: int = 200) -> list[str]:
    """Fill the shop with goods and orders, counted back from now; returns the orders' ids.

    Run again, it adds what is missing and changes nothing of what is there.
    """
    warehouse, carrier = Warehouse(books), EmbeddedCarrier(books)
    for variant in CATALOG:
        await warehouse.offer(variant, PIECES_ON_THE_SHELF)
    ids = []
    for order, stage in drawn(orders, seed, customers, books.clock()):
        if await warehouse.place(order):
            await _bring(order.id, stage, warehouse, carrier)
        ids.append(order.id)
    return ids


def drawn(orders: int, seed: int, customers: int, now: Instant) -> Iterator[tuple[Order, Fulfilment]]:
    """The orders of a seed, as they are placed, and how far each is to come."""
    dice = Random(seed)  # noqa: S311 - the same seed must give the same orders
    for number in range(1, orders + 1):
        stage = _STAGES[number % len(_STAGES)]
        placed_at = now - _AGES[stage] - dice.randrange(0, 10) * MINUTE
        yield _order(number, dice, f"K{dice.randrange(1, customers + 1):06d}", placed_at), stage


def _order(number: int, dice: Random, customer_id: str, placed_at: Instant) -> Order:
    currency, country, city, postal_code = dice.choice(_TOWNS)
    bought = dice.sample(CATALOG, dice.choice((1, 1, 2, 3)))
    nothing = Money(minor=0, currency=currency)
    street = f"{dice.randrange(1, 200)} Rose Street"
    order = Order(
        id=f"so-{number:06d}",
        number=f"{202_600_000 + number}",
        customer_id=customer_id,
        currency=currency,
        placed_at=placed_at,
        release_at=placed_at + RELEASED_AFTER,
        promised_on=delivered_on(placed_at, max(variant.lead_days for variant in bought)),
        payment_method=dice.choice(_methods(currency)),
        address=Address(
            name=f"Customer {customer_id}", street=street, city=city, postal_code=postal_code, country=country
        ),
        lines=(),
        shipping=Money(minor=dice.choice((0, 0, 990)), currency=currency),
        total=nothing,
    )
    for variant in bought:
        order = with_line(order, variant, _pieces(variant, dice), variant.price(currency))
    return order


def _methods(currency: str) -> tuple[PaymentMethod, ...]:
    if currency == "CNY":
        return (PaymentMethod.ALIPAY, PaymentMethod.WECHAT_PAY, PaymentMethod.CARD, PaymentMethod.CASH_ON_DELIVERY)
    return (PaymentMethod.CARD, PaymentMethod.BANK_TRANSFER)


def _pieces(variant: Variant, dice: Random) -> int:
    return dice.choice((1, 1, 2, 3)) if variant.prices["CNY"] < 100_000 else 1


async def _bring(order_id: str, stage: Fulfilment, warehouse: Warehouse, carrier: EmbeddedCarrier) -> None:
    if stage is Fulfilment.OPEN:
        return
    await warehouse.release(order_id)
    if stage is Fulfilment.RELEASED:
        return
    parcel = await warehouse.ship(order_id)
    last = ParcelStatus.IN_TRANSIT if stage is Fulfilment.SHIPPED else ParcelStatus.DELIVERED
    while parcel.status is not last:
        parcel = await carrier.move(parcel.id)
