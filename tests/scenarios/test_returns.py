"""Returns of goods on the time-skipping server, in the charter's durations."""

from __future__ import annotations

import pytest

from domain.shop.parcels import ParcelStatus
from tests.changes import yuan
from tests.returns import ReturningShop
from tests.world import DAY, HOUR, World


@pytest.fixture
def shop(world: World) -> ReturningShop:
    return ReturningShop(world)


async def test_goods_come_back_and_the_money_is_on_its_way_within_a_day(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    assert await case.status() == "awaiting_parcel"
    await case.comes_back()
    assert await case.status() == "inspecting"
    await case.forward(5 * HOUR)
    await case.inspect()
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(100)
    assert (await shop.now(order)).total == yuan(0)
    assert await shop.free(order.lines[0].variant_id) == 10
    assert (await case.clock("refund")).state == "met"
    await case.rate()
    result = await case.result()
    assert (result.status, result.outcome) == ("closed", "refunded")
    assert (await case.told())[-1] == "your return is settled"
    assert "100.00 CNY back" in (await case.letters())[-1].body


async def test_parcel_that_is_never_sent_is_asked_for_and_the_return_lapses(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.forward(14 * DAY + HOUR)
    assert await case.status() == "lapsed"
    assert (await case.told()).count("your return waits for you") == 2
    assert "where your return stands" not in await case.told(), "the customer has the goods"
    line = (await shop.now(order)).lines[0]
    assert (line.return_requested, line.returned) == (0, 0)


async def test_lost_word_of_the_carrier_is_found_before_the_return_lapses(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.scan(ParcelStatus.IN_TRANSIT, told=False)
    await case.forward(14 * DAY + HOUR)
    assert await case.status() == "in_transit"
