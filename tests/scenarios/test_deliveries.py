"""Delivery problems on the server with a virtual clock: found by themselves, told at once, resolved in two hours."""

from __future__ import annotations

import pytest

from domain.requests import CloseCase
from domain.shop.parcels import ParcelStatus
from tests.changes import Shop, yuan
from tests.deliveries import Trouble, shipped
from tests.world import HOUR, MINUTE, SUPERVISOR


@pytest.fixture
async def trouble(shop: Shop) -> Trouble:
    return await shipped(shop)


async def test_lost_parcel_is_told_of_before_the_customer_asks_and_refunded(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    [letter] = await case.letters()
    assert "has lost your parcel" in letter.body
    await case.decide("refund")
    assert await case.outcome() == "refunded"
    assert (await trouble.shop.account(trouble.order)).refunded == yuan(100)
    assert len(await trouble.cases()) == 1


async def test_damaged_parcel_is_sent_again_at_no_cost(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.DAMAGED)
    await case.decide("send_again")
    assert await case.outcome() == "sent_again"
    after = await trouble.shop.now(trouble.order)
    assert [line.replaces for line in after.lines] == [None, after.lines[0].id]
    assert after.total == trouble.order.total


async def test_refused_parcel_is_refunded_when_it_is_back(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.REFUSED)
    await case.decide("await_return")
    await trouble.scan(ParcelStatus.BACK, case)
    assert await case.outcome() == "refunded"


async def test_nobody_decides_in_two_hours_and_the_customer_hears_every_four(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await case.forward(HOUR + 31 * MINUTE)
    assert "near_due" in await case.story()
    await case.forward(30 * MINUTE)
    assert (await case.view()).breached
    await case.forward(2 * HOUR)
    assert any("where your delivery stands" in letter.subject for letter in await case.letters())
    await case.ask("close_case", CloseCase, SUPERVISOR, reason="settled by phone")
    assert await case.outcome() == "closed"


async def test_parcel_that_turns_up_settles_it_by_itself(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await case.decide("wait")
    await trouble.scan(ParcelStatus.OUT_FOR_DELIVERY, case)
    assert (await case.view()).status == "waiting"
    await trouble.scan(ParcelStatus.DELIVERED, case)
    assert await case.outcome() == "arrived"
    assert "has arrived" in (await case.letters())[-1].body


async def test_parcel_that_nobody_sees_in_a_day_is_decided_about_anew(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await case.decide("wait")
    await case.forward(25 * HOUR)
    assert (await case.view()).status == "deciding"
    await case.decide("refund")
    assert await case.outcome() == "refunded"
