"""The fingerprint: the exact commands that a few canonical cases issue. It changes only on purpose."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import zip_longest
from pathlib import Path

import pytest

from domain import messages as m
from domain import requests as r
from domain.complaint import messages as c
from domain.people import Channel
from domain.shop.parcels import ParcelStatus
from tests.changes import Shop, more
from tests.deliveries import shipped
from tests.histories.commands import commands_of
from tests.linked import complaint_about
from tests.returns import ENGINEER, TESTER, ReturningShop
from tests.world import AGENT, CALLED, DAY, EXPERT, HOUR, MINUTE, SUPERVISOR, OpenCase, World

FILE = Path(__file__).parents[1] / "histories" / "fingerprints.json"
LESSON = """
The case "{name}" now issues other commands than its fingerprint says. First difference, at command {at}:

    fingerprint: {old}
    today:       {new}

Every command is an event that a replay must meet again in the same place, and most are billed. So ask:

  - Was it meant? If not, look for an activity, a timer or an upsert that slipped in (each wake re-arms one timer only).
  - May a case of the released version be open? Then put the change behind `workflow.patched("what-changed")`, keep the
    recorded histories, and add one of the new way.
  - Does it cost more? `make bench` shows actions and events for each case beside the bare workflow's.

Then write the new fingerprint and commit it with the reason:  FINGERPRINT=1 make test ARGS="-k fingerprint -n 0"
"""


async def resolved_at_tier_1(world: World) -> OpenCase:
    case = await world.open()
    for step in (case.claim, case.reply, case.solve, case.accept, case.summarise):
        await step()
        await case.quiet()
    return case


async def climbs_to_tier_2_and_is_updated(world: World) -> OpenCase:
    case = await world.open(Channel.PHONE)
    await case.forward(31 * MINUTE)
    await case.claim(EXPERT)
    await case.reply(EXPERT)
    await case.forward(9 * HOUR)
    await case.solve(EXPERT)
    await case.quiet()
    return case


async def waits_and_lapses(world: World) -> OpenCase:
    case = await world.open(Channel.PHONE)
    await case.ask("claim_task", m.ClaimTask, CALLED, task_id="T1")
    await case.solve(CALLED)
    await case.forward(3 * DAY + MINUTE)
    return case


async def withdrawn_after_a_question(world: World) -> OpenCase:
    case = await world.open()
    await case.claim()
    await case.quiet()
    await case.reply(await_answer=True)
    await case.quiet()
    await case.ask("withdraw", c.Withdraw, case.customer)
    await case.quiet()
    return case


async def changed_inside_the_window_for_a_price(world: World) -> OpenCase:
    shop = Shop(world)
    customer, order = await shop.order(100)
    case = await shop.change(customer, order, **more(await shop.offer(50)))
    await case.agree()
    await case.quiet()
    await shop.pay(case, order)
    return case


async def cancelled_outside_the_window(world: World) -> OpenCase:
    shop = Shop(world)
    customer, order = await shop.order(100, ago=3 * HOUR)
    case = await shop.change(customer, order, cancel="ordered twice")
    await case.forward(5 * HOUR)
    await case.decide("approve")
    await case.quiet()
    return case


async def returned_for_a_refund(world: World) -> OpenCase:
    shop = ReturningShop(world)
    case = await shop.give_back(*await shop.delivered(100))
    await case.comes_back()
    await case.inspect()
    await case.quiet()
    await case.rate()
    await case.quiet()
    return case


async def repaired_for_a_price(world: World) -> OpenCase:
    shop = ReturningShop(world)
    case = await shop.give_back(*await shop.delivered(100, warranty=0), "repair", reason="defective")
    await case.comes_back()
    await case.inspect(repair_price={"minor": 8_000, "currency": "CNY"})
    await case.quiet()
    await case.agree()
    await case.quiet()
    await case.pays()
    await case.work(ENGINEER, "repair_goods", repaired=True, what="a new thermostat")
    await case.quiet()
    await case.work(TESTER, "test_goods", passed=True, remarks="boils")
    await case.quiet()
    await case.goes_out()
    return case


async def lost_and_refunded_after_it_was_late(world: World) -> OpenCase:
    trouble = await shipped(Shop(world), ago=timedelta(days=6))
    case = await trouble.looked_for()
    await case.decide("wait")
    await case.forward(5 * HOUR)
    await trouble.scan(ParcelStatus.LOST, case)
    await case.decide("refund")
    return case


async def opens_a_return_and_is_closed_first(world: World) -> OpenCase:
    shop = ReturningShop(world)
    customer, order = await shop.delivered(100)
    case = await complaint_about(shop, customer, order)
    back = await case.opens_return(shop, order)
    await case.sees(f"{back.case_id} return: awaiting parcel")
    await case.ask("close_case", r.CloseCase, SUPERVISOR, reason="settled")
    await case.handle.result()
    await back.until("informs_itself")
    return case


CASES = (
    resolved_at_tier_1,
    climbs_to_tier_2_and_is_updated,
    waits_and_lapses,
    withdrawn_after_a_question,
    changed_inside_the_window_for_a_price,
    cancelled_outside_the_window,
    returned_for_a_refund,
    repaired_for_a_price,
    opens_a_return_and_is_closed_first,
    lost_and_refunded_after_it_was_late,
)


@pytest.mark.parametrize("live", CASES, ids=lambda live: live.__name__)
async def test_fingerprint_of_commands(world: World, live: Callable[[World], Awaitable[OpenCase]]) -> None:
    case = await live(world)
    today = commands_of((await case.handle.fetch_history()).events)
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    name = live.__name__
    if os.environ.get("FINGERPRINT"):
        FILE.write_text(json.dumps(known | {name: today}, indent=1) + "\n")
        return
    for at, (old, new) in enumerate(zip_longest(known.get(name, []), today), 1):
        assert old == new, LESSON.format(name=name, at=at, old=old, new=new)


def test_fingerprint_lesson_names_the_first_difference_and_the_ways_on() -> None:
    said = LESSON.format(name="x", at=3, old="timer", new="activity look_up")
    assert "workflow.patched" in said
    assert "activity look_up" in said
    assert AGENT.id not in said
