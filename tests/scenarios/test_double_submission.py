"""The same thing handed in at several doors in the same moment: one of them counts, and each caller gets an answer."""

from __future__ import annotations

import asyncio

import pytest

from activities.archive.timeline import TimelineArchive
from activities.openings.register import OpeningRegister
from activities.store.database import open_database
from domain.people import Actor, Channel
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.changes import OrderDelta
from domain.shop.orders import Order
from starter.case_service import CaseService
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from tests.changes import ChangeCase, yuan
from tests.returns import ReturnCase, ReturningShop
from tests.world import NUMBERS, World


@pytest.fixture
def shop(world: World) -> ReturningShop:
    return ReturningShop(world)


def give_back(customer: Actor, order: Order, source: str, reference: str) -> NewReturn:
    item = WantedItem(line_id=order.lines[0].id, quantity=1, reason=ReturnReason.CHANGED_MIND)
    wish = ReturnWish(kind=ReturnKind.REFUND, items=(item,))
    return NewReturn(
        source=source,
        reference=reference,
        channel=Channel.CHAT,
        customer_id=customer.id,
        order_id=order.id,
        wanted=wish,
    )


async def test_same_piece_from_two_doors_in_the_same_moment_comes_back_once(world: World, shop: ReturningShop) -> None:
    customer, order = await shop.delivered(100)
    wishes = [give_back(customer, order, door, f"ref-{next(NUMBERS)}") for door in ("webshop", "phone", "app")]
    opened = await asyncio.gather(*(world.service.open_return(new) for new in wishes))
    cases = [ReturnCase(world, one.case_id, customer, shop=shop, order=order) for one in opened]
    world.opened.extend(cases)
    assert sorted([await case.status() for case in cases]) == ["awaiting_parcel", "refused", "refused"]
    reasons = {await case.fact("reason") for case in cases if await case.status() == "refused"}
    assert reasons <= {"already_returned", "quantity_not_possible"}
    assert (await shop.now(order)).lines[0].return_requested == 1


async def test_same_cancellation_from_two_doors_in_the_same_moment_is_refunded_once(
    world: World, shop: ReturningShop
) -> None:
    customer, order = await shop.order(100)
    wishes = [
        NewOrderChange(
            source=door,
            reference=f"ref-{next(NUMBERS)}",
            channel=Channel.CHAT,
            customer_id=customer.id,
            order_id=order.id,
            wanted=OrderDelta(cancel="no longer needed"),
        )
        for door in ("webshop", "phone")
    ]
    opened = await asyncio.gather(*(world.service.open_order_change(new) for new in wishes))
    cases = [ChangeCase(world, one.case_id, customer) for one in opened]
    world.opened.extend(cases)
    assert [await case.status() for case in cases].count("done") == 1
    assert (await shop.account(order)).refunded == yuan(100)


async def test_same_reference_from_two_services_in_the_same_moment_is_one_case(
    world: World, shop: ReturningShop
) -> None:
    customer, order = await shop.delivered(100)
    new = give_back(customer, order, "webshop", f"ref-{next(NUMBERS)}")
    engine = open_database(world.engine.url.render_as_string(hide_password=False))
    other = CaseService(
        world.client,
        task_queue=world.settings.task_queue,
        openings=OpeningRegister(engine),
        policies=world.archive,
        customers=world.customers,
        orders=world.orders,
        archive=TimelineArchive(engine),
        policy="charter",
    )
    opened = await asyncio.gather(*(service.open_return(new) for service in (world.service, other) * 3))
    await engine.dispose()
    assert len({one.case_id for one in opened}) == 1
    assert [one.created for one in opened].count(True) == 1
    case = ReturnCase(world, opened[0].case_id, customer, shop=shop, order=order)
    world.opened.append(case)
    assert await case.status() == "awaiting_parcel"
    assert (await shop.now(order)).lines[0].return_requested == 1
