"""The relay and the comparison over a store: in order, nothing lost, nothing told to whom it does not concern."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.service import RPCError, RPCStatusCode

from activities.events.reconciling import Reconciler
from activities.events.relay import EventRelay
from activities.events.telling import CaseTeller
from activities.openings.orders import CaseOrders
from activities.openings.register import OpeningRegister
from activities.shop.events import ShopEvents
from activities.store.shop_tables import SHOP_EVENTS
from domain.shop.errors import KeyReusedError
from domain.shop.parcels import ParcelStatus, Scan
from domain.shop_case.events import ShopEvent
from domain.sla.spans import HOUR
from tests.activities.shop.stage import START, EmbeddedStage


class Cases:
    """Stands for Temporal: keeps what each case was told, knows no closed one, and is away when it shall be."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.closed: set[str] = set()
        self.away_for: str | None = None

    def get_workflow_handle(self, case_id: str) -> Any:
        return Handle(self, case_id)


class Handle:
    def __init__(self, cases: Cases, case_id: str) -> None:
        self._cases, self._case_id = cases, case_id

    async def signal(self, name: str, event: Any) -> None:
        if event.event_id == self._cases.away_for:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        if self._case_id in self._cases.closed:
            raise RPCError("gone", RPCStatusCode.NOT_FOUND, b"")
        self._cases.told.append((self._case_id, name, event.event_id))


