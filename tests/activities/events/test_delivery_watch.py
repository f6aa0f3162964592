"""The watch over parcels: which scans, and which missing scans, open a case."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.events.deliveries import DeliveryWatch
from activities.shop.events import ShopEvents
from domain.delivery.messages import Problem
from domain.errors import InvalidInputError
from domain.shop.errors import ShopUnavailableError
from domain.shop.orders import Order
from domain.shop.parcels import Direction, LabelRequest, Parcel, ParcelItem, ParcelStatus, Scan
from domain.sla.spans import DAY
from tests.activities.shop.stage import HOME, EmbeddedStage


class Ground:
    """A shop under watch, and what was found."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.stage = EmbeddedStage(engine)
        self.found: list[tuple[str, str]] = []
        self.refusal: Exception | None = None
        self.watch = DeliveryWatch(self.stage.orders, self.stage.carrier, self.open, clock=self.stage.now)

    async def open(self, order: Order, parcel: Parcel, problem: Problem) -> bool:
        if self.refusal:
            raise self.refusal
        new = (parcel.id, problem.value) not in self.found
        self.found += [(parcel.id, problem.value)] if new else []
        return new

    async def shipped(self) -> str:
        order = await self.stage.place((await self.stage.offer(), 1))
        await self.stage.release(order.id)
        return await self.stage.ship(order.id)

    async def scan(self, parcel_id: str, status: ParcelStatus) -> None:
        scan = Scan(event_id=f"{parcel_id}:{status}", parcel_id=parcel_id, status=status, at=self.stage.time)
        await self.stage.carrier.accept_scan(scan)

    async def tell(self) -> None:
        for event in await ShopEvents(self.stage.engine).untold():
            await self.watch.seen(event)


@pytest.fixture
def ground(sqlite_engine: AsyncEngine) -> Ground:
    return Ground(sqlite_engine)


@pytest.mark.parametrize("status", [ParcelStatus.LOST, ParcelStatus.DAMAGED, ParcelStatus.REFUSED])
async def test_scan_that_says_what_is_wrong_opens_a_case_once(ground: Ground, status: ParcelStatus) -> None:
    parcel = await ground.shipped()
    await ground.scan(parcel, ParcelStatus.IN_TRANSIT)
    await ground.scan(parcel, status)
    for _ in range(2):
        await ground.tell()
    assert ground.found == [(parcel, status.value)]


async def test_parcel_of_a_customer_to_us_is_the_returns_business(ground: Ground) -> None:
    order = await ground.stage.place((await ground.stage.offer(), 1))
    items = (ParcelItem(line_id=order.lines[0].id, quantity=1),)
    label = LabelRequest(order_id=order.id, direction=Direction.INBOUND, items=items, to=HOME)
    sent = await ground.stage.carrier.create_label(ground.stage.key("label"), label)
    await ground.scan(sent.id, ParcelStatus.LOST)
    await ground.tell()
    await ground.stage.pass_time(30 * DAY)
    assert await ground.watch.find_late(lambda: None) == 0
    assert ground.found == []


async def test_parcel_is_late_when_its_day_has_passed_and_only_while_it_is_on_its_way(ground: Ground) -> None:
    late, there, lost = [await ground.shipped() for _ in range(3)]
    await ground.stage.deliver(there)
    await ground.scan(lost, ParcelStatus.LOST)
    await ground.stage.pass_time(2 * DAY)
    assert await ground.watch.find_late(lambda: None) == 0
    await ground.stage.pass_time(2 * DAY)
    beats: list[int] = []
    assert await ground.watch.find_late(lambda: beats.append(1)) == 1
    assert (ground.found, len(beats)) == ([(late, "late")], 1)
    assert await ground.watch.find_late(lambda: None) == 0


async def test_day_that_was_promised_is_read_once_and_forgotten_with_the_parcel(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel, read = await ground.shipped(), ground.stage.orders.order
    asked: list[str] = []

    async def counted(order_id: str) -> Order:
        asked.append(order_id)
        return await read(order_id)

    monkeypatch.setattr(ground.stage.orders, "order", counted)
    for _ in range(2):
        await ground.watch.find_late(lambda: None)
    assert len(asked) == 1
    await ground.stage.deliver(parcel)
    await ground.watch.find_late(lambda: None)
    assert ground.watch.remembered == 0


async def test_shop_that_is_away_is_asked_again_and_unknown_customers_are_nobodys_case(ground: Ground) -> None:
    parcel = await ground.shipped()
    await ground.scan(parcel, ParcelStatus.LOST)
    ground.refusal = ShopUnavailableError("away")
    with pytest.raises(ShopUnavailableError):
        await ground.tell()
    ground.refusal = InvalidInputError("unknown customer", field="customer_id")
    await ground.tell()
    assert ground.found == []


async def test_parcel_of_an_order_that_the_shop_does_not_know_does_not_stop_the_watch(ground: Ground) -> None:
    items = (ParcelItem(line_id="l1", quantity=1),)
    label = LabelRequest(order_id="elsewhere", direction=Direction.OUTBOUND, items=items, to=HOME)
    await ground.stage.carrier.create_label(ground.stage.key("label"), label)
    late = await ground.shipped()
    await ground.stage.pass_time(5 * DAY)
    assert await ground.watch.find_late(lambda: None) == 1
    assert ground.found == [(late, "late")]
