"""A return beside another case of the same order: one waits for the other, and pieces are counted once."""

from __future__ import annotations

import pytest

from domain.people import Channel
from domain.requests import KeepPromise, MakePromise
from tests.changes import CLERK, more, without, yuan
from tests.returns import ReturnCase, ReturningShop
from tests.world import DAY, HOUR, MINUTE, World


@pytest.fixture
def shop(world: World) -> ReturningShop:
    return ReturningShop(world)


async def test_return_waits_for_the_change_of_its_order_and_goes_on_when_that_is_over(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    change = await shop.change(customer, order, **more(await shop.offer(50)))
    await change.decide("approve")
    assert await change.status() == "awaiting_answer"
    case = await shop.give_back(customer, order)
    assert await case.status() == "waiting"
    assert await case.fact("waits_for") == change.case_id
    assert change.case_id in (await case.letters())[-1].body, "the customer is told which comes first"
    await case.forward(16 * MINUTE)
    assert await case.status() == "waiting"
    await change.decline()
    assert await change.status() == "withdrawn"
    await case.hears("change_discarded")
    assert await case.status() == "awaiting_parcel"


async def test_return_of_an_order_that_stays_busy_is_refused_with_the_other_number(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    change = await shop.change(customer, order, **more(await shop.offer(50)))
    await change.decide("approve")
    assert await change.status() == "awaiting_answer"
    case = await shop.give_back(customer, order)
    await case.forward(DAY + HOUR)
    assert await case.status() == "refused"
    assert await case.fact("other_case") == change.case_id
    assert (await case.told()).count("where your return stands") >= 5, "every four hours while it waits"


async def test_same_piece_asked_back_from_two_channels_at_once_comes_back_once(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    twice: list[ReturnCase] = [
        await shop.give_back(customer, order, channel=channel) for channel in (Channel.CHAT, Channel.PHONE)
    ]
    assert sorted([await case.status() for case in twice]) == ["awaiting_parcel", "refused"]
    assert await twice[1].fact("reason") == "already_returned"
    await twice[0].comes_back()
    await twice[0].inspect()
    await twice[0].quiet()
    assert (await shop.account(order)).refunded == yuan(100)


async def test_return_handed_in_twice_is_one_case(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    first = await shop.give_back(customer, order, reference="twice")
    again = await shop.give_back(customer, order, reference="twice")
    assert first.case_id == again.case_id
    assert (await shop.now(order)).lines[0].return_requested == 1


async def test_change_of_an_order_whose_goods_are_coming_back_cannot_take_them_away(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    change = await shop.change(customer, order, **without(order))
    await change.decide("approve")
    assert await change.status() == "refused"
    assert (await change.view()).facts["other_case"] == case.case_id
    assert case.case_id in (await change.letters())[-1].body
    assert await case.status() == "awaiting_parcel"
    await case.comes_back()
    await case.inspect()
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(100)


async def test_promise_of_an_agent_is_watched_and_the_return_stays_open_until_it_is_kept(shop: ReturningShop) -> None:
    case = await shop.give_back(*await shop.delivered(100), "claim", reason="damaged")
    await case.ask("make_promise", MakePromise, CLERK, text="A courier on Friday", within=2 * 24 * 60 * 60 * 1000)
    assert "A courier on Friday" in (await case.letters())[-1].body
    await case.forward(2 * DAY + HOUR)
    assert (await case.clock("promise")).state == "breached"
    assert "promise P1: breached" in " ".join(row.items for row in await case.notices("breach"))
    await case.rate()
    assert await case.status() == "confirming"
    await case.ask("keep_promise", KeepPromise, CLERK, promise="P1")
    assert await case.status() == "closed"