class Ground:
    """A store with open cases and a relay over it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine, self.cases = engine, Cases()
        self.events, self.register = ShopEvents(engine), OpeningRegister(engine)
        self.case_orders = CaseOrders(engine)
        self.teller = CaseTeller(self.cases, self.case_orders)  # type: ignore[arg-type]
        self.relay = EventRelay(self.events, self.teller)

    async def open(self, case_id: str, order_id: str, *, started: bool = True) -> None:
        await self.register.reserve(case_id, source="s", reference=case_id, request_hash="h", hears_of=order_id)
        if started:
            await self.register.mark_started(case_id)

    async def happens(
        self, event_id: str, order_id: str = "o1", kind: str = "shipped", at: int = 1, **facts: str
    ) -> bool:
        return await self.events.take_in(ShopEvent(event_id, order_id, kind, at, dict(facts)))


@pytest.fixture
def ground(sqlite_engine: AsyncEngine) -> Ground:
    return Ground(sqlite_engine)


async def test_every_open_case_about_the_order_hears_what_happened_in_order(ground: Ground) -> None:
    await ground.open("M1", "o1")
    await ground.open("R1", "o1")
    await ground.open("M2", "o2")
    await ground.happens("e2", at=20)
    await ground.happens("e1", at=10, kind="paid", key="M1:collect:1")
    await ground.happens("e3", at=30, kind="parcel_scanned", parcel="p1")
    assert await ground.relay.tell_next() == 3
    told = [("payment_settled", "e1"), ("order_moved", "e2"), ("parcel_scanned", "e3")]
    assert ground.cases.told == [(case, name, event) for name, event in told for case in ("M1", "R1")]
    assert await ground.relay.tell_next() == 0


async def test_case_is_not_told_its_own_doing_but_the_other_one_is(ground: Ground) -> None:
    await ground.open("M1", "o1")
    await ground.open("R1", "o1")
    await ground.happens("e1", kind="refunded", key="M1:refund_payment:1")
    await ground.relay.tell_next()
    assert ground.cases.told == [("R1", "order_moved", "e1")]


async def test_event_that_could_not_be_told_is_told_later_and_those_before_are_not_told_again(ground: Ground) -> None:
    await ground.open("M1", "o1")
    for number in (1, 2, 3):
        await ground.happens(f"e{number}", at=number)
    ground.cases.away_for = "e2"
    with pytest.raises(RPCError):
        await ground.relay.tell_next()
    ground.cases.away_for = None
    await ground.relay.tell_next()
    assert [event for _, _, event in ground.cases.told] == ["e1", "e2", "e3"]


async def test_closed_case_is_not_asked_again_and_one_that_is_not_started_yet_is(ground: Ground) -> None:
    await ground.open("M1", "o1")
    await ground.open("M2", "o1", started=False)
    ground.cases.closed = {"M1", "M2"}
    await ground.happens("e1")
    await ground.relay.tell_next()
    assert await ground.case_orders.listening("o1") == ["M2"]
    ground.cases.closed.clear()
    await ground.happens("e2")
    await ground.relay.tell_next()
    assert ground.cases.told == [("M2", "order_moved", "e2")]


async def test_watcher_that_fails_sees_the_event_again(ground: Ground) -> None:
    seen: list[str] = []

    async def watch(event: ShopEvent) -> None:
        seen.append(event.id)
        if len(seen) == 1:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    relay = EventRelay(ground.events, ground.teller, [watch])
    await ground.happens("e1")
    with pytest.raises(RPCError):
        await relay.tell_next()
    assert await relay.tell_next() == 1
    assert seen == ["e1", "e1"]


async def test_event_id_stands_for_one_event_only(ground: Ground) -> None:
    assert await ground.happens("e1", parcel="p1")
    assert not await ground.happens("e1", parcel="p1")
    with pytest.raises(KeyReusedError):
        await ground.happens("e1", parcel="p2")
    assert len(await ground.events.untold()) == 1


async def test_comparison_finds_what_was_lost_and_tells_it_once(embedded: EmbeddedStage) -> None:
    stage, ground = embedded, Ground(embedded.engine)
    reconciler = Reconciler(stage.payments, stage.carrier, ground.teller)
    order = await stage.place((await stage.offer(), 1))
    await ground.open("M1", order.id)
    await stage.release(order.id)
    parcel = await stage.ship(order.id)
    scan = Scan(event_id="s1", parcel_id=parcel, status=ParcelStatus.PICKED_UP, at=START + HOUR)
    await stage.carrier.accept_scan(scan)
    async with ground.engine.begin() as connection:
        await connection.execute(update(SHOP_EVENTS).values(told=True))  # every word of it is lost
    assert await reconciler.compare_all(lambda: None) == 1
    assert [name for _, name, _ in ground.cases.told] == ["payment_settled", "parcel_scanned"]
    async with ground.engine.connect() as connection:
        kept = select(SHOP_EVENTS.c.id).where(SHOP_EVENTS.c.kind == "parcel_scanned")
        # Under the same id as the relay would have told it, so that a case that has heard it drops it.
        assert ground.cases.told[1][2] == (await connection.execute(kept)).scalar_one()
    assert await reconciler.compare_all(lambda: None) == 0
    await stage.carrier.accept_scan(scan.model_copy(update={"event_id": "s2", "at": START + 2 * HOUR}))
    assert await reconciler.compare_all(lambda: None) == 1
    assert len(ground.cases.told) == 3


async def test_comparison_goes_on_after_an_order_that_the_shop_does_not_know(embedded: EmbeddedStage) -> None:
    stage, ground = embedded, Ground(embedded.engine)
    reconciler = Reconciler(stage.payments, stage.carrier, ground.teller)
    order = await stage.place((await stage.offer(), 1))
    await ground.open("M1", "unknown")
    await ground.open("M2", order.id)
    await ground.open("M3", order.id)
    ground.cases.closed = {"M2"}
    beats: list[int] = []
    assert await reconciler.compare_all(lambda: beats.append(1)) == 1
    assert [case for case, _, _ in ground.cases.told] == ["M3"]
    assert len(beats) == 3
    assert await ground.case_orders.listening(order.id) == ["M3"]


@pytest.fixture
def embedded(sqlite_engine: AsyncEngine) -> EmbeddedStage:
    return EmbeddedStage(sqlite_engine)
