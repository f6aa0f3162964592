"""Order changes that need a person: outside the window, a stranger's order, a refund above the limit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain import messages as m
from domain.order_change import messages as c
from domain.shop.orders import Fulfilment
from domain.shop.parcels import ParcelStatus
from domain.shop_case.messages import ParcelScanned
from domain.sla.rules import ClockKind
from tests.changes import CLERK, DEPUTY, ELSEWHERE, EXPERT, ChangeCase, Shop, more, without, yuan
from tests.world import HOUR, MINUTE, SUPERVISOR, refused

LATE = timedelta(hours=3)


async def test_outside_the_window_a_person_decides_and_the_customer_is_told_by_when(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, address=ELSEWHERE)
    assert await case.status() == "deciding"
    task = await case.task("decide_change")
    assert task.team == "specialists"
    assert task.brief["why"] == "the window was over"
    assert "You will have the answer by" in (await case.letters())[-1].body
    assert (await case.clock(ClockKind.CHANGE_WINDOW)).state == "cancelled"
    await case.decide("approve")
    assert await case.status() == "done"
    assert (await shop.now(order)).address == ELSEWHERE


async def test_refused_by_a_person_with_a_reason_that_the_customer_reads(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, cancel="too late after all")
    await case.decide("refuse", reason="The engraving has begun.")
    assert await case.status() == "refused"
    assert "The engraving has begun." in (await case.letters())[-1].body
    assert (await shop.now(order)).fulfilment is Fulfilment.OPEN


async def test_released_order_is_outside_its_window_whatever_the_clock_says(shop: Shop) -> None:
    customer, order = await shop.order()
    await shop.warehouse.release(order.id)
    case = await shop.change(customer, order, cancel="ordered twice")
    assert await case.status() == "deciding"
    await case.decide("approve")
    assert await case.status() == "done"
    assert (await shop.account(order)).refunded == yuan(100)


async def test_nobody_decides_in_two_hours_and_it_is_on_record_and_told(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, address=ELSEWHERE)
    await case.forward(timedelta(hours=1, minutes=31))
    assert "near_due" in await case.story()
    assert "breached" not in await case.story()
    await case.forward(30 * MINUTE)
    assert (await case.view()).breached
    told = await case.notices("breach")
    assert {"team:specialists", "team:supervisors"} <= {row.recipient for row in told}
    await case.forward(2 * HOUR)
    assert "where your change stands" in await case.told()
    assert await case.status() == "deciding"


async def test_shipped_order_is_intercepted_and_refunded_when_the_parcel_is_back(shop: Shop) -> None:
    customer, order = await shop.order(100)
    variant = order.lines[0].variant_id
    parcel = await shop.ship(order)
    case = await shop.change(customer, order, cancel="found it cheaper")
    await case.decide("intercept")
    assert await case.status() == "intercepting"
    assert (await shop.account(order)).refunded == yuan(0)
    await case.forward(4 * HOUR)
    assert any("being turned back" in row.body for row in await case.letters())
    await shop.bring_back(parcel)
    await case.handle.signal("parcel_scanned", ParcelScanned(event_id="scan-1", parcel_id=parcel.id))
    assert await case.status() == "done"
    assert (await shop.account(order)).refunded == yuan(100)
    assert await shop.free(variant) == 10


async def test_parcel_that_nobody_sees_again_goes_to_a_person_who_gives_the_money_back(shop: Shop) -> None:
    customer, order = await shop.order(100)
    await shop.ship(order)
    case = await shop.change(customer, order, cancel="found it cheaper")
    await case.decide("intercept")
    await case.forward(25 * HOUR)
    await case.claim(EXPERT, "decide_interception")
    await case.complete(EXPERT, "decide_interception", decision="refund", reason="the carrier cannot find it")
    assert await case.status() == "done"
    assert (await shop.account(order)).refunded == yuan(100)


async def test_parcel_that_arrives_before_it_is_stopped_is_not_refunded(shop: Shop) -> None:
    customer, order = await shop.order(100)
    parcel = await shop.ship(order)
    case = await shop.change(customer, order, cancel="found it cheaper")
    assert await case.status() == "deciding"
    while (await shop.carrier.move(parcel.id)).status is not ParcelStatus.DELIVERED:
        pass
    await case.decide("intercept")
    assert await case.status() == "refused"
    assert (await case.view()).facts["reason"] == "intercept_too_late"
    assert "You can return it" in (await case.letters())[-1].body
    assert (await shop.account(order)).refunded == yuan(0)


async def test_only_a_cancellation_of_what_is_on_its_way_can_be_intercepted(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, address=ELSEWHERE)
    with refused("form_invalid") as said:
        await case.decide("intercept")
    assert said[0].details["fields"]


async def test_cancellation_of_what_was_shipped_comes_to_nothing_without_interception(shop: Shop) -> None:
    customer, order = await shop.order()
    await shop.ship(order)
    case = await shop.change(customer, order, cancel="found it cheaper")
    await case.decide("approve")
    assert await case.status() == "refused"
    assert (await case.view()).facts["reason"] == "order_state"


async def test_order_that_is_cut_off_while_we_work_goes_to_a_person(shop: Shop) -> None:
    customer = await shop.world.customer()
    order = await shop.place(customer, (await shop.offer(100), 1))
    extra = await shop.offer(50)
    case = await shop.change(customer, order, **more(extra))
    await case.agree()
    await case.quiet()
    await shop.warehouse.release(order.id)
    await shop.pay(case, order)
    assert await case.status() == "deciding"
    assert "window_closed" in await case.story()
    await case.decide("approve")
    assert await case.status() == "done"
    assert (await shop.now(order)).total == yuan(150)


async def test_cut_off_and_refused_gives_back_what_was_paid(shop: Shop) -> None:
    customer, order = await shop.order(100)
    extra = await shop.offer(50, pieces=1)
    case = await shop.change(customer, order, **more(extra))
    await case.agree()
    await case.quiet()
    await shop.warehouse.release(order.id)
    await shop.pay(case, order)
    await case.decide("refuse", reason="It is packed already.")
    assert await case.status() == "refused"
    account = await shop.account(order)
    assert (account.captured, account.refunded) == (yuan(150), yuan(50))
    assert await shop.free(extra) == 1
    assert await shop.orders.active_change(order.id) is None


# Whose order it is.


async def strangers(shop: Shop) -> ChangeCase:
    _, order = await shop.order()
    stranger = await shop.world.customer()
    return await shop.change(stranger, order, address=ELSEWHERE)


async def test_strangers_order_is_not_touched_before_somebody_has_verified(shop: Shop) -> None:
    case = await strangers(shop)
    assert await case.status() == "verifying"
    assert "makes sure that the wish comes from" in (await case.letters())[-1].body
    await case.claim(CLERK, "verify_identity")
    await case.complete(CLERK, "verify_identity", verified=False, how="does not know the delivery address")
    assert await case.status() == "refused"
    assert "We could not make sure" in (await case.letters())[-1].body
    assert not await case.steps() or await case.steps() == "None"


async def test_order_of_somebody_who_is_verified_by_a_person_is_changed(shop: Shop) -> None:
    case = await strangers(shop)
    await case.claim(CLERK, "verify_identity")
    await case.complete(CLERK, "verify_identity", verified=True, how="called back; orders for his mother")
    assert await case.status() == "done"


# Four eyes.


async def test_refund_above_the_limit_needs_four_eyes(shop: Shop) -> None:
    customer, order = await shop.order(300)
    case = await shop.change(customer, order, cancel="ordered twice", asked_by=SUPERVISOR.id)
    assert await case.status() == "approving"
    assert (await shop.now(order)).fulfilment is Fulfilment.OPEN
    task = await case.task("approve_refund")
    with refused("not_eligible"):
        await case.ask("claim_task", m.ClaimTask, SUPERVISOR, task_id=task.id)
    with refused("not_eligible"):
        await case.ask("claim_task", m.ClaimTask, CLERK, task_id=task.id)
    await case.approve(DEPUTY)
    assert await case.status() == "done"
    assert (await shop.account(order)).refunded == yuan(300)


async def test_who_decided_outside_the_window_does_not_approve_the_refund(shop: Shop) -> None:
    customer, order = await shop.order(300, ago=LATE)
    case = await shop.change(customer, order, cancel="ordered twice")
    task = await case.task("decide_change")
    await case.ask("delegate_task", m.DelegateTask, SUPERVISOR, task_id=task.id, to=EXPERT, reason="yours")
    await case.complete(EXPERT, "decide_change", decision="approve", reason="fair")
    await case.quiet()
    assert EXPERT.id in str((await case.task("approve_refund")).brief["asked_by"])
    await case.approve(DEPUTY)
    assert await case.status() == "done"


async def test_refund_that_is_not_approved_leaves_the_order_as_it_is(shop: Shop) -> None:
    customer = await shop.world.customer()
    order = await shop.place(customer, (await shop.offer(100), 1), (await shop.offer(300), 1))
    case = await shop.change(customer, order, **without(order, 1))
    assert await case.status() == "approving"
    await case.approve(approved=False)
    assert await case.status() == "refused"
    assert (await shop.now(order)).total == yuan(400)
    assert await shop.orders.active_change(order.id) is None


async def test_customer_may_withdraw_as_long_as_nothing_is_committed(shop: Shop) -> None:
    customer, order = await shop.order(ago=LATE)
    case = await shop.change(customer, order, address=ELSEWHERE)
    await case.ask("withdraw_change", c.WithdrawChange, customer)
    assert await case.status() == "withdrawn"
    assert [task.state for task in (await case.view()).tasks] == ["obsolete"]
    done = await shop.change(*await shop.order(), address=ELSEWHERE)
    assert await done.status() == "done"
    with pytest.raises(Exception, match="is over"):
        await done.ask("withdraw_change", c.WithdrawChange, done.customer)
