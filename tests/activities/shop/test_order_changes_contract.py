"""What every shop promises about changes of orders: one at a time, shown first, made once, found by its key."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import CaseError, InvalidInputError
from domain.shop.changes import AddItem, AmendmentKind, ChangeStatus, LineChange, RemoveLine, SetQuantity, SwapVariant
from domain.shop.errors import (
    EmptyOrderError,
    KeyReusedError,
    LineNotFoundError,
    NothingUnderKeyError,
    OrderBusyError,
    OrderNotFoundError,
    OrderStateError,
    OutOfStockError,
    PaymentMethodFixedError,
    QuantityNotPossibleError,
    StepStateError,
    VariantNotFoundError,
)
from domain.shop.orders import Fulfilment
from domain.shop.values import PaymentMethod
from tests.activities.shop.stage import ELSEWHERE, Stage


class TestOrderChanges:
    async def test_order_is_read_as_it_was_placed(self, stage: Stage) -> None:
        tea, book = await stage.offer(price=26_800), await stage.offer(price=9_900)
        placed = await stage.place((tea, 2), (book, 1))
        order = await stage.orders.order(placed.id)
        # Medusa makes the lines of one order in any order.
        lines = sorted((line.unit_price.minor, line.variant_id, line.quantity) for line in order.lines)
        assert lines == [(9_900, book, 1), (26_800, tea, 2)]
        assert (order.total.minor, order.currency, order.fulfilment) == (63_500, "CNY", Fulfilment.OPEN)
        assert (order.customer_id, order.address.city) == (placed.customer_id, "杭州")

    async def test_what_the_shop_does_not_have_is_said_by_name(self, stage: Stage) -> None:
        with pytest.raises(OrderNotFoundError):
            await stage.orders.order("nowhere")
        with pytest.raises(OrderNotFoundError):
            await stage.orders.cancel_order(stage.key("cancel"), "nowhere", "changed my mind")
        with pytest.raises(VariantNotFoundError):
            await stage.orders.variant("nothing")

    async def test_staged_change_is_shown_and_changes_nothing(self, stage: Stage) -> None:
        tea, book = await stage.offer(price=20_000), await stage.offer(price=5_000)
        order = await stage.place((tea, 2))
        [line] = order.lines
        key = stage.key("change")
        changes: list[LineChange] = [SetQuantity(line_id=line.id, quantity=3), AddItem(variant_id=book, quantity=2)]
        change = await stage.orders.stage_change(key, order.id, changes)
        shown = change.preview
        assert (shown.before.minor, shown.after.minor, shown.difference) == (40_000, 70_000, 30_000)
        assert (shown.to_collect.minor, shown.to_refund.minor) == (30_000, 0)
        assert [(seen.variant_id, seen.quantity, seen.total.minor) for seen in shown.lines_after] == [
            (tea, 3, 60_000),
            (book, 2, 10_000),
        ]
        assert await stage.orders.order(order.id) == order
        assert (await stage.inventory.level(book)).reserved == 0
        assert await stage.orders.find_change(key, order.id) == change
        assert await stage.orders.active_change(order.id) == change

    async def test_confirmed_change_is_in_order_and_stock(self, stage: Stage) -> None:
        tea, book = await stage.offer(price=20_000), await stage.offer(price=5_000)
        order = await stage.place((tea, 2))
        key = stage.key("change")
        changes: list[LineChange] = [
            SetQuantity(line_id=order.lines[0].id, quantity=1),
            AddItem(variant_id=book, quantity=4),
        ]
        staged = await stage.orders.stage_change(key, order.id, changes)
        confirmed = await stage.orders.confirm_change(key, order.id)
        assert confirmed.status is ChangeStatus.CONFIRMED
        changed = await stage.orders.order(order.id)
        assert changed.total == staged.preview.after
        assert {line.variant_id: line.quantity for line in changed.lines} == {tea: 1, book: 4}
        assert [(await stage.inventory.level(name)).reserved for name in (tea, book)] == [1, 4]
        assert await stage.orders.active_change(order.id) is None

    async def test_repeated_steps_change_nothing_more(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        key, more = stage.key("change"), [AddItem(variant_id=tea, quantity=1)]
        first = await stage.orders.stage_change(key, order.id, more)
        assert await stage.orders.stage_change(key, order.id, more) == first
        confirmed = await stage.orders.confirm_change(key, order.id)
        assert await stage.orders.confirm_change(key, order.id) == confirmed
        assert await stage.orders.stage_change(key, order.id, more) == confirmed
        assert sum(line.quantity for line in (await stage.orders.order(order.id)).lines) == 3
        assert (await stage.inventory.level(tea)).reserved == 3

    async def test_key_stands_for_one_change(self, stage: Stage) -> None:
        tea = await stage.offer()
        order, other = await stage.place((tea, 2)), await stage.place((tea, 1))
        key = stage.key("change")
        await stage.orders.stage_change(key, order.id, [AddItem(variant_id=tea, quantity=1)])
        with pytest.raises(KeyReusedError):
            await stage.orders.stage_change(key, order.id, [AddItem(variant_id=tea, quantity=2)])
        with pytest.raises(KeyReusedError):
            await stage.orders.stage_change(key, other.id, [AddItem(variant_id=tea, quantity=1)])
        assert await stage.orders.find_change(key, other.id) is None

    async def test_second_change_is_told_who_holds_the_order(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        holder, second, more = stage.key("change"), stage.key("change"), [AddItem(variant_id=tea, quantity=1)]
        await stage.orders.stage_change(holder, order.id, more)
        with pytest.raises(OrderBusyError) as busy:
            await stage.orders.stage_change(second, order.id, more)
        assert (busy.value.details["holder"], busy.value.transient) == (holder, True)
        with pytest.raises(OrderBusyError):
            await stage.orders.cancel_order(stage.key("cancel"), order.id, "changed my mind")
        await stage.orders.discard_change(holder, order.id)
        assert (await stage.orders.stage_change(second, order.id, more)).status is ChangeStatus.STAGED

    async def test_of_two_changes_at_once_one_is_staged(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        more = [AddItem(variant_id=tea, quantity=1)]
        keys = [stage.key("change") for _ in range(2)]
        got = await asyncio.gather(
            *(stage.orders.stage_change(key, order.id, more) for key in keys), return_exceptions=True
        )
        [refused] = [answer for answer in got if isinstance(answer, BaseException)]
        assert isinstance(refused, OrderBusyError)
        active = await stage.orders.active_change(order.id)
        assert active
        assert active.key in keys
        assert refused.details["holder"] == active.key

    async def test_change_that_is_confirmed_several_times_at_once_is_made_once(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 1))
        key = stage.key("change")
        await stage.orders.stage_change(key, order.id, [AddItem(variant_id=tea, quantity=2)])
        done = await asyncio.gather(*(stage.orders.confirm_change(key, order.id) for _ in range(3)))
        assert {change.status for change in done} == {ChangeStatus.CONFIRMED}
        assert sum(line.quantity for line in (await stage.orders.order(order.id)).lines) == 3
        assert (await stage.inventory.level(tea)).reserved == 3

    async def test_discarded_change_is_over_and_so_is_a_confirmed_one(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        dropped, made = stage.key("change"), stage.key("change")
        await stage.orders.stage_change(dropped, order.id, [AddItem(variant_id=tea, quantity=1)])
        for _ in range(2):
            assert (await stage.orders.discard_change(dropped, order.id)).status is ChangeStatus.DISCARDED
        with pytest.raises(StepStateError):
            await stage.orders.confirm_change(dropped, order.id)
        await stage.orders.stage_change(made, order.id, [AddItem(variant_id=tea, quantity=1)])
        await stage.orders.confirm_change(made, order.id)
        with pytest.raises(StepStateError):
            await stage.orders.discard_change(made, order.id)

    async def test_nothing_under_a_key_is_evidence_too(self, stage: Stage) -> None:
        order = await stage.place((await stage.offer(), 1))
        key = stage.key("change")
        assert await stage.orders.find_change(key, order.id) is None
        assert await stage.orders.find_amendment(key, order.id) is None
        assert await stage.orders.find_cancellation(key, order.id) is None
        for step in (stage.orders.confirm_change, stage.orders.discard_change):
            with pytest.raises(NothingUnderKeyError):
                await step(key, order.id)

    async def test_other_variant_is_taken_for_as_many_pieces(self, stage: Stage) -> None:
        black, white = await stage.offer(price=10_000), await stage.offer(price=12_000)
        order = await stage.place((black, 2))
        key = stage.key("change")
        swap = SwapVariant(line_id=order.lines[0].id, variant_id=white)
        assert (await stage.orders.stage_change(key, order.id, [swap])).preview.to_collect.minor == 4_000
        await stage.orders.confirm_change(key, order.id)
        changed = await stage.orders.order(order.id)
        assert {line.variant_id: line.quantity for line in changed.lines if line.quantity} == {white: 2}
        assert [(await stage.inventory.level(name)).reserved for name in (black, white)] == [0, 2]

    async def test_change_that_cannot_be_is_refused_and_leaves_the_order_free(self, stage: Stage) -> None:
        tea, last = await stage.offer(), await stage.offer(pieces=1)
        order = await stage.place((tea, 2))
        line = order.lines[0].id
        refused: list[tuple[type[CaseError], list[LineChange]]] = [
            (LineNotFoundError, [RemoveLine(line_id="nothing")]),
            (VariantNotFoundError, [AddItem(variant_id="nothing", quantity=1)]),
            (EmptyOrderError, [RemoveLine(line_id=line)]),
            (OutOfStockError, [AddItem(variant_id=last, quantity=2)]),
            (InvalidInputError, []),
            (InvalidInputError, [SetQuantity(line_id=line, quantity=1), RemoveLine(line_id=line)]),
        ]
        for refusal, changes in refused:
            with pytest.raises(refusal) as said:
                await stage.orders.stage_change(stage.key("change"), order.id, changes)
            assert said.value.details["field"]
        assert await stage.orders.active_change(order.id) is None

    async def test_last_piece_goes_to_whoever_confirms_first(self, stage: Stage) -> None:
        tea, last = await stage.offer(), await stage.offer(pieces=1)
        order, other = await stage.place((tea, 1)), await stage.place((tea, 1))
        slow, quick = stage.key("change"), stage.key("change")
        await stage.orders.stage_change(slow, order.id, [AddItem(variant_id=last, quantity=1)])
        await stage.orders.stage_change(quick, other.id, [AddItem(variant_id=last, quantity=1)])
        await stage.orders.confirm_change(quick, other.id)
        with pytest.raises(OutOfStockError):
            await stage.orders.confirm_change(slow, order.id)
        change = await stage.orders.active_change(order.id)
        assert change
        assert change.status is ChangeStatus.STAGED
        assert await stage.orders.order(order.id) == order

    async def test_what_the_warehouse_has_cannot_be_taken_away(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        await stage.release(order.id)
        fewer = [SetQuantity(line_id=order.lines[0].id, quantity=1)]
        with pytest.raises(QuantityNotPossibleError):
            await stage.orders.stage_change(stage.key("change"), order.id, fewer)

    async def test_address_is_changed_until_something_is_shipped(self, stage: Stage) -> None:
        order = await stage.place((await stage.offer(), 1))
        key = stage.key("address")
        amended = await stage.orders.change_address(key, order.id, ELSEWHERE)
        assert amended.what is AmendmentKind.ADDRESS
        assert await stage.orders.change_address(key, order.id, ELSEWHERE) == amended
        assert await stage.orders.find_amendment(key, order.id) == amended
        assert (await stage.orders.order(order.id)).address == ELSEWHERE
        with pytest.raises(KeyReusedError):
            await stage.orders.change_address(key, order.id, order.address)
        await stage.release(order.id)
        await stage.ship(order.id)
        with pytest.raises(OrderStateError):
            await stage.orders.change_address(stage.key("address"), order.id, order.address)

    async def test_payment_method_is_changed_until_money_was_taken(self, stage: Stage) -> None:
        tea, key = await stage.offer(), stage.key("method")
        cash, paid = await stage.place((tea, 1), method=PaymentMethod.CASH_ON_DELIVERY), await stage.place((tea, 1))
        amended = await stage.orders.change_payment_method(key, cash.id, PaymentMethod.CARD)
        assert await stage.orders.change_payment_method(key, cash.id, PaymentMethod.CARD) == amended
        assert (await stage.orders.order(cash.id)).payment_method is PaymentMethod.CARD
        with pytest.raises(PaymentMethodFixedError):
            await stage.orders.change_payment_method(stage.key("method"), paid.id, PaymentMethod.CARD)

    async def test_canceled_order_gives_its_stock_back_and_takes_no_change(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        key = stage.key("cancel")
        canceled = await stage.orders.cancel_order(key, order.id, "changed my mind")
        assert (canceled.pieces, canceled.after.minor) == ({order.lines[0].id: 2}, 0)
        assert await stage.orders.cancel_order(key, order.id, "changed my mind") == canceled
        assert await stage.orders.find_cancellation(key, order.id) == canceled
        assert (await stage.orders.order(order.id)).fulfilment is Fulfilment.CANCELED
        level = await stage.inventory.level(tea)
        assert (level.on_hand, level.reserved) == (10, 0)
        with pytest.raises(OrderStateError):
            await stage.orders.cancel_order(stage.key("cancel"), order.id, "again")
        with pytest.raises(OrderStateError):
            await stage.orders.stage_change(stage.key("change"), order.id, [AddItem(variant_id=tea, quantity=1)])

    async def test_shipped_order_cannot_be_canceled(self, stage: Stage) -> None:
        order = await stage.place((await stage.offer(), 2))
        await stage.release(order.id)
        await stage.ship(order.id)
        with pytest.raises(OrderStateError):
            await stage.orders.cancel_order(stage.key("cancel"), order.id, "too late")

    async def test_released_order_is_canceled_before_it_is_shipped(self, stage: Stage) -> None:
        tea = await stage.offer()
        order = await stage.place((tea, 2))
        await stage.release(order.id)
        await stage.orders.cancel_order(stage.key("cancel"), order.id, "just in time")
        level = await stage.inventory.level(tea)
        assert (level.on_hand, level.reserved) == (10, 0)
