"""Order changes inside their window: done at once, shown and paid where they cost something, lapsed otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.complaint.messages import Reopen
from domain.people import Actor, Role
from domain.shop.changes import SetQuantity, SwapVariant
from domain.shop.orders import Fulfilment
from domain.shop.values import PaymentMethod
from domain.sla.rules import ClockKind
from tests.changes import ELSEWHERE, Shop, more, without, yuan
from tests.world import DAY, HOUR, MINUTE, SUPERVISOR, refused


async def test_address_is_changed_at_once_inside_the_window(shop: Shop) -> None:
    customer, order = await shop.order()
    case = await shop.change(customer, order, address=ELSEWHERE)
    assert await case.status() == "done"
    assert (await shop.now(order)).address == ELSEWHERE
    assert await case.told() == ["changed as you wished"]
    assert (await case.clock(ClockKind.CHANGE_WINDOW)).state == "met"
    assert not (await case.view()).tasks
    assert "identity_verified" in await case.story()


async def test_cheaper_content_is_changed_at_once_and_the_difference_refunded(shop: Shop) -> None:
    customer = await shop.world.customer()
    order = await shop.place(customer, (await shop.offer(100), 1), (await shop.offer(80), 1))
    case = await shop.change(customer, order, **without(order, 1))
    assert await case.status() == "done"
    assert (await shop.now(order)).total == yuan(100)
    assert (await shop.account(order)).refunded == yuan(80)
    assert "80.00 CNY" in (await case.letters())[-1].body


async def test_price_up_is_shown_accepted_and_paid_before_anything_changes(shop: Shop) -> None:
    customer, order = await shop.order(100)
    extra = await shop.offer(50, pieces=1)
    case = await shop.change(customer, order, **more(extra))
    assert await case.status() == "awaiting_answer"
    assert (await shop.now(order)).total == yuan(100)
    assert await shop.free(extra) == 0
    shown = (await case.letters())[-1].body
    assert "You pay 50.00 CNY on top" in shown
    assert "delivered by" in shown
    await case.agree(amount=yuan(50))
    assert await case.status() == "awaiting_payment"
    await shop.pay(case, order)
    assert await case.status() == "done"
    assert (await shop.now(order)).total == yuan(150)
    assert (await shop.account(order)).captured == yuan(150)
    assert await shop.free(extra) == 0


async def test_several_wishes_at_once_are_one_change(shop: Shop) -> None:
    customer, order = await shop.order(100, pieces=3, method=PaymentMethod.CASH_ON_DELIVERY)
    fewer = SetQuantity(line_id=order.lines[0].id, quantity=2)
    case = await shop.change(
        customer, order, lines=(fewer,), address=ELSEWHERE, payment_method=PaymentMethod.BANK_TRANSFER
    )
    assert await case.status() == "done"
    after = await shop.now(order)
    assert (after.total, after.address, after.payment_method) == (yuan(200), ELSEWHERE, PaymentMethod.BANK_TRANSFER)


async def test_other_variant_at_the_same_price_moves_no_money(shop: Shop) -> None:
    customer, order = await shop.order(100)
    swap = SwapVariant(line_id=order.lines[0].id, variant_id=await shop.offer(100))
    case = await shop.change(customer, order, lines=(swap,))
    assert await case.status() == "done"
    account = await shop.account(order)
    assert (account.captured, account.refunded) == (yuan(100), yuan(0))


async def test_unanswered_price_lapses_and_everything_reserved_is_released(shop: Shop) -> None:
    customer, order = await shop.order(100)
    extra = await shop.offer(50, pieces=1)
    case = await shop.change(customer, order, **more(extra))
    await case.forward(13 * HOUR)
    assert "your change waits for you" in await case.told()
    assert await shop.free(extra) == 0
    await case.forward(12 * HOUR)
    assert await case.status() == "lapsed"
    assert await shop.free(extra) == 1
    assert await shop.orders.active_change(order.id) is None
    assert "step_undone" in await case.story()
    assert (await case.told())[-1] == "stays as it is"


async def test_accepted_price_that_nobody_pays_lapses(shop: Shop) -> None:
    customer, order = await shop.order(100)
    extra = await shop.offer(50, pieces=1)
    case = await shop.change(customer, order, **more(extra))
    await case.agree()
    await case.forward(DAY + MINUTE)
    assert await case.status() == "lapsed"
    assert await shop.free(extra) == 1
    assert (await shop.account(order)).captured == yuan(100)


async def test_payment_whose_word_was_lost_is_found_before_the_change_lapses(shop: Shop) -> None:
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.agree()
    await case.quiet()
    await shop.pay(case, order, told=False)
    await case.forward(DAY + MINUTE)
    assert await case.status() == "done"
    assert (await shop.now(order)).total == yuan(150)


async def test_declined_price_leaves_the_order_as_it_is(shop: Shop) -> None:
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.decline()
    assert await case.status() == "withdrawn"
    assert (await shop.now(order)).total == yuan(100)
    assert "You told us to leave it so." in (await case.letters())[-1].body


async def test_answer_to_another_price_than_the_shown_one_is_refused(shop: Shop) -> None:
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    with refused("currency_mismatch"):
        await case.agree(amount={"minor": 5_000, "currency": "EUR"})
    with refused("invalid_input") as said:
        await case.agree(amount=yuan(40))
    assert said[0].details["field"] == "amount"
    other = Actor(id="K999999", role=Role.CUSTOMER)
    case.customer, mine = other, case.customer
    with refused("not_allowed"):
        await case.agree()
    case.customer = mine
    await case.agree()
    assert await case.status() == "awaiting_payment"
    with refused("wrong_status"):
        await case.agree()


async def test_cancellation_before_shipping_gives_everything_back(shop: Shop) -> None:
    customer, order = await shop.order(100)
    variant = order.lines[0].variant_id
    case = await shop.change(customer, order, cancel="ordered twice")
    assert await case.status() == "done"
    assert (await shop.now(order)).fulfilment is Fulfilment.CANCELED
    assert (await shop.account(order)).refunded == yuan(100)
    assert await shop.free(variant) == 10
    assert "You get 100.00 CNY back" in (await case.letters())[-1].body


async def test_same_wish_handed_in_twice_is_one_case(shop: Shop) -> None:
    customer, order = await shop.order()
    first = await shop.change(customer, order, address=ELSEWHERE, reference="twice")
    again = await shop.change(customer, order, address=ELSEWHERE, reference="twice")
    assert first.case_id == again.case_id


async def test_order_busy_with_another_change_is_refused_with_its_number(shop: Shop) -> None:
    customer, order = await shop.order(100)
    first = await shop.change(customer, order, **more(await shop.offer(50)))
    second = await shop.change(customer, order, **more(await shop.offer(60)))
    assert await second.status() == "refused"
    assert (await second.view()).facts["other_case"] == first.case_id
    assert first.case_id in (await second.letters())[-1].body
    await first.agree()
    assert await first.status() == "awaiting_payment"


@pytest.mark.parametrize("quantity", [-1, 0, 10_000, 10**12])
async def test_impossible_quantity_is_refused_at_the_door(shop: Shop, quantity: int) -> None:
    customer, order = await shop.order()
    with pytest.raises(ValidationError):
        await shop.change(customer, order, **more("v1", quantity))


async def test_unknown_line_and_variant_come_to_nothing(shop: Shop) -> None:
    customer, order = await shop.order()
    case = await shop.change(customer, order, lines=(SetQuantity(line_id="nothing", quantity=2),))
    assert await case.status() == "refused"
    assert (await case.view()).facts["reason"] == "line_not_found"
    other = await shop.change(customer, order, **more("nothing"))
    assert (await other.view()).facts["reason"] == "variant_not_found"


async def test_unknown_customer_is_refused_at_the_door_and_unknown_order_by_the_case(shop: Shop) -> None:
    customer, order = await shop.order()
    with refused("invalid_input") as said:
        await shop.change(Actor(id="K777777", role=Role.CUSTOMER), order, address=ELSEWHERE)
    assert said[0].details["field"] == "customer_id"
    case = await shop.change(customer, order.model_copy(update={"id": "nothing"}), address=ELSEWHERE)
    assert await case.status() == "refused"
    assert (await case.view()).facts["reason"] == "order_not_found"


async def test_window_is_measured_by_when_the_customer_asked(shop: Shop) -> None:
    customer, order = await shop.order(ago=timedelta(minutes=59))
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.forward(5 * HOUR)
    await case.agree()
    await case.quiet()
    await shop.pay(case, order)
    assert await case.status() == "done"
    assert "decide_change" not in [task.kind for task in (await case.view()).tasks]


async def test_order_change_is_neither_reopened_nor_merged_into(shop: Shop) -> None:
    case = await shop.change(*await shop.order(), address=ELSEWHERE)
    assert await case.status() == "done"
    with refused("other_case_type"):
        await shop.world.service.reopen(
            case.case_id, Reopen(request_id="again", actor=case.customer, reason="not what I meant")
        )
    complaint = await shop.world.open()
    with refused("merge_refused"):
        await shop.world.service.merge(
            complaint.case_id, case.case_id, request_id="m1", actor=SUPERVISOR, reason="the same"
        )
