"""What every shop promises about goods that come back, and goods that go out in their place."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop.changes import AddItem, SetQuantity
from domain.shop.errors import (
    KeyReusedError,
    LineNotFoundError,
    NothingUnderKeyError,
    OrderBusyError,
    OutOfStockError,
    QuantityNotPossibleError,
    StepStateError,
    VariantNotFoundError,
)
from domain.shop.orders import Fulfilment
from domain.shop.returns import (
    ReceivedItem,
    ReplacementItem,
    ReplacementRequest,
    ReplacementStatus,
    ReturnItem,
    ReturnStatus,
)
from tests.activities.shop.stage import Stage, delivered


def back(line_id: str, quantity: int) -> list[ReturnItem]:
    return [ReturnItem(line_id=line_id, quantity=quantity, reason="does not fit")]


class TestOrderReturns:
    async def test_announced_goods_are_on_their_line_and_still_owed(self, stage: Stage) -> None:
        coat = await stage.offer(price=89_900)
        order = await delivered(stage, (coat, 2))
        [line], key = order.lines, stage.key("return")
        announced = await stage.orders.request_return(key, order.id, back(line.id, 1))
        assert (announced.status, announced.value.minor) == (ReturnStatus.REQUESTED, 89_900)
        assert await stage.orders.request_return(key, order.id, back(line.id, 1)) == announced
        assert await stage.orders.find_return(key, order.id) == announced
        after = await stage.orders.order(order.id)
        assert (after.lines[0].return_requested, after.lines[0].returned) == (1, 0)
        assert after.total == order.total

    async def test_received_goods_are_on_the_shelf_once_if_they_are_sound(self, stage: Stage) -> None:
        coat = await stage.offer(price=10_000)
        order = await delivered(stage, (coat, 4))
        [line], key, arrival = order.lines, stage.key("return"), stage.key("receipt")
        await stage.orders.request_return(key, order.id, back(line.id, 4))
        arrived = [ReceivedItem(line_id=line.id, sound=1, damaged=1, other=1)]
        received = await stage.orders.receive_return(key, order.id, arrival, arrived)
        assert received.status is ReturnStatus.PARTLY_RECEIVED
        assert await stage.orders.receive_return(key, order.id, arrival, arrived) == received
        level = await stage.inventory.level(coat)
        assert (level.on_hand, level.set_aside) == (7, 2)
        after = await stage.orders.order(order.id)
        assert (after.lines[0].return_requested, after.lines[0].returned) == (1, 3)
        assert after.total.minor == 10_000
        last = [ReceivedItem(line_id=line.id, sound=1)]
        received = await stage.orders.receive_return(key, order.id, stage.key("receipt"), last)
        assert (received.status, len(received.receipts)) == (ReturnStatus.RECEIVED, 2)
        assert (await stage.orders.order(order.id)).fulfilment is Fulfilment.RETURNED

    async def test_arrival_that_is_booked_several_times_at_once_counts_once(self, stage: Stage) -> None:
        coat = await stage.offer()
        order = await delivered(stage, (coat, 2))
        [line], key, arrival = order.lines, stage.key("return"), stage.key("receipt")
        await stage.orders.request_return(key, order.id, back(line.id, 2))
        arrived = [ReceivedItem(line_id=line.id, sound=1)]
        await asyncio.gather(*(stage.orders.receive_return(key, order.id, arrival, arrived) for _ in range(3)))
        assert (await stage.inventory.level(coat)).on_hand == 9
        found = await stage.orders.find_return(key, order.id)
        assert found
        assert found.receipt(arrival)
        assert found.outstanding() == {line.id: 1}

    async def test_only_what_was_delivered_comes_back_and_only_once(self, stage: Stage) -> None:
        coat = await stage.offer()
        order, waiting = await delivered(stage, (coat, 2)), await stage.place((coat, 1))
        line = order.lines[0].id
        with pytest.raises(QuantityNotPossibleError):
            await stage.orders.request_return(stage.key("return"), waiting.id, back(waiting.lines[0].id, 1))
        with pytest.raises(LineNotFoundError):
            await stage.orders.request_return(stage.key("return"), order.id, back("nothing", 1))
        for items in ([], [*back(line, 1), *back(line, 1)]):
            with pytest.raises(InvalidInputError):
                await stage.orders.request_return(stage.key("return"), order.id, items)
        await stage.orders.request_return(stage.key("return"), order.id, back(line, 2))
        with pytest.raises(QuantityNotPossibleError):
            await stage.orders.request_return(stage.key("return"), order.id, back(line, 1))

    async def test_arrival_that_was_not_announced_is_refused(self, stage: Stage) -> None:
        coat, shoes = await stage.offer(), await stage.offer()
        order = await delivered(stage, (coat, 2), (shoes, 1))
        (line, other), key = order.lines, stage.key("return")
        with pytest.raises(NothingUnderKeyError):
            await stage.orders.receive_return(key, order.id, stage.key("receipt"), [])
        await stage.orders.request_return(key, order.id, back(line.id, 1))
        for refusal, items in (
            (LineNotFoundError, [ReceivedItem(line_id=other.id, sound=1)]),
            (QuantityNotPossibleError, [ReceivedItem(line_id=line.id, sound=1, damaged=1)]),
            (InvalidInputError, []),
        ):
            with pytest.raises(refusal):
                await stage.orders.receive_return(key, order.id, stage.key("receipt"), items)
        assert (await stage.inventory.level(coat)).on_hand == 8

    async def test_receipt_key_stands_for_one_arrival(self, stage: Stage) -> None:
        order = await delivered(stage, (await stage.offer(), 2))
        [line], key, arrival = order.lines, stage.key("return"), stage.key("receipt")
        await stage.orders.request_return(key, order.id, back(line.id, 2))
        await stage.orders.receive_return(key, order.id, arrival, [ReceivedItem(line_id=line.id, sound=1)])
        with pytest.raises(KeyReusedError):
            await stage.orders.receive_return(key, order.id, arrival, [ReceivedItem(line_id=line.id, damaged=1)])

    async def test_dropped_return_leaves_the_goods_with_the_customer(self, stage: Stage) -> None:
        order = await delivered(stage, (await stage.offer(), 2))
        [line], key = order.lines, stage.key("return")
        await stage.orders.request_return(key, order.id, back(line.id, 2))
        for _ in range(2):
            assert (await stage.orders.cancel_return(key, order.id)).status is ReturnStatus.CANCELED
        assert await stage.orders.order(order.id) == order
        with pytest.raises(StepStateError):
            await stage.orders.receive_return(
                key, order.id, stage.key("receipt"), [ReceivedItem(line_id=line.id, sound=1)]
            )

    async def test_return_of_which_something_arrived_cannot_be_dropped(self, stage: Stage) -> None:
        order = await delivered(stage, (await stage.offer(), 2))
        [line], key = order.lines, stage.key("return")
        await stage.orders.request_return(key, order.id, back(line.id, 2))
        await stage.orders.receive_return(key, order.id, stage.key("receipt"), [ReceivedItem(line_id=line.id, sound=1)])
        with pytest.raises(StepStateError):
            await stage.orders.cancel_return(key, order.id)
        with pytest.raises(NothingUnderKeyError):
            await stage.orders.cancel_return(stage.key("return"), order.id)

    async def test_open_change_and_return_of_an_order_exclude_each_other(self, stage: Stage) -> None:
        coat = await stage.offer()
        order = await delivered(stage, (coat, 2))
        [line], early, holder = order.lines, stage.key("return"), stage.key("change")
        await stage.orders.request_return(early, order.id, back(line.id, 1))
        await stage.orders.stage_change(holder, order.id, [AddItem(variant_id=coat, quantity=1)])
        with pytest.raises(OrderBusyError) as busy:
            await stage.orders.request_return(stage.key("return"), order.id, back(line.id, 1))
        assert busy.value.details["holder"] == holder
        with pytest.raises(OrderBusyError):
            await stage.orders.receive_return(
                early, order.id, stage.key("receipt"), [ReceivedItem(line_id=line.id, sound=1)]
            )

    async def test_change_of_goods_that_are_coming_back_is_refused_with_the_return(self, stage: Stage) -> None:
        coat = await stage.offer()
        order = await delivered(stage, (coat, 2))
        [line], key = order.lines, stage.key("return")
        await stage.orders.request_return(key, order.id, back(line.id, 1))
        with pytest.raises(OrderBusyError) as busy:
            await stage.orders.stage_change(stage.key("change"), order.id, [SetQuantity(line_id=line.id, quantity=3)])
        assert busy.value.details["holder"] == key
        await stage.orders.cancel_return(key, order.id)
        change = stage.key("change")
        await stage.orders.stage_change(change, order.id, [SetQuantity(line_id=line.id, quantity=3)])
        await stage.orders.discard_change(change, order.id)

    async def test_exchange_sends_goods_that_are_kept_and_owed(self, stage: Stage) -> None:
        small, medium = await stage.offer(price=10_000), await stage.offer(price=11_000)
        order = await delivered(stage, (small, 1))
        [line], announced, key = order.lines, stage.key("return"), stage.key("exchange")
        await stage.orders.request_return(announced, order.id, back(line.id, 1))
        item = ReplacementItem(replaces=line.id, variant_id=medium, quantity=1)
        wanted = ReplacementRequest(why="exchange", items=(item,), return_key=announced)
        sent = await stage.orders.send_replacement(key, order.id, wanted)
        assert await stage.orders.send_replacement(key, order.id, wanted) == sent
        assert await stage.orders.find_replacement(key, order.id) == sent
        assert sent.value.minor == 11_000
        after = await stage.orders.order(order.id)
        [new] = [after.line(line_id) for line_id in sent.line_ids]
        assert (new.variant_id, new.quantity, new.replaces) == (medium, 1, line.id)
        assert after.total.minor == 21_000
        assert (await stage.inventory.level(medium)).reserved == 1
        await stage.release(order.id)
        await stage.deliver(await stage.ship(order.id))
        assert (await stage.inventory.level(medium)).on_hand == 9

    async def test_claim_costs_nothing(self, stage: Stage) -> None:
        kettle = await stage.offer(price=19_900)
        order = await delivered(stage, (kettle, 1))
        free = Money(minor=0, currency="CNY")
        item = ReplacementItem(replaces=order.lines[0].id, variant_id=kettle, quantity=1, unit_price=free)
        sent = await stage.orders.send_replacement(
            stage.key("claim"), order.id, ReplacementRequest(why="claim", items=(item,))
        )
        assert sent.value == free
        assert (await stage.orders.order(order.id)).total == order.total

    async def test_replacement_is_taken_back_until_the_warehouse_has_it(self, stage: Stage) -> None:
        kettle = await stage.offer()
        order = await delivered(stage, (kettle, 1))
        item = ReplacementItem(replaces=order.lines[0].id, variant_id=kettle, quantity=1)
        wanted, early, late = ReplacementRequest(why="claim", items=(item,)), stage.key("claim"), stage.key("claim")
        await stage.orders.send_replacement(early, order.id, wanted)
        for _ in range(2):
            assert (await stage.orders.cancel_replacement(early, order.id)).status is ReplacementStatus.CANCELED
        assert (await stage.orders.order(order.id)).total == order.total
        assert (await stage.inventory.level(kettle)).reserved == 0
        await stage.orders.send_replacement(late, order.id, wanted)
        await stage.release(order.id)
        with pytest.raises(QuantityNotPossibleError):
            await stage.orders.cancel_replacement(late, order.id)

    async def test_replacement_that_cannot_be_is_refused(self, stage: Stage) -> None:
        kettle, last = await stage.offer(), await stage.offer(pieces=1)
        order = await delivered(stage, (kettle, 1))
        good = ReplacementItem(replaces=order.lines[0].id, variant_id=kettle, quantity=1)
        for refusal, item, return_key in (
            (LineNotFoundError, good.model_copy(update={"replaces": "nothing"}), None),
            (VariantNotFoundError, good.model_copy(update={"variant_id": "nothing"}), None),
            (OutOfStockError, good.model_copy(update={"variant_id": last, "quantity": 2}), None),
            (NothingUnderKeyError, good, "c1:return:none"),
        ):
            wanted = ReplacementRequest(why="claim", items=(item,), return_key=return_key)
            with pytest.raises(refusal):
                await stage.orders.send_replacement(stage.key("claim"), order.id, wanted)
        with pytest.raises(NothingUnderKeyError):
            await stage.orders.cancel_replacement(stage.key("claim"), order.id)
