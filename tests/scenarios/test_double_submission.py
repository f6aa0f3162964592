"""The same thing handed in at several doors in the same moment: one of them counts, and each caller gets an answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.archive.timeline import TimelineArchive
from activities.openings.register import Opening, OpeningRegister
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


def elsewhere(world: World, register: OpeningRegister) -> CaseService:
    """Another process's service over the same database and server."""
    return CaseService(
        world.client,
        task_queue=world.settings.task_queue,
        openings=register,
        policies=world.archive,
        customers=world.customers,
        orders=world.orders,
        archive=TimelineArchive(world.engine),
        policy="charter",
    )


class Overtaken(OpeningRegister):
    """A register whose caller sleeps between reserving and starting, until somebody else has started the case."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.reserved, self.overtaken = asyncio.Event(), asyncio.Event()

    async def reserve(self, *args: Any, **kwargs: Any) -> tuple[bool, Opening]:
        found = await super().reserve(*args, **kwargs)
        self.reserved.set()
        await self.overtaken.wait()
        return found


async def test_whoever_starts_a_case_that_another_reserved_is_told_that_it_is_new(
    world: World, shop: ReturningShop
) -> None:
    customer, order = await shop.delivered(100)
    new = give_back(customer, order, "webshop", f"ref-{next(NUMBERS)}")
    register = Overtaken(world.engine)
    slow = asyncio.create_task(elsewhere(world, register).open_return(new))
    await register.reserved.wait()
    first = await world.service.open_return(new)
    register.overtaken.set()
    assert (first.created, (await slow).created) == (True, False)
    world.opened.append(ReturnCase(world, first.case_id, customer, shop=shop, order=order))


async def test_same_reference_from_two_services_in_the_same_moment_is_one_case(
    world: World, shop: ReturningShop
) -> None:
    customer, order = await shop.delivered(100)
    new = give_back(customer, order, "webshop", f"ref-{next(NUMBERS)}")
    engine = open_database(world.engine.url.render_as_string(hide_password=False))
    other = elsewhere(world, OpeningRegister(engine))
    opened = await asyncio.gather(*(service.open_return(new) for service in (world.service, other) * 3))
    await engine.dispose()
    assert len({one.case_id for one in opened}) == 1
    assert [one.created for one in opened].count(True) == 1
    case = ReturnCase(world, opened[0].case_id, customer, shop=shop, order=order)
    world.opened.append(case)
    assert await case.status() == "awaiting_parcel"
    assert (await shop.now(order)).lines[0].return_requested == 1
