"""The embedded shop under whatever order of calls, some of them repeated: money and goods always add up."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from activities.store.database import create_tables, open_database
from activities.store.shop_tables import SHOP_DOCUMENTS
from domain.errors import CaseError
from domain.money import Money
from domain.shop.changes import AddItem, ChangeStatus, LineChange, RemoveLine, SetQuantity, SwapVariant
from domain.shop.orders import Order
from domain.shop.payments import CollectionStatus
from domain.shop.returns import ReceivedItem, ReplacementItem, ReplacementRequest, ReturnItem
from domain.shop.stock import Condition, ReservationStatus
from domain.shop.values import PaymentMethod
from domain.sla.spans import HOUR
from tests.activities.shop.stage import EmbeddedStage

Result = TypeVar("Result")

PIECES = 12
MOST_ORDERS = 3
SMALL = st.integers(1, 3)
PICK = st.integers(0, MOST_ORDERS - 1)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that each run gets a copy of."""
    made = tmp_path_factory.mktemp("stateful") / "store.db"

    async def create() -> None:
        engine = open_database(f"sqlite+aiosqlite:///{made}")
        await create_tables(engine)
        await engine.dispose()

    asyncio.run(create())
    return made


class ShopMachine(RuleBasedStateMachine):
    """Calls whatever can be called; a refusal is an answer too, as long as everything still adds up."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.mkdtemp()
        shutil.copy(self.empty, f"{self.folder}/store.db")
        self.engine = open_database(f"sqlite+aiosqlite:///{self.folder}/store.db")
        self.shop = EmbeddedStage(self.engine)
        self.variants: list[str] = []
        self.orders: list[str] = []
        self.changes: list[tuple[str, str]] = []
        self.returns: list[tuple[str, str]] = []
        self.collections: list[tuple[str, str]] = []
        self.reservations: list[str] = []
        self.parcels: list[str] = []
        self.came_in: dict[str, int] = {}
        self.charged: dict[str, int] = {}

    def teardown(self) -> None:
        self.run(self.engine.dispose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, call: Awaitable[Result]) -> Result:
        async def made() -> Result:
            return await call

        return self.runner.run(made())

    def attempt(self, call: Callable[[], Awaitable[Result]], *, twice: bool = False) -> Result | None:
        """What was answered, or None if it was refused; a repeat must be answered alike."""
        with suppress(CaseError):
            answer = self.run(call())
            if twice:
                assert self.run(call()) == answer
            return answer
        return None

    def order(self, pick: int) -> Order:
        return self.run(self.shop.orders.order(self.orders[pick % len(self.orders)]))

    def line(self, order: Order, pick: int) -> str:
        return order.lines[pick % len(order.lines)].id

    @initialize()
    def open_shop(self) -> None:
        for price in (1_000, 2_500):
            variant = self.run(self.shop.offer(price=price, pieces=PIECES))
            self.variants.append(variant)
            self.came_in[variant] = PIECES
        # One order that things can be sent back from, so that few steps reach far.
        self.place(3, 1, cash=False)
        self.send(0)
        self.move(0, stop=False, steps=4)
        self.place(2, 1, cash=True)

    @precondition(lambda self: len(self.orders) < MOST_ORDERS)
    @rule(first=SMALL, second=st.integers(0, 2), cash=st.booleans())
    def place(self, first: int, second: int, cash: bool) -> None:
        bought = [(self.variants[0], first), *([(self.variants[1], second)] if second else [])]
        method = PaymentMethod.CASH_ON_DELIVERY if cash else PaymentMethod.CARD
        order = self.attempt(lambda: self.shop.place(*bought, method=method))
        if order:
            self.orders.append(order.id)
            self.charged[order.id] = 0 if cash else order.total.minor

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, line=PICK, variant=st.integers(0, 1), quantity=SMALL, kind=st.integers(0, 3), twice=st.booleans())
    def stage(self, pick: int, line: int, variant: int, quantity: int, kind: int, twice: bool) -> None:
        order, key = self.order(pick), self.shop.key("change")
        change: LineChange = (
            AddItem(variant_id=self.variants[variant], quantity=quantity),
            RemoveLine(line_id=self.line(order, line)),
            SetQuantity(line_id=self.line(order, line), quantity=quantity),
            SwapVariant(line_id=self.line(order, line), variant_id=self.variants[variant]),
        )[kind]
        if self.attempt(lambda: self.shop.orders.stage_change(key, order.id, [change]), twice=twice):
            self.changes.append((key, order.id))

    @precondition(lambda self: self.changes)
    @rule(confirm=st.booleans(), pick=PICK, twice=st.booleans())
    def settle(self, confirm: bool, pick: int, twice: bool) -> None:
        key, order_id = self.changes[-1 - pick % len(self.changes)]
        step = self.shop.orders.confirm_change if confirm else self.shop.orders.discard_change
        change = self.attempt(lambda: step(key, order_id), twice=twice)
        if change and confirm and order_id == self.changes[-1][1] and key == self.changes[-1][0]:
            assert change.status is ChangeStatus.CONFIRMED

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, twice=st.booleans())
    def cancel(self, pick: int, twice: bool) -> None:
        order_id, key = self.order(pick).id, self.shop.key("cancel")
        self.attempt(lambda: self.shop.orders.cancel_order(key, order_id, "no"), twice=twice)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, share=st.integers(1, 12), twice=st.booleans())
    def refund(self, pick: int, share: int, twice: bool) -> None:
        order, key = self.order(pick), self.shop.key("refund")
        amount = Money(minor=share * 500, currency="CNY")
        self.attempt(lambda: self.shop.payments.refund(key, order.id, amount, "because"), twice=twice)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, share=st.integers(1, 4))
    def collect(self, pick: int, share: int) -> None:
        order, key = self.order(pick), self.shop.key("collect")
        amount, until = Money(minor=share * 500, currency="CNY"), self.shop.now() + HOUR
        if self.attempt(lambda: self.shop.payments.collect(key, order.id, amount, until), twice=True):
            self.collections.append((key, order.id))

    @precondition(lambda self: self.collections)
    @rule(pick=PICK, end=st.sampled_from(["pay", "release", "lapse"]))
    def end_collection(self, pick: int, end: str) -> None:
        key, order_id = self.collections[pick % len(self.collections)]
        if end == "lapse":
            self.run(self.shop.pass_time(HOUR))
        elif end == "pay":
            self.attempt(lambda: self.shop.pay(key, order_id))
        else:
            self.attempt(lambda: self.shop.payments.release_collection(key, order_id), twice=True)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK)
    def send(self, pick: int) -> None:
        order_id = self.order(pick).id
        self.run(self.shop.release(order_id))
        parcel = self.attempt(lambda: self.shop.ship(order_id))
        if parcel:
            self.parcels.append(parcel)

    @precondition(lambda self: self.parcels)
    @rule(pick=PICK, stop=st.booleans(), steps=st.integers(1, 4))
    def move(self, pick: int, stop: bool, steps: int) -> None:
        parcel, key = self.parcels[pick % len(self.parcels)], self.shop.key("intercept")
        order_id = self.run(self.shop.carrier.parcel(parcel)).order_id
        if stop:
            self.attempt(lambda: self.shop.carrier.intercept(key, parcel), twice=True)
        before = self.run(self.shop.payments.account(order_id)).captured.minor
        for _ in range(steps):
            self.run(self.shop.embedded_carrier.move(parcel))
        paid_at_the_door = self.run(self.shop.payments.account(order_id)).captured.minor - before
        assert paid_at_the_door >= 0
        self.charged[order_id] += paid_at_the_door

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, line=PICK, quantity=SMALL, twice=st.booleans())
    def give_back(self, pick: int, line: int, quantity: int, twice: bool) -> None:
        order, key = self.order(pick), self.shop.key("return")
        items = [ReturnItem(line_id=self.line(order, line), quantity=quantity, reason="no")]
        if self.attempt(lambda: self.shop.orders.request_return(key, order.id, items), twice=twice):
            self.returns.append((key, order.id))

    @precondition(lambda self: self.returns)
    @rule(pick=PICK, sound=st.integers(0, 2), damaged=st.integers(0, 1), drop=st.booleans(), twice=st.booleans())
    def receive(self, pick: int, sound: int, damaged: int, drop: bool, twice: bool) -> None:
        key, order_id = self.returns[pick % len(self.returns)]
        if drop or not sound + damaged:
            self.attempt(lambda: self.shop.orders.cancel_return(key, order_id), twice=twice)
            return
        announced = self.run(self.shop.orders.find_return(key, order_id))
        assert announced
        arrival = self.shop.key("receipt")
        items = [ReceivedItem(line_id=announced.items[0].line_id, sound=sound, damaged=damaged)]
        self.attempt(lambda: self.shop.orders.receive_return(key, order_id, arrival, items), twice=twice)

    @precondition(lambda self: self.orders)
    @rule(pick=PICK, line=PICK, quantity=SMALL, take_back=st.booleans())
    def replace(self, pick: int, line: int, quantity: int, take_back: bool) -> None:
        order, key = self.order(pick), self.shop.key("claim")
        item = ReplacementItem(replaces=self.line(order, line), variant_id=self.variants[0], quantity=quantity)
        request = ReplacementRequest(why="claim", items=(item,))
        if self.attempt(lambda: self.shop.orders.send_replacement(key, order.id, request), twice=True) and take_back:
            self.run(self.shop.orders.cancel_replacement(key, order.id))

    @rule(variant=st.integers(0, 1), quantity=SMALL, twice=st.booleans())
    def reserve(self, variant: int, quantity: int, twice: bool) -> None:
        key = self.shop.key("reserve")
        if self.attempt(lambda: self.shop.inventory.reserve(key, self.variants[variant], quantity), twice=twice):
            self.reservations.append(key)

    @precondition(lambda self: self.reservations)
    @rule(pick=PICK, take=st.booleans())
    def end_reservation(self, pick: int, take: bool) -> None:
        key = self.reservations[pick % len(self.reservations)]
        step = self.shop.inventory.take_out if take else self.shop.inventory.release
        self.attempt(lambda: step(key), twice=True)

    @rule(variant=st.integers(0, 1), quantity=SMALL, condition=st.sampled_from(Condition))
    def restock(self, variant: int, quantity: int, condition: Condition) -> None:
        key, name = self.shop.key("restock"), self.variants[variant]
        self.attempt(lambda: self.shop.inventory.restock(key, name, quantity, condition), twice=True)
        self.came_in[name] += quantity

    @invariant()
    def goods_add_up(self) -> None:
        out, promised = dict.fromkeys(self.variants, 0), dict.fromkeys(self.variants, 0)
        for order_id in self.orders:
            for line in self.run(self.shop.orders.order(order_id)).lines:
                out[line.variant_id] += line.shipped - line.returned
                promised[line.variant_id] += line.quantity - line.shipped
        for key in self.reservations:
            kept = self.run(self.shop.inventory.find_reservation(key))
            assert kept
            out[kept.variant_id] += kept.quantity if kept.status is ReservationStatus.TAKEN else 0
            promised[kept.variant_id] += kept.quantity if kept.status is ReservationStatus.HELD else 0
        for name in self.variants:
            level = self.run(self.shop.inventory.level(name))
            assert level.on_hand + level.set_aside + out[name] == self.came_in[name]
            assert level.reserved == promised[name] <= level.on_hand

    @invariant()
    def money_adds_up(self) -> None:
        collected = dict.fromkeys(self.orders, 0)
        for key, order_id in self.collections:
            collection = self.run(self.shop.payments.find_collection(key, order_id))
            assert collection
            collected[order_id] += collection.amount.minor if collection.status is CollectionStatus.PAID else 0
        for order_id in self.orders:
            account = self.run(self.shop.payments.account(order_id))
            assert account.captured.minor == self.charged[order_id] + collected[order_id]
            refunds = self.run(self.shop.payments.refunds(order_id))
            assert sum(refund.amount.minor for refund in refunds) == account.refunded.minor <= account.captured.minor
            order = self.run(self.shop.orders.order(order_id))
            assert order.total.minor == sum(line.owed.minor for line in order.lines)

    @invariant()
    def an_order_has_one_open_change_at_most(self) -> None:
        staged = select(func.count()).where((SHOP_DOCUMENTS.c.kind == "change") & (SHOP_DOCUMENTS.c.status == "staged"))

        async def most() -> Any:
            async with self.engine.connect() as connection:
                return (await connection.execute(staged.group_by(SHOP_DOCUMENTS.c.about))).scalars().all()

        assert set(self.run(most())) <= {1}


def test_money_and_goods_add_up_whatever_is_called(empty_store: Path) -> None:
    ShopMachine.empty = empty_store
    run_state_machine_as_test(
        ShopMachine,
        settings=settings(
            max_examples=int(os.environ.get("EXPLORE", "12")),
            stateful_step_count=30,
            derandomize="EXPLORE" not in os.environ,
            deadline=None,
            phases=[Phase.generate],  # shrinking would take minutes of calls to a database
            suppress_health_check=list(HealthCheck),
        ),
    )
