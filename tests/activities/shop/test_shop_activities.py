"""The shop's activities: each repeats without harm, and a refusal reaches the case with its code and kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.carrier.activities import CarrierActivities
from activities.inventory.activities import InventoryActivities
from activities.orders.activities import OrderActivities
from activities.orders.return_activities import ReturnActivities
from activities.payments.activities import PaymentActivities
from activities.shop_answers import told
from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop import asks
from domain.shop.changes import AddItem
from domain.shop.errors import OrderBusyError, OutOfStockError, RefundInProgressError, ShopUnavailableError
from domain.shop.orders import Order
from domain.shop.parcels import Direction, LabelRequest, ParcelItem, ParcelStatus
from domain.shop.payments import CollectionStatus
from domain.shop.returns import (
    ReceivedItem,
    ReplacementItem,
    ReplacementRequest,
    ReplacementStatus,
    ReturnItem,
    ReturnStatus,
)
from domain.shop.stock import Condition, ReservationStatus
from domain.shop.values import PaymentMethod
from domain.sla.spans import DAY
from tests.activities.shop.stage import ELSEWHERE, HOME, START, EmbeddedStage, delivered
from workflows.shop import ACTIVITIES


async def run(call: Callable[..., Awaitable[Any]], ask: object) -> Any:
    return await ActivityEnvironment().run(call, ask)


async def twice(call: Callable[..., Awaitable[Any]], ask: object) -> Any:
    """Run an activity, and run it again as after a crash: both must give the same."""
    first = await run(call, ask)
    assert await run(call, ask) == first
    return first


async def bought(stage: EmbeddedStage, method: PaymentMethod = PaymentMethod.ALIPAY) -> Order:
    return await stage.place((await stage.offer(), 1), method=method)


def fen(minor: int) -> Money:
    return Money(minor=minor, currency="CNY")


def test_every_ask_has_its_activity_under_its_name() -> None:
    for name, call in ACTIVITIES.items():
        assert activity._Definition.must_from_callable(call).name == name
    union = get_args(get_args(asks.ShopAsk)[0])
    assert {option.model_fields["do"].default for option in union} == set(ACTIVITIES)


async def test_change_is_staged_confirmed_and_discarded_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, OrderActivities(embedded_sqlite.orders)
    order = await bought(stage)
    lines = (AddItem(variant_id=await stage.offer(), quantity=1),)
    staged = await twice(room.stage_change, asks.StageChange(key="c1:s:1", order_id=order.id, changes=lines))
    await twice(room.discard_change, asks.DiscardChange(key=staged.key, order_id=order.id))
    await run(room.stage_change, asks.StageChange(key="c1:s:2", order_id=order.id, changes=lines))
    await twice(room.confirm_change, asks.ConfirmChange(key="c1:s:2", order_id=order.id))
    assert (await run(room.read_order, asks.ReadOrder(order_id=order.id))).total == fen(20_000)


async def test_order_is_amended_and_cancelled_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, OrderActivities(embedded_sqlite.orders)
    order = await bought(stage, PaymentMethod.CASH_ON_DELIVERY)
    await twice(room.change_address, asks.ChangeAddress(key="c1:a:1", order_id=order.id, address=ELSEWHERE))
    method = PaymentMethod.CARD
    await twice(room.change_payment_method, asks.ChangePaymentMethod(key="c1:m:1", order_id=order.id, method=method))
    await twice(room.cancel_order, asks.CancelOrder(key="c1:x:1", order_id=order.id, reason="twice"))


async def test_money_is_collected_released_and_refunded_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, PaymentActivities(embedded_sqlite.payments)
    order = await bought(stage)
    ask = asks.CollectPayment(key="c1:p:1", order_id=order.id, amount=fen(500), lapses_at=START + DAY)
    await twice(room.collect_payment, ask)
    released = await twice(room.release_collection, asks.ReleaseCollection(key=ask.key, order_id=order.id))
    assert released.status is CollectionStatus.RELEASED
    found = await run(room.read_collection, asks.ReadCollection(key=ask.key, order_id=order.id))
    assert found == released
    refund = asks.RefundPayment(key="c1:r:1", order_id=order.id, amount=fen(500), reason="change")
    await twice(room.refund_payment, refund)
    account = await run(room.read_account, asks.ReadAccount(order_id=order.id))
    assert account.refunded == fen(500)
    with pytest.raises(ApplicationError) as error:
        await run(room.refund_payment, refund.model_copy(update={"amount": fen(600)}))
    assert error.value.type == "key_reused"


async def test_stock_is_kept_and_freed_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, InventoryActivities(embedded_sqlite.inventory)
    variant = await stage.offer(pieces=1)
    keep = asks.ReserveStock(key="c1:k:1", order_id="o", variant_id=variant, quantity=1)
    await twice(room.reserve_stock, keep)
    assert (await stage.inventory.level(variant)).available == 0
    freed = await twice(room.release_stock, asks.ReleaseStock(key=keep.key, order_id="o"))
    assert freed.status is ReservationStatus.RELEASED


async def test_stock_is_taken_out_and_taken_in_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, InventoryActivities(embedded_sqlite.inventory)
    variant = await stage.offer(pieces=2)
    keep = asks.ReserveStock(key="c1:k:1", order_id="o", variant_id=variant, quantity=1)
    await run(room.reserve_stock, keep)
    taken = await twice(room.take_out_stock, asks.TakeOutStock(key=keep.key, order_id="o"))
    assert taken.status is ReservationStatus.TAKEN
    for number, condition in enumerate((Condition.SOUND, Condition.DAMAGED)):
        back = asks.RestockGoods(
            key=f"c1:b:{number}", order_id="o", variant_id=variant, quantity=1, condition=condition
        )
        await twice(room.restock_goods, back)
    level = await stage.inventory.level(variant)
    assert (level.on_hand, level.reserved, level.set_aside) == (2, 0, 1)


async def test_goods_are_announced_received_and_dropped_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, ReturnActivities(embedded_sqlite.orders)
    variant = await stage.offer(pieces=4)
    order = await delivered(stage, (variant, 3))
    items = (ReturnItem(line_id=order.lines[0].id, quantity=1, reason="too big"),)
    dropped = asks.RequestReturn(key="c1:d:1", order_id=order.id, items=items)
    await twice(room.request_return, dropped)
    after = await twice(room.cancel_return, asks.CancelReturn(key=dropped.key, order_id=order.id))
    assert after.status is ReturnStatus.CANCELED
    await run(room.request_return, asks.RequestReturn(key="c1:r:1", order_id=order.id, items=items))
    arrived = (ReceivedItem(line_id=order.lines[0].id, sound=1),)
    arrival = asks.ReceiveReturn(key="c1:a:1", return_key="c1:r:1", order_id=order.id, items=arrived)
    received = await twice(room.receive_return, arrival)
    assert received == await run(room.read_return, asks.ReadReturn(key="c1:r:1", order_id=order.id))
    assert (await stage.inventory.level(variant)).on_hand == 2
    assert await run(room.read_return, asks.ReadReturn(key="c1:none:1", order_id=order.id)) is None


async def test_replacement_is_sent_and_taken_back_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, ReturnActivities(embedded_sqlite.orders)
    order = await delivered(stage, (await stage.offer(), 1))
    other = await stage.offer(price=12_000, pieces=1)
    request = ReplacementRequest(
        why="claim", items=(ReplacementItem(replaces=order.lines[0].id, variant_id=other, quantity=1),)
    )
    await twice(room.send_replacement, asks.SendReplacement(key="c1:e:1", order_id=order.id, replacement=request))
    assert (await stage.inventory.level(other)).available == 0
    dropped = await twice(room.cancel_replacement, asks.CancelReplacement(key="c1:e:1", order_id=order.id))
    assert dropped.status is ReplacementStatus.CANCELED
    assert await run(room.read_replacement, asks.ReadReplacement(key="c1:e:1", order_id=order.id)) == dropped
    assert (await stage.inventory.level(other)).available == 1
    shown = await run(OrderActivities(stage.orders).read_variant, asks.ReadVariant(order_id=order.id, variant_id=other))
    assert shown.price("CNY") == fen(12_000)


async def test_parcel_is_announced_once_and_read_by_its_number(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, CarrierActivities(embedded_sqlite.carrier)
    order = await delivered(stage, (await stage.offer(), 1))
    items = (ParcelItem(line_id=order.lines[0].id, quantity=1),)
    label = LabelRequest(order_id=order.id, direction=Direction.INBOUND, items=items, to=HOME)
    parcel = await twice(room.create_label, asks.CreateLabel(key="c1:l:1", order_id=order.id, label=label))
    assert await run(room.read_parcel, asks.ReadParcel(order_id=order.id, parcel_id=parcel.id)) == parcel
    assert len(await run(room.find_parcels, asks.FindParcels(order_id=order.id))) == 2
    with pytest.raises(ApplicationError) as error:
        await run(room.read_parcel, asks.ReadParcel(order_id=order.id, parcel_id="nowhere"))
    assert (error.value.type, error.value.non_retryable) == ("parcel_not_found", True)


async def test_parcel_is_found_and_intercepted_once(embedded_sqlite: EmbeddedStage) -> None:
    stage, room = embedded_sqlite, CarrierActivities(embedded_sqlite.carrier)
    order = await bought(stage)
    await stage.release(order.id)
    parcel_id = await stage.ship(order.id)
    [parcel] = await run(room.find_parcels, asks.FindParcels(order_id=order.id))
    assert (parcel.id, parcel.status) == (parcel_id, ParcelStatus.LABELLED)
    await twice(room.intercept_parcel, asks.InterceptParcel(key="c1:i:1", order_id=order.id, parcel_id=parcel_id))


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ShopUnavailableError("away"), True),
        (RefundInProgressError("one at a time"), True),
        (OrderBusyError("busy", holder="c2:s:1"), False),
        (OutOfStockError("gone", available=0), False),
        (InvalidInputError("no", field="amount"), False),
    ],
    ids=lambda value: getattr(value, "code", str(value)),
)
def test_refusal_says_whether_to_ask_again(error: Any, again: bool) -> None:
    with pytest.raises(ApplicationError) as raised, told():
        raise error
    assert (raised.value.type, raised.value.non_retryable) == (error.code, not again)
    assert raised.value.details == (error.details,)
