"""How supervisors step in, each time with a reason on record."""

from __future__ import annotations

from collections.abc import Callable

from domain import requests as r
from domain.complaint import messages as c
from domain.people import Channel
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from tests.world import AGENT, COLLEAGUE, DAY, HOUR, MINUTE, SUPERVISOR, World, refused

TIER = ClockKind.TIER


async def test_reassign_gives_a_task_to_somebody_whoever_has_it(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    with refused("not_allowed"):
        await case.ask("reassign", r.Reassign, AGENT, task_id=task.id, to=COLLEAGUE, reason="no")
    await case.ask("reassign", r.Reassign, SUPERVISOR, task_id=task.id, to=COLLEAGUE, reason="sick leave")
    assert (await case.task()).owner == COLLEAGUE.id
    assert {notice.recipient for notice in await case.notices("handover")} == {AGENT.id, COLLEAGUE.id}


async def test_extended_clock_runs_longer_within_the_limit(world: World) -> None:
    case = await world.open()
    clock = await case.clock(TIER)
    await case.ask("extend_clock", r.ExtendClock, SUPERVISOR, clock=clock.id, by=3_600_000, reason="storm")
    await case.forward(60 * MINUTE)
    assert (await case.view()).tier == 1
    with refused("limit_exceeded") as said:
        await case.ask("extend_clock", r.ExtendClock, SUPERVISOR, clock=clock.id, by=86_400_000, reason="more")
    assert said[0].details["limit_ms"] == 86_400_000
    await case.forward(31 * MINUTE)
    assert (await case.view()).tier == 2
    with refused("clock_state"):
        await case.ask("extend_clock", r.ExtendClock, SUPERVISOR, clock=clock.id, by=1_000, reason="too late")


async def test_held_clock_stands_still_until_it_is_resumed(world: World) -> None:
    case = await world.open()
    clock = await case.clock(TIER)
    await case.forward(10 * MINUTE)
    await case.ask("pause_clock", r.PauseClock, SUPERVISOR, clock=clock.id, reason="power cut")
    await case.forward(5 * HOUR)
    held = await case.clock(TIER)
    assert (held.state, held.why[-1].cause) == (ClockState.PAUSED, "held by a supervisor")
    await case.ask("resume_clock", r.ResumeClock, SUPERVISOR, clock=clock.id, reason="light again")
    await case.forward(19 * MINUTE)
    assert (await case.view()).tier == 1
    await case.forward(2 * MINUTE)
    assert (await case.view()).tier == 2


async def test_forced_tier_hands_the_case_over(world: World) -> None:
    case = await world.open()
    with refused("invalid_input"):
        await case.ask("force_tier", c.ForceTier, SUPERVISOR, tier=7, reason="?")
    await case.ask("force_tier", c.ForceTier, SUPERVISOR, tier=3, reason="press")
    assert ((await case.view()).tier, (await case.task()).team) == (3, "management")
    await case.ask("force_tier", c.ForceTier, SUPERVISOR, tier=1, reason="calm again")
    assert ((await case.view()).tier, (await case.clock(TIER)).budget) == (1, 1_800_000)


async def test_changed_priority_keeps_what_was_consumed(world: World) -> None:
    case = await world.open()
    await case.forward(10 * MINUTE)
    await case.ask("change_priority", r.ChangePriority, SUPERVISOR, priority="high", reason="minister's aunt")
    clock = await case.clock(TIER)
    assert clock.budget == 900_000
    assert 4 * 60_000 <= clock.left <= 5 * 60_000
    with refused("invalid_input"):
        await case.ask("change_priority", r.ChangePriority, SUPERVISOR, priority="extreme", reason="?")
    await case.forward(6 * MINUTE)
    assert (await case.view()).tier == 2


async def test_adopted_policy_moves_open_clocks_and_keeps_what_was_consumed(
    changed: Callable[..., Policy], world: World
) -> None:
    case = await world.open()
    await case.forward(HOUR)
    faster = changed("faster", status_update={"every": 7_200_000})
    version = await world.publish(faster)
    with refused("policy_unknown"):
        await case.ask("adopt_policy", r.AdoptPolicy, SUPERVISOR, policy="faster@000000000000", reason="?")
    await case.ask("adopt_policy", r.AdoptPolicy, SUPERVISOR, policy=version, reason="new promise")
    clock = await case.clock(ClockKind.STATUS_UPDATE)
    assert (clock.budget, clock.why[-1].policy) == (7_200_000, version)
    before = len(await case.letters())
    await case.forward(3 * HOUR)
    assert len(await case.letters()) > before


async def test_every_act_is_on_the_timeline_with_who_and_why(world: World) -> None:
    case = await world.open(Channel.CHAT)
    await case.ask("change_priority", r.ChangePriority, SUPERVISOR, priority="high", reason="angry on the phone")
    entry = next(entry for entry in await world.service.timeline(case.case_id) if entry.what == "priority_changed")
    assert (entry.by, entry.facts["reason"]) == (SUPERVISOR.id, "angry on the phone")


async def test_clock_tells_why_it_stands_where_it_stands(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.reply(await_answer=True)
    await case.forward(DAY)
    await case.ask("customer_reply", r.CustomerReply, case.customer, text="here")
    why = (await case.clock(TIER)).why
    assert [event.what for event in why] == ["started", "paused", "resumed"]
    assert why[1].cause == "the case is waiting for customer"
    assert all(event.policy.startswith("charter@") and event.calendar == "always" for event in why)
