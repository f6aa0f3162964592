"""Three tiers in the charter's real durations: 30 minutes, 24 hours, 48 hours."""

from __future__ import annotations

from datetime import timedelta

from domain import messages as m
from domain import requests as r
from domain.complaint import messages as c
from domain.people import Channel
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.tasks import TaskState
from tests.world import AGENT, CALLED, DAY, EXPERT, HOUR, MANAGER, MINUTE, SUPERVISOR, World, member_of, refused


async def test_complaint_resolved_at_tier_1_is_closed_and_its_clocks_are_met(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.reply()
    await case.forward(10 * MINUTE)
    await case.solve()
    await case.accept()
    await case.summarise()
    result = await case.handle.result()
    view = await case.view()
    assert (result["status"], result["outcome"], result["tier"]) == ("closed", "accepted", 1)
    assert (await case.clock(ClockKind.TIER)).state is ClockState.MET
    assert (await case.clock(ClockKind.FIRST_RESPONSE)).state is ClockState.MET
    assert not view.breached
    assert [letter.subject.split(":")[0] for letter in await case.letters()]
    assert "summarise_recorded" in await case.story()


async def test_tier_1_hands_over_after_30_minutes(world: World) -> None:
    case = await world.open()
    await case.forward(20 * MINUTE)
    await case.claim()
    await case.forward(9 * MINUTE)
    assert (await case.view()).tier == 1
    await case.forward(MINUTE + timedelta(seconds=1))
    view = await case.view()
    assert (view.tier, view.team, view.breached) == (2, "specialists", True)
    old, new = [task for task in view.tasks if task.kind == "resolve_complaint"]
    assert (old.state, new.state, new.team) == (TaskState.OBSOLETE, TaskState.READY, "specialists")
    assert new.brief["former_owner"] == AGENT.id


async def test_tier_2_hands_over_after_24_hours_and_tier_3_alarms_after_48(world: World) -> None:
    case = await world.open()
    await case.forward(30 * MINUTE + timedelta(seconds=1))
    await case.forward(DAY - MINUTE)
    assert (await case.view()).tier == 2
    await case.forward(2 * MINUTE)
    assert (await case.view()).tier == 3
    await case.forward(2 * DAY - 4 * MINUTE)
    assert (await case.clock(ClockKind.TIER)).state is ClockState.RUNNING
    await case.forward(8 * MINUTE)
    view = await case.view()
    assert view.tier == 3
    assert (await case.clock(ClockKind.TIER)).state is ClockState.BREACHED
    assert [task.team for task in view.tasks if task.state is TaskState.READY] == ["management"]
    assert any("top tier" in notice.items for notice in await case.notices("alarm"))


async def test_expert_team_is_warned_when_nobody_claims_within_1_hour(world: World) -> None:
    case = await world.open()
    await case.forward(30 * MINUTE + timedelta(seconds=1))
    await case.forward(50 * MINUTE)
    assert (await case.clock(ClockKind.TASK_CLAIM)).state is ClockState.RUNNING
    await case.forward(11 * MINUTE)
    assert (await case.clock(ClockKind.TASK_CLAIM)).state is ClockState.BREACHED


async def test_agent_who_cannot_resolve_it_sends_it_up(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="needs a laboratory")
    view = await case.view()
    assert (view.tier, view.breached) == (2, False)
    assert (await case.clock(ClockKind.TIER)).budget == 24 * 3_600_000
    escalated = [letter for letter in await case.letters() if "specialist" in letter.body]
    assert len(escalated) == 1


async def test_found_sensitive_it_climbs_and_is_followed_up_later(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="a child was hurt", sensitive=True)
    facts = (await case.view()).facts
    assert (facts["sensitive"], facts["important"]) == (True, True)


async def test_dissatisfied_customer_gets_the_next_tier(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.solve(solution="A voucher")
    await case.reject()
    view = await case.view()
    assert (view.status, view.tier) == ("in_progress", 2)
    assert (await case.task()).brief["tried"] == "A voucher"


async def test_fraud_starts_at_tier_2_and_injury_at_tier_3(world: World) -> None:
    fraud = await world.open(subject="Identity theft on my account")
    injury = await world.open(subject="The kettle exploded", description="My hand was injured")
    assert ((await fraud.view()).tier, (await injury.view()).tier) == (2, 3)


async def test_crisis_level_3_on_social_media_starts_at_the_top(world: World) -> None:
    case = await world.open(Channel.SOCIAL, crisis_level=3)
    view = await case.view()
    assert (view.tier, view.facts["severity"]) == (3, "critical")


async def test_vip_is_handled_in_half_the_time(world: World) -> None:
    case = await world.open(customer=await world.customer(vip=True))
    view = await case.view()
    assert (view.priority, view.team) == ("high", "vip")
    assert (await case.clock(ClockKind.TIER)).budget == 15 * 60_000
    await case.forward(15 * MINUTE + timedelta(seconds=1))
    assert (await case.view()).tier == 2
    assert (await case.clock(ClockKind.TIER)).budget == 12 * 3_600_000


async def test_tier_time_pauses_while_the_customer_has_the_word(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.forward(10 * MINUTE)
    await case.reply(text="Which model is it?", await_answer=True)
    await case.forward(5 * HOUR)
    clock = await case.clock(ClockKind.TIER)
    assert (clock.state, (await case.view()).tier) == (ClockState.PAUSED, 1)
    assert 10 * 60_000 <= clock.consumed < 11 * 60_000
    await case.ask("customer_reply", r.CustomerReply, case.customer, text="The blue one")
    await case.forward(21 * MINUTE)
    assert (await case.view()).tier == 2


async def test_top_tier_asks_departments_and_ends_with_a_root_cause(world: World) -> None:
    case = await world.open(subject="The kettle caught fire")
    await case.claim(MANAGER)
    questions = [{"team": "warehouse", "question": "Which batch?"}, {"team": "legal", "question": "Are we liable?"}]
    await case.ask("ask_departments", c.AskDepartments, MANAGER, questions=questions)
    assert (await case.view()).status == "waiting_for_department"
    for team in ("legal", "warehouse"):
        task = next(task for task in (await case.view()).tasks if task.team == team)
        member = member_of(team)
        await case.ask("claim_task", m.ClaimTask, member, task_id=task.id)
        await case.ask("complete_task", m.CompleteTask, member, task_id=task.id, form={"answer": "see file"})
    assert (await case.view()).status == "in_progress"
    await case.solve(MANAGER)
    await case.accept()
    await case.summarise(MANAGER)
    assert (await case.view()).status == "summarising"
    await case.claim(MANAGER, "root_cause")
    await case.complete(
        MANAGER,
        "root_cause",
        root_cause="A bad thermostat",
        preventive_measure="Test every batch",
        measure_owner="quality-03",
        measure_due="2026-12-31",
    )
    view = await case.view()
    assert view.status == "following_up"
    assert "root_cause_recorded" in await case.story()


async def test_below_the_top_only_one_department_is_asked_at_a_time(world: World) -> None:
    case = await world.open()
    await case.claim()
    two = [{"team": "warehouse", "question": "a"}, {"team": "legal", "question": "b"}]
    with refused("limit_exceeded"):
        await case.ask("ask_departments", c.AskDepartments, AGENT, questions=two)
    await case.ask("ask_departments", c.AskDepartments, AGENT, questions=two[:1])
    task = await case.task("department_answer")
    assert task.due is not None
    await case.ask("skip_task", m.SkipTask, SUPERVISOR, task_id=task.id, reason="found out myself")
    assert (await case.view()).status == "in_progress"


async def test_lesson_14_escalation_carries_everything_said_tried_and_drafted(world: World) -> None:
    case = await world.open(Channel.PHONE)
    task = await case.claim(CALLED)
    await case.reply(CALLED, "I am looking into it.")
    await case.ask("save_draft", m.SaveDraft, CALLED, task_id=task.id, draft="Dear customer, we found")
    await case.ask("add_note", r.AddNote, CALLED, text="The customer is a teacher")
    await case.forward(31 * MINUTE)
    new = await case.task()
    assert (new.team, new.draft, new.owner) == ("specialists", "Dear customer, we found", None)
    told = [notice for notice in await case.notices("handover") if notice.recipient == CALLED.id]
    assert "tier 1 ran out" in told[0].items
    assert any(entry.text == "The customer is a teacher" for entry in await world.service.timeline(case.case_id))
    await case.claim(EXPERT)
    assert (await case.task()).owner == EXPERT.id
