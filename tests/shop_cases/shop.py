"""An embedded shop for cases to live on: goods, orders of every kind, and the activities that cases ask it through."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from temporalio.exceptions import ApplicationError

from activities.carrier.activities import CarrierActivities
from activities.inventory.activities import InventoryActivities
from activities.orders.activities import OrderActivities
from activities.orders.return_activities import ReturnActivities
from activities.payments.activities import PaymentActivities
from activities.shop.events import ShopEvents
from activities.store.database import create_tables, open_database
from domain.money import Money
from domain.shop.asks import ShopAsk
from domain.shop.edits import delivered_on, with_line
from domain.shop.orders import Order
from domain.shop.parcels import ParcelStatus, Scan
from domain.shop.refusal import Refusal
from domain.shop.values import PaymentMethod, Variant
from domain.sla.spans import DAY, HOUR, MINUTE, Instant, Span
from tests.activities.shop.stage import HOME, EmbeddedStage
from tests.domain.cases import CUSTOMER, MONDAY, STRANGER

Result = TypeVar("Result")

PIECES = 12
GOODS = {
    "cup": Variant(id="cup", title="Cup", category="kitchen", prices={"CNY": 1_000}),
    "pan": Variant(id="pan", title="Pan", category="kitchen", prices={"CNY": 2_500}, warranty_months=1),
    "tea": Variant(id="tea", title="Tea", category="food", prices={"CNY": 5_000}),
    "oven": Variant(id="oven", title="Oven", category="appliances", prices={"CNY": 30_000}, warranty_months=24),
}
"""Cheap and dear things, on both sides of what an agent may give away, with and without a warranty."""

CASH, CARD = PaymentMethod.CASH_ON_DELIVERY, PaymentMethod.CARD


class AwayError(Exception):
    """The shop did not answer; the same call with the same key is made again later."""


class OpenShop:
    """A shop in a file of its own, its time, and what happens in it without us."""

    def __init__(self, template: Path) -> None:
        self.folder = tempfile.mkdtemp()
        self.file = Path(self.folder) / "store.db"
        shutil.copy(template, self.file)
        self.runner = asyncio.Runner()
        self.engine = open_database(f"sqlite+aiosqlite:///{self.file}")
        self.stage = EmbeddedStage(self.engine, time=MONDAY)
        self.events = ShopEvents(self.engine)
        self.activities = _activities(self.stage)

    def close(self) -> None:
        self.run(self.engine.dispose())
        self.runner.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> Instant:
        return self.stage.time

    @now.setter
    def now(self, at: Instant) -> None:
        self.stage.time = at

    def run(self, call: Awaitable[Result]) -> Result:
        async def made() -> Result:
            return await call

        return self.runner.run(made())

    def ask(self, ask: ShopAsk) -> object:
        """What the activity answers: a value, or a refusal that no repeat would change.

        Raises:
            AwayError: the activity would be tried again.
        """
        try:
            return self.run(self.activities[ask.do](ask))
        except ApplicationError as error:
            if not error.non_retryable:
                raise AwayError from error
            return Refusal(error.type or "error", error.message, error.details[0])

    def scan(self, parcel_id: str, status: ParcelStatus) -> None:
        """The carrier sees a parcel now."""
        event_id = f"{parcel_id}:{status.value}:{self.now}"
        scan = Scan(event_id=event_id, parcel_id=parcel_id, status=status, at=self.now)
        self.run(self.stage.carrier.accept_scan(scan))


def _activities(stage: EmbeddedStage) -> dict[str, Callable[[Any], Awaitable[object]]]:
    rooms = (
        OrderActivities(stage.orders),
        ReturnActivities(stage.orders),
        PaymentActivities(stage.payments),
        InventoryActivities(stage.inventory),
        CarrierActivities(stage.carrier),
    )
    return {activity.__name__: activity for room in rooms for activity in room.registered()}


def make_template(file: Path) -> None:
    """Make the store that each life begins with: orders that are open, on their way, delivered, and paid in cash."""

    async def create() -> None:
        engine = open_database(f"sqlite+aiosqlite:///{file}")
        await create_tables(engine)
        stage = EmbeddedStage(engine)
        for variant in GOODS.values():
            await stage.warehouse.offer(variant, PIECES)
        await _place(stage, "o1", 10 * MINUTE, ("cup", 2), ("oven", 1))
        await _place(stage, "o2", 10 * MINUTE, ("cup", 1), ("pan", 1), method=CASH)
        await _place(stage, "o3", DAY, ("pan", 2), ("oven", 2))
        await _place(stage, "o4", 3 * DAY, ("cup", 3), ("oven", 2), ("tea", 1))
        await _place(stage, "o5", 5 * DAY, ("pan", 1), ("cup", 1), method=CASH)
        await stage.release("o3")
        await stage.ship("o3")
        for order_id, arrived in (("o4", DAY), ("o5", 2 * DAY)):
            stage.time = MONDAY - arrived - 3 * HOUR
            await stage.release(order_id)
            parcel = await stage.ship(order_id)
            while (await stage.embedded_carrier.move(parcel)).status is not ParcelStatus.DELIVERED:
                stage.time += HOUR
        await engine.dispose()

    asyncio.run(create())


async def _place(
    stage: EmbeddedStage, name: str, ago: Span, *bought: tuple[str, int], method: PaymentMethod = CARD
) -> None:
    nothing, fee = Money(minor=0, currency="CNY"), Money(minor=800, currency="CNY")
    stage.time = MONDAY - ago
    order = Order(
        id=name,
        number=f"2026-{name}",
        customer_id=STRANGER.id if name == "o3" else CUSTOMER.id,
        currency="CNY",
        placed_at=stage.time,
        release_at=stage.time + 2 * HOUR,
        promised_on=delivered_on(stage.time, 3),
        payment_method=method,
        address=HOME,
        lines=(),
        shipping=fee if name in ("o1", "o4") else nothing,
        total=nothing,
    )
    for variant_id, quantity in bought:
        order = with_line(order, GOODS[variant_id], quantity, GOODS[variant_id].price("CNY"))
    assert await stage.warehouse.place(order)
