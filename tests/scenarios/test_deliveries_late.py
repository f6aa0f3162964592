"""Late parcels on the server with a virtual clock: no scan says so, the day that was promised has passed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from domain.policy import Policy
from domain.requests import CloseCase
from domain.shop.parcels import ParcelStatus
from starter.audit.auditor import audit_case
from starter.audit.findings import Promise, Verdict
from starter.board import look
from starter.cli.lines import summary
from starter.doors import Doors, open_store
from starter.upkeep import Upkeep
from tests.changes import Shop, yuan
from tests.deliveries import DeliveryCase, Trouble, shipped
from tests.world import HOUR, MINUTE, SUPERVISOR


@pytest.fixture
async def late(shop: Shop) -> Trouble:
    return await shipped(shop, ago=timedelta(days=6))


async def told(case: DeliveryCase) -> list[str]:
    """What the customer was told is wrong with the parcel, each time."""
    words = {"did not arrive on the day": "late", "has lost your parcel": "lost", "was refused": "refused"}
    letters = [letter.body for letter in await case.letters() if "a problem with the delivery" in letter.subject]
    return [problem for body in letters for said, problem in words.items() if said in body]


async def found(case: DeliveryCase, promise: Promise) -> list[Verdict]:
    """How the auditor finds that a promise was treated."""
    audit = await audit_case(case.world.client, case.case_id, case.world.service.policy)
    assert [str(one) for one in audit.broken] == []
    return [one.verdict for one in audit.of(promise)]


async def test_late_parcel_is_found_by_the_schedule_told_of_and_decided_about_in_two_hours(late: Trouble) -> None:
    case = await late.looked_for()
    assert await told(case) == ["late"]
    view = await case.view()
    assert (view.case_type, view.status, view.facts["problem"]) == ("delivery", "deciding", "late")
    await case.forward(HOUR + 50 * MINUTE)
    await case.decide("send_again")
    assert await case.outcome() == "sent_again"
    after = await late.shop.now(late.order)
    assert [line.replaces for line in after.lines] == [None, after.lines[0].id]
    assert len(await late.cases()) == 1
    assert await found(case, Promise.TOLD_FIRST) == [Verdict.KEPT]
    assert await found(case, Promise.DECISION) == [Verdict.KEPT]
    assert await found(case, Promise.LEG) == [Verdict.KEPT]
    assert not view.breached


async def test_late_parcel_that_nobody_decides_about_in_two_hours_is_a_breach_on_record(late: Trouble) -> None:
    case = await late.looked_for()
    await case.forward(HOUR + 59 * MINUTE)
    assert not (await case.view()).breached
    await case.forward(2 * MINUTE)
    assert (await case.view()).breached
    assert {breach.recipient for breach in await case.notices("breach")} == {"team:logistics", "team:supervisors"}
    await case.decide("refund")
    assert (await case.outcome(), (await late.shop.account(late.order)).refunded) == ("refunded", yuan(100))
    assert await found(case, Promise.DECISION) == [Verdict.MISSED]
    assert await found(case, Promise.LEG) == [Verdict.MISSED]


async def test_late_parcel_that_is_lost_is_one_case_that_learns_of_it(late: Trouble) -> None:
    case = await late.looked_for()
    await late.scan(ParcelStatus.LOST, case)
    await late.watched()
    assert await late.cases() == [case.case_id]
    assert await told(case) == ["late", "lost"]
    view = await case.view()
    assert (view.subject.partition(": ")[2], view.facts["problem"]) == ("parcel lost", "lost")
    assert [task.brief["why"] for task in view.tasks] == ["the parcel is lost"]
    await case.decide("refund")
    assert await case.outcome() == "refunded"
    assert await found(case, Promise.TOLD_FIRST) == [Verdict.KEPT]


async def test_what_becomes_of_a_parcel_that_was_made_good_is_no_case(late: Trouble) -> None:
    case = await late.looked_for()
    await case.decide("refund")
    assert await case.outcome() == "refunded"
    await late.scan(ParcelStatus.REFUSED)
    await late.watched()
    assert await late.cases() == [case.case_id]


async def test_parcel_whose_case_was_closed_before_it_was_lost_has_another_case(late: Trouble) -> None:
    case = await late.looked_for()
    await case.ask("close_case", CloseCase, SUPERVISOR, reason="the customer can wait")
    assert await case.outcome() == "closed"
    again = await late.seen(ParcelStatus.LOST)
    assert await late.cases() == [case.case_id, again.case_id]
    assert await told(again) == ["late", "lost"]
    await again.ask("close_case", CloseCase, SUPERVISOR, reason="settled by phone")


async def test_delivery_problems_are_listed_counted_and_on_the_board(late: Trouble, charter: Policy) -> None:
    case = await late.looked_for()
    world = late.world
    lines = {line.case_id: line async for line in world.service.cases("CaseType = 'delivery'")}
    assert (lines[case.case_id].status, lines[case.case_id].team) == ("deciding", "logistics")
    assert await world.service.case_type(case.case_id) == "delivery"
    async with open_store(world.settings) as store:
        board = await look(Doors(world.settings, store, world.client, world.service), charter)
    assert board.of("delivery") >= 1
    assert case.case_id in [line.case_id for line in board.soonest]
    house = cast(Upkeep, SimpleNamespace(worker_state="ready", policy=charter))
    assert "delivery problem" in summary(house, board)
    await case.ask("close_case", CloseCase, SUPERVISOR, reason="listed")
