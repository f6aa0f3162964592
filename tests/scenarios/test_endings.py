"""How complaints end, and how they begin again: lapse, withdrawal, follow-up, reopening, merging, closing by order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from activities.clock import wall_clock
from domain import requests as r
from domain.complaint import messages as c
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY as DAY_MS
from starter.doors import Doors, open_store
from starter.pruning import prune
from tests.world import AGENT, COLLEAGUE, DAY, EXPERT, HOUR, MINUTE, QUALITY, SUPERVISOR, OpenCase, World, refused


async def solved(world: World, **how: Any) -> OpenCase:
    case = await world.open(**how)
    await case.claim()
    await case.solve()
    return case


async def test_silent_customer_is_reminded_and_then_the_case_is_closed_without_an_answer(world: World) -> None:
    case = await solved(world)
    before = len(await case.letters())
    await case.forward(DAY + 13 * HOUR)
    assert len(await case.letters()) == before + 1
    await case.forward(DAY + 12 * HOUR)
    result = await case.handle.result()
    assert (result["status"], result["outcome"]) == ("closed", "no_answer")
    assert len(await case.letters()) == before + 2


async def test_unanswered_question_closes_the_case_after_seven_days(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.reply(text="Which colour?", await_answer=True)
    await case.forward(7 * DAY + MINUTE)
    assert (await case.view()).outcome == "no_answer"


async def test_customer_withdraws(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("withdraw", c.Withdraw, case.customer, text="found it")
    view = await case.view()
    assert (view.status, view.outcome) == ("withdrawn", "withdrawn")
    assert all(clock.state is not ClockState.RUNNING for clock in view.clocks)
    assert any(AGENT.id == notice.recipient for notice in await case.notices("handover"))


async def test_important_case_is_followed_up_before_it_is_closed(world: World) -> None:
    case = await solved(world, upset=True)
    await case.accept()
    await case.summarise()
    assert (await case.view()).status == "following_up"
    assert (await case.clock(ClockKind.FOLLOW_UP)).state is ClockState.RUNNING
    await case.claim(QUALITY, "follow_up")
    await case.complete(QUALITY, "follow_up", score=5, remarks="very happy")
    assert (await case.view()).status == "closed"


async def test_dissatisfied_at_follow_up_is_worked_for_again(world: World) -> None:
    case = await solved(world, upset=True)
    await case.accept()
    await case.summarise()
    await case.claim(QUALITY, "follow_up")
    await case.complete(QUALITY, "follow_up", score=1, remarks="broke again", reopen=True)
    view = await case.view()
    assert (view.status, view.tier) == ("in_progress", 2)


async def closed(world: World, **how: Any) -> OpenCase:
    case = await solved(world, **how)
    await case.accept()
    await case.summarise()
    await case.handle.result()
    return case


async def test_closed_case_is_reopened_with_everything_it_had(world: World) -> None:
    case = await closed(world)
    request = c.Reopen(request_id="again", actor=case.customer, reason="it leaks again")
    answer = await world.service.reopen(case.case_id, request)
    assert answer.status == "in_progress"
    assert (await world.service.reopen(case.case_id, request)) == answer
    await case.quiet()
    view = await case.view()
    assert (view.tier, view.facts["reopened"]) == (2, 1)
    story = await case.story()
    assert story[0] == "received"
    assert "case_ended" in story
    await case.claim(EXPERT)
    await case.solve(EXPERT)
    await case.accept()
    await case.summarise(EXPERT)
    assert (await case.handle.result())["outcome"] == "accepted"


async def test_case_closed_longer_ago_than_the_policy_allows_stays_closed(
    charter: Policy, own_world: Callable[..., Any]
) -> None:
    document = charter.model_dump(mode="json")
    document["complaint"]["reopen_within"] = 0
    async with own_world(Policy.model_validate(document | {"name": "short"})) as world:
        case = await closed(world)
        with refused("reopen_window_over"):
            await world.service.reopen(case.case_id, c.Reopen(request_id="x", actor=case.customer, reason="late"))
        with refused("wrong_status") as said:
            await case.reply()
        assert said[0].details["possible"] == ["reopen"]


async def test_duplicate_is_merged_and_its_earlier_promise_goes_on(world: World) -> None:
    customer = await world.customer()
    order = await world.order(customer)
    first = await world.open(customer=customer, order_id=order)
    await first.forward(20 * MINUTE)
    second = await world.open(customer=customer, order_id=order, subject="The kettle still leaks")
    await second.claim(COLLEAGUE)
    await second.ask("add_note", r.AddNote, COLLEAGUE, text="same kettle")
    await first.claim()
    answer = await world.service.merge(
        first.case_id, second.case_id, request_id="m1", actor=AGENT, reason="the same complaint twice"
    )
    assert answer.status == "in_progress"
    await first.quiet()
    await second.quiet()
    gone, kept = await first.view(), await second.view()
    assert (gone.status, gone.outcome) == ("merged", "merged")
    assert first.case_id in kept.linked
    assert (await second.clock(ClockKind.TIER)).left <= 11 * 60_000
    assert second.case_id in (await first.letters())[-1].body


async def test_cases_of_different_orders_are_not_merged(world: World) -> None:
    customer = await world.customer()
    one = await world.open(customer=customer, order_id=await world.order(customer))
    other = await world.open(customer=customer, order_id=await world.order(customer))
    with refused("merge_refused"):
        await world.service.merge(one.case_id, other.case_id, request_id="m", actor=SUPERVISOR, reason="mistake")


async def test_merging_into_a_case_that_is_gone_leaves_this_one_open(world: World) -> None:
    case = await world.open()
    order = None
    await case.ask(
        "merge",
        c.Merge,
        SUPERVISOR,
        target="CNOSUCHCASE",
        target_customer=case.customer.id,
        target_order=order,
        reason="typo",
    )
    await case.until("merge_failed")
    assert (await case.view()).status == "in_progress"
    assert len(await case.notices("alarm")) == 1


async def test_supervisor_closes_a_case_with_a_reason(world: World) -> None:
    case = await world.open()
    await case.ask("close_case", r.CloseCase, SUPERVISOR, reason="settled in court")
    view = await case.view()
    assert (view.status, view.outcome) == ("closed", "closed_by_supervisor")
    assert len(await case.letters()) == 2


async def test_pruning_a_year_later_takes_what_ended_and_not_what_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, running = await world.open(), await world.open()
    await ended.ask("withdraw", c.Withdraw, ended.customer)
    await ended.handle.result()
    later = wall_clock() + 400 * DAY_MS
    monkeypatch.setattr("starter.pruning.wall_clock", lambda: later)
    async with open_store(world.settings) as store:
        found = await prune(Doors(world.settings, store, world.client, world.service), 399 * DAY_MS, really=True)
    assert found.cases >= 1
    assert await ended.letters() == []
    assert len(await running.letters()) == 1
