"""Delivery problems on the server with a virtual clock: found by themselves, told at once, resolved in two hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from activities.events.deliveries import DeliveryWatch
from activities.shop.events import ShopEvents
from activities.store.tables import OPENINGS
from domain.delivery.state import DeliveryResult
from domain.people import Actor, Role
from domain.requests import CloseCase
from domain.shop.orders import Order
from domain.shop.parcels import Parcel, ParcelStatus, Scan
from domain.shop_case.messages import ParcelScanned
from starter.wiring import case_opener
from tests.changes import Shop, yuan
from tests.world import HOUR, MINUTE, NUMBERS, SUPERVISOR, OpenCase, World

DISPATCHER = Actor(id="logistics-01", role=Role.AGENT, teams=("logistics",))


@dataclass
class Trouble:
    """A shipped order of whose parcel something is to be seen."""

    shop: Shop
    customer: Actor
    order: Order
    parcel: Parcel

    @property
    def world(self) -> World:
        return self.shop.world

    def watch(self) -> DeliveryWatch:
        opener = case_opener(self.world.settings, self.world.engine, self.world.client, self.world.orders)
        return DeliveryWatch(self.shop.orders, self.shop.carrier, opener)

    async def seen(self, status: ParcelStatus) -> OpenCase:
        """The carrier sees something, and the watch is shown it twice."""
        await self.scan(status)
        for _ in range(2):
            for event in await ShopEvents(self.world.engine).untold():
                await self.watch().seen(event)
        [case_id] = await self.cases()
        case = OpenCase(self.world, case_id, self.customer)
        self.world.opened.append(case)
        await case.quiet()
        return case

    async def scan(self, status: ParcelStatus, case: OpenCase | None = None) -> None:
        at = self.parcel.at + next(NUMBERS)
        event_id = f"{self.parcel.id}:{status.value}"
        scan = Scan(event_id=event_id, parcel_id=self.parcel.id, status=status, at=at)
        await self.shop.carrier.accept_scan(scan)
        if case:
            await case.handle.signal("parcel_scanned", ParcelScanned(event_id=event_id[-60:], parcel_id=self.parcel.id))
            await case.quiet()

    async def cases(self) -> list[str]:
        """The cases that were opened for the parcel."""
        rows = await self.world.rows(OPENINGS)
        return [row.case_id for row in rows if str(row.reference).startswith(f"{self.parcel.id}:")]


@pytest.fixture
async def trouble(shop: Shop) -> Trouble:
    customer, order = await shop.order(100)
    return Trouble(shop, customer, order, await shop.ship(order))


async def decide(case: OpenCase, remedy: str) -> None:
    await case.claim(DISPATCHER, "decide_delivery")
    await case.complete(DISPATCHER, "decide_delivery", remedy=remedy, reason="the carrier says so")
    await case.quiet()


async def outcome(case: OpenCase) -> Any:
    handle = case.world.client.get_workflow_handle(case.case_id, result_type=DeliveryResult)
    result: DeliveryResult = await handle.result()
    return result.outcome


async def test_lost_parcel_is_told_of_before_the_customer_asks_and_refunded(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    [letter] = await case.letters()
    assert "has lost your parcel" in letter.body
    await decide(case, "refund")
    assert await outcome(case) == "refunded"
    assert (await trouble.shop.account(trouble.order)).refunded == yuan(100)
    assert len(await trouble.cases()) == 1


async def test_damaged_parcel_is_sent_again_at_no_cost(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.DAMAGED)
    await decide(case, "send_again")
    assert await outcome(case) == "sent_again"
    after = await trouble.shop.now(trouble.order)
    assert [line.replaces for line in after.lines] == [None, after.lines[0].id]
    assert after.total == trouble.order.total


async def test_refused_parcel_is_refunded_when_it_is_back(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.REFUSED)
    await decide(case, "await_return")
    await trouble.scan(ParcelStatus.BACK, case)
    assert await outcome(case) == "refunded"


async def test_nobody_decides_in_two_hours_and_the_customer_hears_every_four(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await case.forward(HOUR + 31 * MINUTE)
    assert "near_due" in await case.story()
    await case.forward(30 * MINUTE)
    assert (await case.view()).breached
    await case.forward(2 * HOUR)
    assert any("where your delivery stands" in letter.subject for letter in await case.letters())
    await case.ask("close_case", CloseCase, SUPERVISOR, reason="settled by phone")
    assert await outcome(case) == "closed"


async def test_parcel_that_turns_up_settles_it_by_itself(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await decide(case, "wait")
    await trouble.scan(ParcelStatus.OUT_FOR_DELIVERY, case)
    assert (await case.view()).status == "waiting"
    await trouble.scan(ParcelStatus.DELIVERED, case)
    assert await outcome(case) == "arrived"
    assert "has arrived" in (await case.letters())[-1].body


async def test_parcel_that_nobody_sees_in_a_day_is_decided_about_anew(trouble: Trouble) -> None:
    case = await trouble.seen(ParcelStatus.LOST)
    await decide(case, "wait")
    await case.forward(25 * HOUR)
    assert (await case.view()).status == "deciding"
    await decide(case, "refund")
    assert await outcome(case) == "refunded"
