"""The embedded shop's own warehouse: orders that nobody touches are released, shipped and delivered by themselves."""

from __future__ import annotations

from activities.shop.upkeep import ShopUpkeep
from domain.shop.orders import Fulfilment
from domain.shop.parcels import Direction, LabelRequest, ParcelItem, ParcelStatus
from domain.sla.spans import HOUR, MINUTE
from tests.activities.shop.stage import HOME, EmbeddedStage


async def goes_on(stage: EmbeddedStage, upkeep: ShopUpkeep, hours: int) -> None:
    for _ in range(hours):
        await stage.pass_time(HOUR)
        await upkeep.go_on()


async def test_order_moves_from_its_cut_off_to_the_customer(embedded_sqlite: EmbeddedStage) -> None:
    stage, upkeep = embedded_sqlite, ShopUpkeep(embedded_sqlite.books)
    order = await stage.place((await stage.offer(), 1))
    seen = []
    for hours in (1, 1, 2, 8, 24):
        await goes_on(stage, upkeep, hours)
        seen.append((await stage.orders.order(order.id)).fulfilment)
    released, shipped, delivered = Fulfilment.RELEASED, Fulfilment.SHIPPED, Fulfilment.DELIVERED
    assert seen == [Fulfilment.OPEN, released, shipped, shipped, delivered]


async def test_turned_back_parcel_comes_back_and_a_lost_one_and_a_return_are_left_alone(
    embedded_sqlite: EmbeddedStage,
) -> None:
    stage, upkeep = embedded_sqlite, ShopUpkeep(embedded_sqlite.books)
    order = await stage.place((await stage.offer(), 1))
    await stage.release(order.id)
    parcel = await stage.ship(order.id)
    await stage.carrier.intercept(stage.key("intercept"), parcel)
    items = (ParcelItem(line_id=order.lines[0].id, quantity=1),)
    label = LabelRequest(order_id=order.id, direction=Direction.INBOUND, items=items, to=HOME)
    sent = await stage.carrier.create_label(stage.key("label"), label)
    await goes_on(stage, upkeep, 20)
    assert (await stage.carrier.parcel(parcel)).status is ParcelStatus.BACK
    assert (await stage.carrier.parcel(sent.id)).status is ParcelStatus.LABELLED


async def test_it_looks_around_once_a_minute_only(embedded_sqlite: EmbeddedStage) -> None:
    stage, upkeep = embedded_sqlite, ShopUpkeep(embedded_sqlite.books, every=MINUTE)
    await upkeep.go_on()
    order = await stage.place((await stage.offer(), 1))
    stage.time = order.release_at or 0
    upkeep._next = stage.time + MINUTE
    await upkeep.go_on()
    assert (await stage.orders.order(order.id)).fulfilment is Fulfilment.OPEN
    await stage.pass_time(MINUTE)
    await upkeep.go_on()
    assert (await stage.orders.order(order.id)).fulfilment is Fulfilment.RELEASED
