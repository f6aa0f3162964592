"""First response by channel, in the charter's real durations; only a delivered message of a person counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import requests as r
from domain.complaint import messages as c
from domain.people import Channel, DeliveryChannel
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from tests.world import AGENT, HOUR, MINUTE, SUPERVISOR, World, member_of

SECOND = timedelta(seconds=1)
FIRST = ClockKind.FIRST_RESPONSE


@pytest.mark.parametrize(
    ("channel", "within"),
    [(Channel.CHAT, 30 * SECOND), (Channel.EMAIL, 2 * HOUR), (Channel.SOCIAL, 15 * MINUTE)],
    ids=["chat 30 s", "email 2 h", "social 15 min"],
)
async def test_first_response_is_breached_and_compensated_by_channel(
    world: World, channel: Channel, within: timedelta
) -> None:
    case = await world.open(channel)
    clock = await case.clock(FIRST)
    assert clock.budget == within // timedelta(milliseconds=1)
    await case.forward(within - 2 * SECOND)
    assert (await case.clock(FIRST)).state is ClockState.RUNNING
    await case.forward(4 * SECOND)
    assert (await case.clock(FIRST)).state is ClockState.BREACHED
    assert [(row.minor, row.currency) for row in await case.compensations()] == [(2000, "CNY")]
    told = [letter for letter in await case.letters() if "20.00 CNY" in letter.body]
    assert len(told) == 1


async def test_phone_is_answered_at_once(world: World) -> None:
    case = await world.open(Channel.PHONE)
    assert (await case.clock(FIRST)).state is ClockState.MET


async def test_vip_is_answered_within_15_seconds_on_any_channel(world: World) -> None:
    case = await world.open(Channel.EMAIL, customer=await world.customer(vip=True))
    assert (await case.clock(FIRST)).budget == 15_000
    await case.forward(16 * SECOND)
    assert (await case.clock(FIRST)).state is ClockState.BREACHED


async def test_delivered_reply_of_an_agent_is_the_first_response(world: World) -> None:
    case = await world.open(Channel.SOCIAL)
    social = member_of("social")
    await case.claim(social)
    await case.reply(social)
    await case.quiet()
    clock = await case.clock(FIRST)
    assert clock.state is ClockState.MET
    assert clock.why[-1].cause == f"{social.id}'s message was delivered"
    await case.forward(HOUR)
    assert not await case.compensations()


async def test_reply_that_was_not_delivered_is_no_first_response(world: World) -> None:
    case = await world.open(customer=await world.customer(reachable_by=()))
    await case.claim()
    await case.reply()
    await case.quiet()
    assert (await case.clock(FIRST)).state is ClockState.RUNNING


async def test_late_reply_is_recorded_as_late_and_not_as_met(world: World) -> None:
    case = await world.open(Channel.CHAT)
    await case.forward(MINUTE)
    await case.claim()
    await case.reply()
    await case.quiet()
    clock = await case.clock(FIRST)
    assert clock.state is ClockState.BREACHED
    assert [event.what for event in clock.why if "@" not in event.what] == ["started", "breached", "met"]


async def test_lesson_5_status_change_note_and_acknowledgement_are_no_first_response(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("add_note", r.AddNote, AGENT, text="called the warehouse")
    questions = [{"team": "warehouse", "question": "Is it there?"}]
    await case.ask("ask_departments", c.AskDepartments, AGENT, questions=questions)
    await case.ask("send_update_now", r.SendUpdateNow, SUPERVISOR, reason="customer called")
    assert len(await case.letters()) == 2
    assert (await case.clock(FIRST)).state is ClockState.RUNNING


async def test_lesson_6_status_update_does_not_overrule_the_first_response(
    changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    policy = changed(status_update={"every": 1_800_000}, tier={"steps": [{"do": "breach", "at": 1}]})
    async with own_world(policy) as world:
        case = await world.open()
        await case.forward(HOUR + 59 * MINUTE)
        assert len(await case.letters()) >= 4
        assert (await case.clock(FIRST)).state is ClockState.RUNNING
        await case.forward(2 * MINUTE)
        assert (await case.clock(FIRST)).state is ClockState.BREACHED


async def test_first_response_may_come_by_the_next_channel(world: World) -> None:
    case = await world.open(customer=await world.customer(reachable_by=(DeliveryChannel.SMS,)))
    await case.claim()
    await case.reply()
    await case.quiet()
    assert (await case.clock(FIRST)).state is ClockState.MET
    assert "channel_failed" in await case.story()
