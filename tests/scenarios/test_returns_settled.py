"""Exchanges, claims and repairs on the time-skipping server; what is refused, lost, divided, above the limit."""

from __future__ import annotations

import pytest

from domain.shop.orders import Fulfilment
from domain.shop.parcels import ParcelStatus
from tests.changes import DEPUTY, yuan
from tests.returns import ENGINEER, PACKER, TESTER, TRACER, ReturningShop
from tests.world import DAY, HOUR, SUPERVISOR, World, refused


@pytest.fixture
def shop(world: World) -> ReturningShop:
    return ReturningShop(world)


async def test_dearer_exchange_is_paid_and_goes_out_when_the_goods_are_back(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    oven = await shop.sell(300)
    case = await shop.give_back(customer, order, "exchange", variant=oven)
    assert await case.status() == "awaiting_answer"
    assert await shop.free(oven) == 9, "kept for the customer"
    await case.agree(amount=yuan(200))
    await case.quiet()
    await case.pays()
    assert await case.status() == "awaiting_parcel"
    await case.comes_back()
    await case.inspect()
    assert await case.status() == "sending"
    await shop.deliver(order)
    await case.hears("delivered")
    assert await case.status() == "confirming"
    account = await shop.account(order)
    assert (account.captured, account.refunded) == (yuan(300), yuan(0))
    assert (await shop.now(order)).total == yuan(300)
    await case.forward(3 * DAY)
    assert (await case.result()).outcome == "exchanged"


async def test_cheaper_exchange_gives_the_difference_back(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    cup = await shop.sell(40)
    case = await shop.give_back(customer, order, "exchange", variant=cup)
    await case.comes_back()
    await case.inspect()
    assert await case.status() == "sending"
    assert (await shop.account(order)).refunded == yuan(60)
    assert (await shop.now(order)).total == yuan(40)


async def test_replacement_in_advance_is_gone_before_the_goods_are_back(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    urn = await shop.sell(100)
    case = await shop.give_back(customer, order, "exchange", variant=urn, in_advance=True)
    assert len((await shop.now(order)).lines) == 2
    await shop.deliver(order)
    await case.comes_back()
    await case.inspect()
    assert await case.status() == "confirming"
    assert (await shop.now(order)).total == yuan(100)


async def test_claim_above_the_limit_needs_a_second_pair_of_eyes(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(300)
    case = await shop.give_back(customer, order, "claim", reason="damaged", asked_by=SUPERVISOR.id)
    assert await case.status() == "approving"
    with refused("not_eligible"):
        await case.approve(SUPERVISOR)
    await case.forward(HOUR)
    await case.approve(DEPUTY)
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(300)
    assert (await shop.now(order)).total == yuan(0)
    assert await shop.free(order.lines[0].variant_id) == 9, "nothing came that could be sold"


async def test_claim_for_a_replacement_sends_it_once_and_for_nothing(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order, "claim", reason="wrong_item", claimed="replacement")
    assert await case.status() == "sending"
    again = await shop.give_back(customer, order, "claim", reason="wrong_item")
    assert await again.status() == "refused"
    assert await again.fact("reason") == "already_returned"
    await shop.deliver(order)
    await case.hears("delivered")
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(0)


async def test_repair_out_of_warranty_is_one_window_from_quote_to_test(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100, warranty=0)
    case = await shop.give_back(customer, order, "repair", reason="defective")
    await case.comes_back()
    await case.inspect(repair_price={"minor": 8_000, "currency": "CNY"})
    await case.forward(40 * HOUR)
    assert (await case.told())[-2:] == ["please confirm the price", "your return waits for you"]
    with refused("currency_mismatch"):
        await case.agree(amount={"minor": 8_000, "currency": "EUR"})
    await case.agree()
    await case.quiet()
    await case.pays()
    await case.forward(9 * HOUR)
    await case.work(ENGINEER, "repair_goods", repaired=True, what="a new thermostat")
    await case.work(TESTER, "test_goods", passed=True, remarks="boils")
    assert await case.status() == "sending"
    await case.goes_out()
    assert await case.status() == "confirming"
    told = await case.told()
    assert told.count("where your return stands") >= 2, "every four hours while we have the goods"
    assert (await shop.account(order)).captured == yuan(180)
    assert (await shop.now(order)).fulfilment is Fulfilment.DELIVERED


async def test_declined_repair_and_refused_goods_go_home(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.comes_back()
    items = [{"line_id": order.lines[0].id, "damaged": 1, "accepted": False}]
    await case.inspect(items=items, reason="dropped in water")
    assert await case.status() == "sending"
    assert "dropped in water" in "".join(row.body for row in await case.letters())
    await case.goes_out()
    await case.rate()
    assert (await case.result()).outcome == "refused"
    line = (await shop.now(order)).lines[0]
    assert (line.return_requested, line.returned) == (0, 0)
    assert (await shop.account(order)).refunded == yuan(0)


async def test_parcel_that_does_not_come_is_traced_and_lost_at_our_cost(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.scan(ParcelStatus.PICKED_UP)
    await case.forward(7 * DAY + HOUR)
    assert await case.status() == "tracing"
    assert "has not come as it should" in "".join(row.body for row in await case.letters())
    await case.work(TRACER, "trace_parcel", found="lost", how="the carrier paid for it")
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(100)


async def test_goods_in_two_parcels_are_settled_one_after_the_other(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(60, pieces=3)
    case = await shop.give_back(customer, order)
    line = order.lines[0].id
    await case.comes_back()
    await case.inspect(items=[{"line_id": line, "sound": 1, "other": 1}], more_to_come=True)
    assert await case.status() == "awaiting_parcel"
    assert (await shop.account(order)).refunded == yuan(120)
    await case.comes_back()
    await case.inspect(items=[{"line_id": line, "damaged": 1}])
    assert await case.status() == "confirming"
    assert (await shop.account(order)).refunded == yuan(180)
    assert await shop.free(order.lines[0].variant_id) == 8, "one of three can be sold again"


async def test_inspection_that_takes_too_long_breaches_the_refund(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.comes_back()
    await case.claim(PACKER, "inspect_goods")
    await case.forward(25 * HOUR)
    assert (await case.clock("refund")).state == "breached"
    breaches = " ".join(row.items for row in await case.notices("breach"))
    assert "refund: breached" in breaches
    assert (await case.told()).count("where your return stands") >= 5


async def test_withdrawn_before_it_is_sent_leaves_everything_as_it_was(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    case = await shop.give_back(customer, order)
    await case.withdraw()
    assert await case.status() == "withdrawn"
    assert (await shop.now(order)).lines[0].return_requested == 0
    with refused("wrong_status"):
        await case.withdraw()


async def test_foreign_customer_expired_window_and_impossible_lines_are_judged_by_the_case(shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100, ago=8 * DAY)
    stranger = await shop.world.customer()
    foreign = await shop.give_back(stranger, order)
    assert await foreign.status() == "verifying"
    late = await shop.give_back(customer, order)
    assert await late.status() == "deciding"
    await late.decide(approved=False)
    assert await late.status() == "refused"
    unknown = await shop.give_back(customer, order.model_copy(update={"id": "nothing"}))
    assert await unknown.fact("reason") == "order_not_found"
