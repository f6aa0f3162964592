"""Failures of other systems that ours must not have, where no other page of tests covers them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType

from domain import requests as r
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from starter.policies.publish import publishable
from tests.world import AGENT, DAY, MINUTE, SUPERVISOR, World


async def test_lesson_1_threshold_that_falls_into_a_pause_is_not_skipped(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.forward(14 * MINUTE)
    await case.reply(text="Which one?", await_answer=True)
    await case.forward(30 * MINUTE)
    assert "near_due" not in await case.story()
    await case.ask("customer_reply", r.CustomerReply, case.customer, text="That one")
    await case.forward(2 * MINUTE)
    assert (await case.story()).count("near_due") == 1


async def test_lesson_2_paused_case_sleeps_without_filling_its_history(
    changed: Callable[..., Policy], own_world: Callable[..., Any]
) -> None:
    quiet = ["solution_offered", "waiting_for_customer"]
    policy = changed(status_update={"pauses_on": quiet}, first_response={"pauses_on": quiet, "steps": []})
    async with own_world(policy) as world:
        case = await world.open()
        await case.claim()
        await case.reply(text="Which colour?", await_answer=True)
        await case.quiet()
        before = (await case.handle.fetch_history()).events
        await case.forward(2 * DAY)
        asleep = (await case.handle.fetch_history()).events[len(before) :]
        assert (await case.clock(ClockKind.TIER)).state is ClockState.PAUSED
        # The wake that was pending before the pause rings once; after it there is one for the reminder, days away.
        assert len([event for event in asleep if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED]) <= 1
        assert len([event for event in asleep if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]) == 0


async def test_lesson_3_change_of_priority_neither_restarts_nor_loses_the_clock(world: World) -> None:
    case = await world.open()
    await case.forward(12 * MINUTE)
    for priority in ("high", "normal", "high", "normal"):
        await case.ask("change_priority", r.ChangePriority, SUPERVISOR, priority=priority, reason="to and fro")
    clock = await case.clock(ClockKind.TIER)
    assert clock.budget == 1_800_000
    assert 17 * 60_000 <= clock.left <= 18 * 60_000


async def test_lesson_11_near_due_notices_are_grouped_and_breaches_never(own_world: Callable[..., Any]) -> None:
    """Three cases of one agent fall nearly due together: one digest. Each breach is told by itself."""
    fast = publishable("rehearsal").policy
    policy = fast.model_copy(update={"notices": fast.notices.model_copy(update={"group_within": 3_000})})
    async with own_world(policy) as world:
        cases = [await world.open() for _ in range(3)]
        for case in cases:
            await case.claim()
            await case.reply()
        # To where half of the tier's 30 seconds is gone, and then to where all of it is.
        for _ in range(2):
            await asyncio.gather(*(case.forward(timedelta(seconds=16)) for case in cases))
        digests = [notice for notice in await world.notices() if notice.notice == "near_due"]
        breaches = [notice for notice in await world.notices() if notice.notice == "breach"]
        grouped = [len(json.loads(notice.items)) for notice in digests if notice.recipient == AGENT.id]
        assert sum(grouped) == 3
        assert len(grouped) < 3
        assert all(len(json.loads(notice.items)) == 1 for notice in breaches)
        keys = [(notice.key, notice.recipient) for notice in breaches]
        assert len(keys) == len(set(keys)) >= 3
