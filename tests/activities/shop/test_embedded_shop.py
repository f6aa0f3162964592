"""The embedded shop beside its ports: it behaves as shops do, tells what happened, and comes filled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from activities.shop.catalog import CATALOG
from activities.shop.events import ShopEvents
from activities.shop.seeds import PIECES_ON_THE_SHELF, drawn, seed_shop
from activities.shop.transactions import ShopBooks
from activities.store.shop_tables import SHOP_ACCOUNTS, SHOP_DOCUMENTS, SHOP_ORDERS, SHOP_STOCK
from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop.changes import AddItem, SetQuantity
from domain.shop.errors import OrderStateError, OutOfStockError, QuantityNotPossibleError, ShopUnavailableError
from domain.shop.orders import Fulfilment
from domain.shop.parcels import Direction, LabelRequest, ParcelItem, ParcelStatus
from domain.shop.returns import ReplacementItem, ReplacementRequest
from domain.shop.values import PaymentMethod
from domain.sla.spans import HOUR
from tests.activities.shop.stage import HOME, START, EmbeddedStage, delivered


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def shop(request: pytest.FixtureRequest) -> EmbeddedStage:
    return EmbeddedStage(request.getfixturevalue(request.param))


async def told(shop: EmbeddedStage, order_id: str) -> list[str]:
    return [event.kind for event in await ShopEvents(shop.engine).untold() if event.order_id == order_id]


class TestWarehouse:
    async def test_order_is_released_at_its_cut_off_and_not_before(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer()
        early = await shop.place((tea, 1))
        await shop.pass_time(HOUR)
        late = await shop.place((tea, 1))
        assert await shop.warehouse.release_due() == []
        await shop.pass_time(HOUR)
        assert await shop.warehouse.release_due() == [early.id]
        assert await shop.warehouse.release_due() == []
        states = [(await shop.orders.order(name)).fulfilment for name in (early.id, late.id)]
        assert states == [Fulfilment.RELEASED, Fulfilment.OPEN]

    async def test_warehouse_does_not_wait_for_a_change_that_is_open(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer()
        order = await shop.place((tea, 2))
        key = shop.key("change")
        await shop.orders.stage_change(key, order.id, [SetQuantity(line_id=order.lines[0].id, quantity=1)])
        await shop.release(order.id)
        with pytest.raises(QuantityNotPossibleError):
            await shop.orders.confirm_change(key, order.id)
        assert (await shop.inventory.level(tea)).reserved == 2

    async def test_price_is_that_of_the_preview_though_the_shop_has_raised_it(self, shop: EmbeddedStage) -> None:
        tea, book = await shop.offer(), await shop.offer(price=5_000)
        order, key = await shop.place((tea, 1)), shop.key("change")
        await shop.orders.stage_change(key, order.id, [AddItem(variant_id=book, quantity=1)])
        dearer = (await shop.orders.variant(book)).model_copy(update={"prices": {"CNY": 9_000}})
        await shop.warehouse.offer(dearer, 99)
        await shop.orders.confirm_change(key, order.id)
        assert (await shop.orders.order(order.id)).total.minor == 15_000
        assert (await shop.inventory.level(book)).on_hand == 10

    async def test_only_what_waits_is_shipped(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer()
        order = await shop.place((tea, 2))
        with pytest.raises(OrderStateError):
            await shop.ship(order.id)
        await shop.release(order.id)
        await shop.ship(order.id)
        level = await shop.inventory.level(tea)
        assert (level.on_hand, level.reserved) == (8, 0)
        with pytest.raises(OrderStateError):
            await shop.ship(order.id)

    async def test_order_is_placed_once_and_only_if_there_is_enough(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer(pieces=3)
        order = await shop.place((tea, 2))
        assert await shop.warehouse.place(order) is False
        with pytest.raises(OutOfStockError):
            await shop.place((tea, 2))
        assert (await shop.inventory.level(tea)).reserved == 2

    async def test_partly_shipped_order_is_canceled_for_the_rest(self, shop: EmbeddedStage) -> None:
        tea, book = await shop.offer(price=10_000), await shop.offer(price=5_000)
        order, key = await shop.place((tea, 1)), shop.key("change")
        await shop.release(order.id)
        await shop.ship(order.id)
        await shop.orders.stage_change(key, order.id, [AddItem(variant_id=book, quantity=2)])
        await shop.orders.confirm_change(key, order.id)
        assert (await shop.orders.order(order.id)).fulfilment is Fulfilment.PARTLY_SHIPPED
        canceled = await shop.orders.cancel_order(shop.key("cancel"), order.id, "too slow")
        assert list(canceled.pieces.values()) == [2]
        assert (canceled.before.minor, canceled.after.minor) == (20_000, 10_000)


class TestParcels:
    async def test_cash_is_taken_when_the_parcel_arrives(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(price=10_000), 1), method=PaymentMethod.CASH_ON_DELIVERY)
        assert (await shop.payments.account(order.id)).captured.minor == 0
        await shop.release(order.id)
        await shop.deliver(await shop.ship(order.id))
        assert (await shop.payments.account(order.id)).captured.minor == 10_000

    async def test_cash_on_delivery_is_what_is_not_paid_yet(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(price=10_000), 1), method=PaymentMethod.CASH_ON_DELIVERY)
        key = shop.key("collect")
        await shop.payments.collect(key, order.id, order.total, shop.now() + HOUR)
        await shop.pay(key, order.id)
        await shop.release(order.id)
        await shop.deliver(await shop.ship(order.id))
        assert (await shop.payments.account(order.id)).captured.minor == 10_000
        assert (await told(shop, order.id)).count("paid") == 1

    async def test_order_changed_from_cash_is_charged_when_the_warehouse_takes_it_over(
        self, shop: EmbeddedStage
    ) -> None:
        order = await shop.place((await shop.offer(price=10_000), 1), method=PaymentMethod.CASH_ON_DELIVERY)
        await shop.orders.change_payment_method(shop.key("method"), order.id, PaymentMethod.CARD)
        assert (await shop.payments.account(order.id)).captured.minor == 0, "it can still be changed back"
        await shop.release(order.id)
        assert (await shop.payments.account(order.id)).captured.minor == 10_000
        await shop.deliver(await shop.ship(order.id))
        assert (await shop.payments.account(order.id)).captured.minor == 10_000

    async def test_order_changed_from_cash_on_its_way_is_charged_at_the_door(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(price=10_000), 1), method=PaymentMethod.CASH_ON_DELIVERY)
        await shop.release(order.id)
        parcel = await shop.ship(order.id)
        await shop.orders.change_payment_method(shop.key("method"), order.id, PaymentMethod.CARD)
        await shop.deliver(parcel)
        assert (await shop.payments.account(order.id)).captured.minor == 10_000

    async def test_goods_in_place_of_others_are_not_charged_at_the_door(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer(price=10_000)
        order = await shop.place((tea, 1), method=PaymentMethod.CASH_ON_DELIVERY)
        await shop.release(order.id)
        await shop.deliver(await shop.ship(order.id))
        instead = ReplacementItem(replaces=order.lines[0].id, variant_id=tea, quantity=1)
        request = ReplacementRequest(why="exchange", items=(instead,))
        await shop.orders.send_replacement(shop.key("replace"), order.id, request)
        await shop.release(order.id)
        await shop.deliver(await shop.ship(order.id))
        assert (await shop.payments.account(order.id)).captured.minor == 10_000, "the first piece is still to come back"

    async def test_goods_in_place_of_others_are_not_canceled_with_their_order(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer(price=10_000)
        order = await delivered(shop, (tea, 1))
        instead = ReplacementItem(replaces=order.lines[0].id, variant_id=tea, quantity=1)
        request = ReplacementRequest(why="exchange", items=(instead,))
        await shop.orders.send_replacement(shop.key("replace"), order.id, request)
        with pytest.raises(OrderStateError):
            await shop.orders.cancel_order(shop.key("cancel"), order.id, "no")
        assert (await shop.inventory.level(tea)).reserved == 1

    async def test_cancellation_says_what_is_left_of_the_money(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(price=10_000), 1))
        await shop.payments.refund(shop.key("refund"), order.id, Money(minor=500, currency="CNY"), "late")
        canceled = await shop.orders.cancel_order(shop.key("cancel"), order.id, "no")
        assert canceled.refundable == Money(minor=9_500, currency="CNY")

    async def test_intercepted_parcel_brings_its_goods_back_on_the_shelf(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer()
        order = await shop.place((tea, 2))
        await shop.release(order.id)
        parcel = await shop.ship(order.id)
        await shop.embedded_carrier.move(parcel)
        await shop.carrier.intercept(shop.key("intercept"), parcel)
        seen = [(await shop.embedded_carrier.move(parcel)).status for _ in range(3)]
        assert seen == [ParcelStatus.TURNED_BACK, ParcelStatus.BACK, ParcelStatus.BACK]
        level = await shop.inventory.level(tea)
        assert (level.on_hand, level.reserved) == (10, 2)
        assert (await shop.orders.order(order.id)).fulfilment is Fulfilment.OPEN
        await shop.orders.cancel_order(shop.key("cancel"), order.id, "stopped in time")
        assert (await shop.inventory.level(tea)).available == 10

    async def test_parcel_with_goods_that_never_left_is_reported_and_changes_nothing(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(), 1))
        items = (ParcelItem(line_id=order.lines[0].id, quantity=1),)
        request = LabelRequest(order_id=order.id, direction=Direction.OUTBOUND, items=items, to=HOME)
        await shop.deliver((await shop.carrier.create_label(shop.key("label"), request)).id)
        assert await shop.orders.order(order.id) == order
        assert "parcel_unmatched" in await told(shop, order.id)

    async def test_arrival_of_a_return_parcel_is_told_and_booked_by_nobody_but_people(
        self, shop: EmbeddedStage
    ) -> None:
        tea = await shop.offer()
        order = await delivered(shop, (tea, 1))
        items, key = (ParcelItem(line_id=order.lines[0].id, quantity=1),), shop.key("return")
        request = LabelRequest(order_id=order.id, direction=Direction.INBOUND, items=items, to=HOME, return_key=key)
        await shop.deliver((await shop.carrier.create_label(shop.key("label"), request)).id)
        [arrived] = [event for event in await ShopEvents(shop.engine).untold() if event.kind == "return_arrived"]
        assert arrived.facts["key"] == key
        assert (await shop.inventory.level(tea)).on_hand == 9


class TestEvents:
    async def test_every_step_of_an_order_is_told_once(self, shop: EmbeddedStage) -> None:
        order, key = await delivered(shop, (await shop.offer(), 1)), shop.key("refund")
        for _ in range(2):
            await shop.payments.refund(key, order.id, order.total, "broken")
        assert Counter(await told(shop, order.id)) == Counter(
            ["placed", "fulfilled", "shipped", *["parcel_scanned"] * 4, "delivered", "refunded"]
        )

    async def test_told_events_are_not_told_again(self, shop: EmbeddedStage) -> None:
        await shop.place((await shop.offer(), 1))
        events = ShopEvents(shop.engine)
        [placed] = await events.untold()
        assert (placed.kind, placed.at, placed.facts["status"]) == ("placed", START, "open")
        await events.mark_told([placed.id])
        assert await events.untold() == []

    async def test_refused_step_tells_nothing(self, shop: EmbeddedStage) -> None:
        order = await shop.place((await shop.offer(), 1))
        with pytest.raises(InvalidInputError):
            await shop.payments.refund("not a key", order.id, order.total, "late")
        assert await told(shop, order.id) == ["placed"]


class TestBooks:
    async def test_database_itself_refuses_what_must_never_happen(self, shop: EmbeddedStage) -> None:
        tea = await shop.offer()
        order = await shop.place((tea, 1))
        keys = [shop.key("change") for _ in range(2)]
        for key in keys:
            await shop.orders.stage_change(key, order.id, [AddItem(variant_id=tea, quantity=1)])
            await shop.orders.discard_change(key, order.id)
        for wrong in (
            update(SHOP_STOCK).values(on_hand=0),
            update(SHOP_STOCK).values(reserved=-1),
            update(SHOP_ACCOUNTS).values(refunded=SHOP_ACCOUNTS.c.captured + 1),
            update(SHOP_DOCUMENTS).values(status="staged"),
        ):
            with pytest.raises(IntegrityError):
                async with shop.engine.begin() as connection:
                    await connection.execute(wrong)

    async def test_store_that_does_not_answer_is_a_shop_that_does_not(self, tmp_path: Path) -> None:
        away = EmbeddedStage(create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/nowhere/store.db"))
        with pytest.raises(ShopUnavailableError):
            await away.orders.order("o1")
        with pytest.raises(ShopUnavailableError):
            await away.inventory.reserve("c1:reserve:1", "tea", 1)


class TestSeeds:
    async def test_shop_comes_filled_with_orders_in_every_state(self, shop: EmbeddedStage) -> None:
        assert len(await seed_shop(shop.books, orders=25)) == 25
        counted = select(SHOP_ORDERS.c.status, func.count().label("orders")).group_by(SHOP_ORDERS.c.status)
        async with shop.engine.connect() as connection:
            found = {row.status: row.orders for row in await connection.execute(counted)}
        assert found == {"open": 10, "released": 5, "shipped": 5, "delivered": 5}

    async def test_seeding_again_changes_nothing(self, sqlite_engine: AsyncEngine) -> None:
        shop = EmbeddedStage(sqlite_engine)
        ids = await seed_shop(shop.books, orders=10)
        first = [await shop.orders.order(order_id) for order_id in ids]
        await shop.pass_time(HOUR)
        assert await seed_shop(shop.books, orders=10) == ids
        assert [await shop.orders.order(order_id) for order_id in ids] == first
        on_shelf = [(await shop.inventory.level(variant.id)).on_hand for variant in CATALOG]
        assert max(on_shelf) <= PIECES_ON_THE_SHELF

    def test_same_seed_gives_the_same_orders(self) -> None:
        first, again, other = (list(drawn(20, seed, 50, START)) for seed in (1, 1, 2))
        assert first == again != other
        assert {order.currency for order, _ in first} == {"CNY", "EUR"}
        assert {line.category for order, _ in first for line in order.lines} >= {"electronics", "clothing", "food"}

    def test_prices_and_warranties_are_given_for_everything(self) -> None:
        assert all(set(variant.prices) == {"CNY", "EUR"} for variant in CATALOG)
        assert {variant.warranty_months for variant in CATALOG} >= {0, 12, 24, 36}


def test_books_tell_the_time_they_are_given(sqlite_engine: AsyncEngine) -> None:
    assert ShopBooks(sqlite_engine, clock=lambda: 7).clock() == 7
