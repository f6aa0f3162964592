"""The 4-hour status update: floating or fixed, through the customer's channel, never silently dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from domain import requests as r
from domain.complaint import messages as c
from domain.people import DeliveryChannel, Language
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.tasks import TaskState
from tests.world import AGENT, EXPERT, HOUR, MINUTE, SUPERVISOR, OpenCase, World

UPDATE = ClockKind.STATUS_UPDATE


async def at_tier_2(world: World, **how: Any) -> OpenCase:
    """A case that specialists have for the next 24 hours."""
    case = await world.open(**how)
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="complex")
    await case.claim(EXPERT)
    await case.reply(EXPERT, "I have taken over.")
    await case.quiet()
    return case


async def test_customer_hears_from_us_every_4_hours_even_when_there_is_nothing_new(world: World) -> None:
    case = await at_tier_2(world)
    before = len(await case.letters())
    for number in range(1, 6):
        await case.forward(4 * HOUR)
        assert len(await case.letters()) == before + number
    clocks = [clock for clock in (await case.view()).clocks if clock.kind is UPDATE and clock.state is ClockState.MET]
    assert all(clock.consumed <= 4 * 3_600_000 for clock in clocks)


async def test_update_says_what_is_done_by_which_tier_and_when_the_next_one_comes(world: World) -> None:
    case = await at_tier_2(world)
    await case.forward(4 * HOUR)
    letter = (await case.letters())[-1]
    assert "specialist team" in letter.body
    assert "UTC+08:00" in letter.body
    assert case.case_id in letter.subject + letter.body


async def test_update_is_written_in_the_customers_language(world: World) -> None:
    case = await at_tier_2(world, customer=await world.customer(language=Language.ZH_CN))
    await case.forward(4 * HOUR)
    assert "专业团队" in (await case.letters())[-1].body


async def test_floating_cadence_starts_anew_with_an_agents_delivered_message(world: World) -> None:
    case = await at_tier_2(world)
    await case.forward(3 * HOUR)
    await case.reply(EXPERT)
    before = len(await case.letters())
    await case.forward(3 * HOUR)
    assert len(await case.letters()) == before
    await case.forward(HOUR)
    assert len(await case.letters()) == before + 1


async def test_fixed_cadence_keeps_its_grid_when_a_message_comes_early(
    changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    async with own_world(changed(status_update={"cadence": "fixed"})) as world:
        case = await at_tier_2(world)
        due = (await case.clock(UPDATE)).due
        await case.forward(3 * HOUR)
        await case.reply(EXPERT)
        await case.quiet()
        assert (await case.clock(UPDATE)).due == due
        await case.forward(HOUR)
        assert (await case.clock(UPDATE)).due == (due or 0) + 4 * 3_600_000


async def test_updates_go_on_while_we_wait_for_the_customer_unless_the_policy_says_otherwise(
    world: World, changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    case = await world.open()
    await case.claim()
    await case.reply(await_answer=True)
    before = len(await case.letters())
    await case.forward(8 * HOUR)
    assert len(await case.letters()) == before + 2
    paused = changed(status_update={"pauses_on": ["solution_offered", "waiting_for_customer"]})
    async with own_world(paused) as other:
        case = await other.open()
        await case.claim()
        await case.reply(await_answer=True)
        before = len(await case.letters())
        await case.forward(8 * HOUR)
        assert len(await case.letters()) == before
        assert (await case.clock(UPDATE)).state is ClockState.PAUSED


async def test_no_update_while_a_solution_is_on_the_customers_table(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.solve()
    before = len(await case.letters())
    await case.forward(12 * HOUR)
    assert len(await case.letters()) == before


async def test_quiet_hours_hold_updates_back_until_they_end(
    charter: Policy, changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    policy = changed(status_update={"quiet_hours": "office"})
    office = policy.calendars["office"]
    async with own_world(policy) as world:
        case = await at_tier_2(world)
        for _ in range(12):
            await case.forward(2 * HOUR)
        sent = [event for event in await world.service.timeline(case.case_id) if event.what == "message_delivered"]
        updates_sent = [event for event in sent if event.facts["template"] == "status_update"]
        assert all(office.is_open(event.at) for event in updates_sent)


async def test_undeliverable_update_goes_to_the_next_channel_then_to_a_supervisor(world: World) -> None:
    by_sms = await world.open(customer=await world.customer(reachable_by=(DeliveryChannel.SMS,)))
    assert [letter.channel for letter in await by_sms.letters()] == ["sms"]
    nowhere = await world.open(customer=await world.customer(reachable_by=()))
    await nowhere.quiet()
    task = await nowhere.task("contact_customer")
    assert (task.team, task.state) == ("supervisors", TaskState.READY)
    assert len(await nowhere.notices("alarm")) == 1
    await nowhere.claim(SUPERVISOR, "contact_customer")
    await nowhere.complete(SUPERVISOR, "contact_customer", reached=True, how="by letter")
    assert (await nowhere.clock(ClockKind.FIRST_RESPONSE)).state is ClockState.MET


async def test_update_that_nobody_got_is_on_record_as_missed_and_the_next_one_is_tried(world: World) -> None:
    case = await at_tier_2(world, customer=await world.customer(reachable_by=()))
    await case.forward(4 * HOUR + MINUTE)
    story = await case.story()
    assert story.count("delivery_failed") >= 2
    missed = [
        clock for clock in (await case.view()).clocks if clock.kind is UPDATE and clock.state is ClockState.BREACHED
    ]
    assert len(missed) == 1
    await case.forward(4 * HOUR)
    assert (await case.story()).count("delivery_failed") > story.count("delivery_failed")


async def test_supervisor_orders_an_update_now(world: World) -> None:
    case = await at_tier_2(world)
    before = len(await case.letters())
    await case.ask("send_update_now", r.SendUpdateNow, SUPERVISOR, reason="the customer called")
    assert len(await case.letters()) == before + 1
    await case.forward(timedelta(hours=3, minutes=45))
    assert len(await case.letters()) == before + 1


async def test_guaranteed_update_that_did_not_arrive_is_compensated_once(
    changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    steps = [{"do": "send_update", "before": 60_000}, {"do": "breach", "at": 1}, {"do": "compensate", "at": 1}]
    guarantee = {"grant": {"minor": 500, "currency": "CNY"}}
    policy = changed(status_update={"steps": steps, "guarantee": guarantee})
    async with own_world(policy) as world:
        case = await at_tier_2(world, customer=await world.customer(reachable_by=()))
        await case.forward(4 * HOUR + MINUTE)
        granted = [row for row in await case.compensations() if row.minor == 500]
        assert [row.key for row in granted] == [f"{case.case_id}:status_update:1"]
