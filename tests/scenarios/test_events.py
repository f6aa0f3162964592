"""Events of shop and carrier reach running cases by themselves, told twice, late, lost, or while nobody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from activities.store.shop_tables import SHOP_EVENTS
from activities.store.tables import CASE_ORDERS
from domain.figures.periods import Period
from domain.shop.parcels import ParcelStatus
from starter.standing import keep_standing
from tests.changes import ChangeCase, Shop, more
from tests.deliveries import shipped
from tests.world import HOUR, World
from worker import running_worker
from workflows.events import ReconcileWorkflow


@pytest.fixture(scope="module")
async def standing(shared_world: World) -> AsyncIterator[None]:
    """The relay and the schedule of the module's world."""
    queue = shared_world.settings.task_queue
    for minutes in (60, 30):  # the second worker that starts, with other settings
        every = timedelta(minutes=minutes)
        await keep_standing(shared_world.client, queue, reconcile_every=every, readmodel_check_every=every)
    yield
    reports = [f"report-of-{period}" for period in Period]
    for schedule in ("reconcile", "read-model-check", *reports):
        await shared_world.client.get_schedule_handle(f"{schedule}:{queue}").delete()
    for relay in ("event-relay", "subscribers"):
        await shared_world.client.get_workflow_handle(f"{relay}:{queue}").terminate("the tests are over")


async def soon(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what the relay brings about."""
    for _ in range(400):
        if await is_so():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about")


async def waiting_for_payment(shop: Shop) -> tuple[ChangeCase, Callable[[], Awaitable[None]]]:
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.agree()
    await case.quiet()

    async def pay() -> None:
        await shop.pay(case, order, told=False)

    return case, pay


async def looks(case: ChangeCase) -> int:
    """How often the case looked whether it was paid."""
    events = (await case.handle.fetch_history()).events
    asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]
    return asked.count("read_collection")


async def untold(world: World) -> list[str]:
    async with world.engine.connect() as connection:
        return list((await connection.execute(select(SHOP_EVENTS.c.id).where(~SHOP_EVENTS.c.told))).scalars())


async def all_told(world: World) -> None:
    async def is_so() -> bool:
        return not await untold(world)

    await soon(is_so)


async def test_payment_reaches_the_waiting_case_by_itself(standing: None, world: World, shop: Shop) -> None:
    case, pay = await waiting_for_payment(shop)
    await pay()

    async def done() -> bool:
        return await case.status() == "done"

    await soon(done)
    assert "payment_received" in await case.story()
    await shop.warehouse.release((await case.result()).state.order_id)
    await all_told(world)
    [row] = [row for row in await world.rows(CASE_ORDERS) if row.case_id == case.case_id]
    assert not row.open, "a closed case is not told again"


async def test_event_that_is_told_twice_is_looked_into_once(standing: None, world: World, shop: Shop) -> None:
    customer, order = await shop.order(100, ago=3 * HOUR)
    parcel = await shop.ship(order)
    case = await shop.change(customer, order, cancel="ordered twice")
    await case.decide("intercept")
    await case.quiet()
    await shop.carrier.move(parcel.id)

    async def heard() -> bool:
        return (await find_reads(case)) == 2

    await soon(heard)
    await all_told(world)
    async with world.engine.begin() as connection:
        await connection.execute(update(SHOP_EVENTS).where(SHOP_EVENTS.c.order_id == order.id).values(told=False))
    await all_told(world)
    await case.quiet()
    assert await find_reads(case) == 2
    await shop.bring_back(parcel)

    async def done() -> bool:
        return await case.status() == "done"

    await soon(done)


async def find_reads(case: ChangeCase) -> int:
    await case.quiet()
    events = (await case.handle.fetch_history()).events
    asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]
    return asked.count("find_parcels")


async def test_lost_event_is_found_by_the_comparison(standing: None, world: World, shop: Shop) -> None:
    case, pay = await waiting_for_payment(shop)
    async with world.engine.begin() as connection:
        # The payment's event is on the list of the told ones before it happens: nobody will hear of it.
        key = f"{case.case_id}:collect_payment:1"
        order_id = (await case.view()).order.id  # type: ignore[union-attr]
        row = {"id": f"{order_id}:paid:{key}", "order_id": order_id, "kind": "paid", "at": 1, "facts": "{}"}
        await connection.execute(SHOP_EVENTS.insert().values(**row, told=True))
    await pay()
    await all_told(world)
    assert await case.status() == "awaiting_payment"
    before = await looks(case)
    told = await compare(world)
    assert told >= 1
    assert await case.status() == "done"
    assert await looks(case) == before + 1


async def compare(world: World) -> int:
    queue = world.settings.task_queue
    how_many: int = await world.client.execute_workflow(
        ReconcileWorkflow.run, id=f"compare:{queue}:{asyncio.get_running_loop().time()}", task_queue=queue
    )
    return how_many


async def test_released_and_shipped_order_is_on_the_timeline_of_its_case(
    standing: None, world: World, shop: Shop
) -> None:
    customer, order = await shop.order(100, ago=3 * HOUR)
    case = await shop.change(customer, order, cancel="ordered twice")
    await shop.ship(order)
    await all_told(world)
    await case.quiet()
    moved = [entry.facts["kind"] for entry in await world.service.timeline(case.case_id) if entry.what == "order_moved"]
    assert moved[-2:] == ["fulfilled", "shipped"]


async def test_late_parcel_that_the_carrier_then_loses_is_learnt_of_by_its_case_alone(
    standing: None, world: World, shop: Shop
) -> None:
    late = await shipped(shop, ago=timedelta(days=6))
    case = await late.looked_for()
    await late.scan(ParcelStatus.LOST)

    async def learnt() -> bool:
        return (await case.view()).facts["problem"] == "lost"

    await soon(learnt)
    await all_told(world)
    assert await late.cases() == [case.case_id]
    await case.decide("refund")
    assert await case.outcome() == "refunded"


@pytest.mark.parametrize("schedule", ["reconcile", "read-model-check"])
async def test_schedule_compares_by_itself_and_takes_on_the_settings_of_the_last_worker(
    standing: None, world: World, schedule: str
) -> None:
    described = await world.client.get_schedule_handle(f"{schedule}:{world.settings.task_queue}").describe()
    assert [interval.every for interval in described.schedule.spec.intervals] == [timedelta(minutes=30)]


async def test_relay_goes_on_in_another_worker_when_its_own_stops(standing: None, world: World, shop: Shop) -> None:
    case, pay = await waiting_for_payment(shop)
    await world.stop_worker()
    await pay()
    assert await untold(world)
    async with running_worker(world.settings, world.client):

        async def done() -> bool:
            return not await untold(world) and await case.status() == "done"

        await soon(done)
