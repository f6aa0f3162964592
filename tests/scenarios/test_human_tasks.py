"""Human tasks with the verbs of WS-HumanTask: who may do what, and what a refusal says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from activities.notifications.port import (
    Delivered,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    MessageAdapter,
    Settlement,
)
from domain import errors
from domain import messages as m
from domain.complaint import messages as c
from domain.people import Actor, DeliveryChannel, Role
from domain.policy import Policy
from domain.tasks import TaskState
from domain.worked_case import CHECK_DELIVERY
from starter.feed import Feed
from starter.wiring import Adapters
from tests.histories.recording import record
from tests.world import AGENT, CALLED, COLLEAGUE, EXPERT, HOUR, MINUTE, SUPERVISOR, World, refused


async def test_lesson_8_two_agents_claim_at_once_and_exactly_one_gets_it(world: World) -> None:
    case = await world.open()
    task = await case.task()

    async def attempt(agent: Actor) -> errors.CaseError | str | None:
        try:
            answer = await case.ask("claim_task", m.ClaimTask, agent, task_id=task.id, request_id=f"claim-{agent.id}")
        except errors.CaseError as refusal:
            return refusal
        return answer.owner

    told = await asyncio.gather(*(attempt(agent) for agent in (AGENT, COLLEAGUE)))
    winner = (await case.task()).owner
    (loser,) = [said for said in told if said != winner]
    assert winner in told
    assert isinstance(loser, errors.TaskAlreadyClaimedError)
    assert (loser.details["owner"], type(loser.details["since"])) == (winner, int)


async def test_only_members_of_the_team_may_claim(world: World) -> None:
    case = await world.open()
    with refused("not_eligible"):
        await case.claim(CALLED)
    with refused("not_allowed"):
        await case.claim(case.customer)
    with refused("not_allowed"):
        await case.claim(Actor(id="auditor-01", role=Role.AUDITOR, teams=("online",)))


async def test_released_task_is_free_for_the_next_with_its_draft(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    await case.ask("save_draft", m.SaveDraft, AGENT, task_id=task.id, draft="half a letter")
    with refused("task_not_yours"):
        await case.ask("release_task", m.ReleaseTask, COLLEAGUE, task_id=task.id)
    await case.ask("release_task", m.ReleaseTask, AGENT, task_id=task.id)
    again = await case.claim(COLLEAGUE)
    assert (again.owner, again.draft) == (COLLEAGUE.id, "half a letter")


async def test_start_claims_and_a_started_task_does_not_go_idle(world: World) -> None:
    case = await world.open()
    task = await case.task()
    await case.ask("start_task", m.StartTask, AGENT, task_id=task.id)
    await case.forward(20 * MINUTE)
    started = await case.task()
    assert (started.state, started.owner) == (TaskState.IN_PROGRESS, AGENT.id)
    with refused("task_not_yours"):
        await case.ask("start_task", m.StartTask, COLLEAGUE, task_id=task.id)


async def test_claim_that_lies_idle_returns_to_the_pool_and_its_owner_is_told(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.forward(16 * MINUTE)
    task = await case.task()
    assert (task.state, task.owner) == (TaskState.READY, None)
    assert [notice.recipient for notice in await case.notices("handover")] == [AGENT.id]


async def test_delegate_hands_to_one_other_eligible_person(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    with refused("not_eligible"):
        await case.ask("delegate_task", m.DelegateTask, AGENT, task_id=task.id, to=CALLED, reason="lunch")
    await case.ask("delegate_task", m.DelegateTask, AGENT, task_id=task.id, to=COLLEAGUE, reason="lunch")
    assert (await case.task()).owner == COLLEAGUE.id


async def test_forward_moves_a_task_to_another_teams_queue(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    with refused("invalid_input") as said:
        await case.ask("forward_task", m.ForwardTask, AGENT, task_id=task.id, team="nowhere", reason="wrong desk")
    assert said[0].details["field"] == "team"
    await case.ask("forward_task", m.ForwardTask, AGENT, task_id=task.id, team="phone", reason="wants a call")
    assert (await case.claim(CALLED)).owner == CALLED.id


async def test_nominate_restricts_a_task_and_a_single_nominee_owns_it(world: World) -> None:
    case = await world.open()
    task = await case.task()
    with refused("not_allowed"):
        await case.ask("nominate_task", m.NominateTask, AGENT, task_id=task.id, people=[AGENT], reason="mine")
    await case.ask(
        "nominate_task", m.NominateTask, SUPERVISOR, task_id=task.id, people=[COLLEAGUE], reason="knows the customer"
    )
    assert (await case.task()).owner == COLLEAGUE.id
    await case.ask("release_task", m.ReleaseTask, COLLEAGUE, task_id=task.id)
    with refused("not_eligible"):
        await case.claim(AGENT)


async def test_suspended_task_pauses_its_own_clocks_and_resumes_where_it_was(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.ask("escalate", c.Escalate, AGENT, reason="complex")
    task = await case.task()
    await case.ask("suspend_task", m.SuspendTask, SUPERVISOR, task_id=task.id, reason="fire drill")
    await case.forward(3 * HOUR)
    assert not [clock for clock in (await case.view()).clocks if clock.task == task.id and clock.state == "breached"]
    with refused("task_state") as said:
        await case.claim(EXPERT)
    assert "resume" in str(said[0].details["possible"])
    await case.ask("resume_task", m.ResumeTask, SUPERVISOR, task_id=task.id)
    assert (await case.claim(EXPERT)).owner == EXPERT.id


async def test_skip_is_for_tasks_that_allow_it_and_for_those_who_lead(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    with refused("task_state"):
        await case.ask("skip_task", m.SkipTask, SUPERVISOR, task_id=task.id, reason="no")
    await case.solve()
    await case.accept()
    summary = await case.task("summarise")
    with refused("not_allowed"):
        await case.ask("skip_task", m.SkipTask, AGENT, task_id=summary.id, reason="busy")
    await case.ask("skip_task", m.SkipTask, SUPERVISOR, task_id=summary.id, reason="trivial")
    assert (await case.view()).status == "closed"


async def test_form_is_checked_field_by_field(world: World) -> None:
    case = await world.open()
    await case.claim()
    with refused("form_invalid") as said:
        await case.complete(AGENT, "resolve_complaint", solution="", goodwill={"minor": -1, "currency": "yuan"})
    fields = {fault["field"] for fault in said[0].details["fields"]}  # type: ignore[attr-defined]
    assert fields == {"solution", "goodwill.minor", "goodwill.currency"}
    assert (await case.task()).state is not TaskState.COMPLETED


async def test_lesson_7_excluded_owner_loses_the_task_and_nobody_left_raises_an_alarm(world: World) -> None:
    case = await world.open()
    task = await case.claim()
    people = [f"online-{number:02d}" for number in range(1, 26)]
    await case.ask("exclude_owner", m.ExcludeOwner, SUPERVISOR, task_id=task.id, person=AGENT.id, reason="related")
    with refused("not_eligible"):
        await case.claim()
    for person in people[1:]:
        await case.ask("exclude_owner", m.ExcludeOwner, SUPERVISOR, task_id=task.id, person=person, reason="related")
    alarms = await case.notices("alarm")
    assert [notice.recipient for notice in alarms] == ["team:supervisors"]
    assert "nobody is eligible" in alarms[0].items


async def test_goodwill_above_the_limit_needs_four_eyes(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.solve(solution="Money back", goodwill={"minor": 30_000, "currency": "CNY"})
    view = await case.view()
    assert (view.status, view.facts["doing"]) == ("in_progress", "awaiting_approval")
    approval = await case.task("approve_goodwill")
    assert AGENT.id not in approval.eligible
    await case.claim(SUPERVISOR, "approve_goodwill")
    await case.complete(SUPERVISOR, "approve_goodwill", approved=True, remarks="fair")
    assert (await case.view()).status == "solution_offered"
    await case.accept()
    await case.quiet()
    assert [row.minor for row in await case.compensations()] == [30_000]


async def test_refused_goodwill_returns_the_work_to_its_agent(world: World) -> None:
    case = await world.open()
    await case.claim()
    await case.solve(solution="Money back", goodwill={"minor": 30_000, "currency": "CNY"})
    await case.claim(SUPERVISOR, "approve_goodwill")
    await case.complete(SUPERVISOR, "approve_goodwill", approved=False, remarks="too much")
    task = await case.task()
    assert (task.owner, task.draft) == (AGENT.id, "Money back")


async def test_unknown_task_is_refused_with_the_ids_there_are(world: World) -> None:
    case = await world.open()
    with refused("task_not_found") as said:
        await case.ask("claim_task", m.ClaimTask, AGENT, task_id="T99")
    assert said[0].details["active"] == ["T1"]


class LostAnswers:
    """Delivers what is automatic; of a person's words nobody can tell whether they arrived."""

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        await hand_over()
        if not envelope.automatic:
            raise DeliveryUnknownError("the answer was lost")
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        del envelope
        return Settlement.UNKNOWN


class LosingAdapters(Adapters):
    """Everything goes the way on which answers are lost."""

    def by_channel(self) -> dict[DeliveryChannel, MessageAdapter]:
        return dict.fromkeys(DeliveryChannel, LostAnswers())


async def test_what_a_person_finds_out_about_a_message_is_on_record(
    charter: Policy, own_world: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    async with own_world(charter, plug=LosingAdapters) as world:
        case = await world.open()
        await case.claim()
        await case.reply(text="It is on its way.")
        await case.quiet()
        await case.claim(SUPERVISOR, CHECK_DELIVERY)
        await case.complete(SUPERVISOR, CHECK_DELIVERY, arrived=True, how_known="asked the customer")
        await case.quiet()
        unknown = [letter for letter in await Feed(world.engine).letters(case.case_id) if letter.state == "unknown"]
        assert [(one.check.arrived, one.check.by, one.check.how) for one in unknown if one.check] == [
            (True, SUPERVISOR.id, "asked the customer")
        ]
        await record(request.node.name, world)
