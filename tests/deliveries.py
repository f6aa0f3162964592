"""Delivery problems for tests: a parcel of the embedded shop, what is seen of it, and whoever decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from activities.events.deliveries import DeliveryWatch
from activities.shop.events import ShopEvents
from activities.store.tables import OPENINGS
from domain.delivery.state import DeliveryResult
from domain.people import Actor, Role
from domain.shop.orders import Order
from domain.shop.parcels import Parcel, ParcelStatus, Scan
from domain.shop_case.messages import ParcelScanned
from starter.wiring import case_opener
from tests.changes import Shop
from tests.world import NUMBERS, OpenCase, World
from workflows.events import ReconcileWorkflow

DISPATCHER = Actor(id="logistics-01", role=Role.AGENT, teams=("logistics",))


class DeliveryCase(OpenCase):
    """One running delivery problem."""

    async def decide(self, remedy: str) -> None:
        await self.claim(DISPATCHER, "decide_delivery")
        await self.complete(DISPATCHER, "decide_delivery", remedy=remedy, reason="the carrier says so")
        await self.quiet()

    async def outcome(self) -> str | None:
        handle = self.world.client.get_workflow_handle(self.case_id, result_type=DeliveryResult)
        result: DeliveryResult = await handle.result()
        return result.outcome


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

    async def seen(self, status: ParcelStatus) -> DeliveryCase:
        """The carrier sees something, and the watch is shown it twice; returns the newest case about it."""
        await self.scan(status)
        await self.watched()
        return await self.newest()

    async def watched(self) -> None:
        """The watch is shown everything that was seen, twice."""
        for _ in range(2):
            for event in await ShopEvents(self.world.engine).untold():
                await self.watch().seen(event)

    async def looked_for(self) -> DeliveryCase:
        """The schedule looks for late parcels, twice; returns the newest case."""
        for _ in range(2):
            name, queue = f"look-{next(NUMBERS)}", self.world.settings.task_queue
            await self.world.client.execute_workflow(ReconcileWorkflow.run, id=name, task_queue=queue)
        return await self.newest()

    async def newest(self) -> DeliveryCase:
        """The case that was opened last for the parcel."""
        case = DeliveryCase(self.world, (await self.cases())[-1], self.customer)
        if case.case_id not in [one.case_id for one in self.world.opened]:
            self.world.opened.append(case)
        await case.quiet()
        return case

    async def scan(self, status: ParcelStatus, case: OpenCase | None = None) -> None:
        """The carrier sees something; a case that is given hears of it."""
        at = self.parcel.at + next(NUMBERS)
        event_id = f"{self.parcel.id}:{status.value}"
        scan = Scan(event_id=event_id, parcel_id=self.parcel.id, status=status, at=at)
        await self.shop.carrier.accept_scan(scan)
        if case:
            await case.handle.signal("parcel_scanned", ParcelScanned(event_id=event_id[-60:], parcel_id=self.parcel.id))
            await case.quiet()

    async def cases(self) -> list[str]:
        """The cases that were opened for the parcel, oldest first."""
        rows = await self.world.rows(OPENINGS)
        mine = [row for row in rows if str(row.reference).startswith(f"{self.parcel.id}:")]
        return [row.case_id for row in sorted(mine, key=lambda row: row.opened_at)]


async def shipped(shop: Shop, ago: timedelta = timedelta(minutes=10)) -> Trouble:
    """An order of 100 yuan that was placed so long ago and is on its way; it was promised within three days."""
    customer, order = await shop.order(100, ago=ago)
    return Trouble(shop, customer, order, await shop.ship(order))
