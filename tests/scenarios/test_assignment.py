"""Tasks of a team that pushes, on a server: given to whoever is free, begun in time or offered on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.assignment.duty_book import DutyBook
from activities.customers.named import NamedAgents
from bench.billing import actions_by_kind, cost_of
from domain import messages as m
from domain.assignment.duty import Presence
from domain.people import Actor, Role
from domain.tasks import TaskState
from starter.audit.auditor import audit_case
from tests.domain.assigning import pushing
from tests.histories.commands import commands_of
from tests.world import AGENT, COLLEAGUE, MINUTE, OpenCase, World, running_world


@pytest.fixture(scope="module")
async def shared_world(
    virtual_time: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with running_world(virtual_time, tmp_path_factory.mktemp("pushing"), pushing()) as world:
        yield world


async def come(world: World, *people: Actor, state: Presence = Presence.AVAILABLE) -> None:
    """These people say that they are there; whoever was so before is not any more."""
    book = DutyBook(world.engine)
    for person in (AGENT, COLLEAGUE):
        await book.leave(person.id)
    for person in people:
        await book.say(person.id, state)


async def facts(case: OpenCase, what: str) -> dict[str, object]:
    """What the newest such line of the timeline says."""
    entries = await case.world.service.timeline(case.case_id)
    return dict([entry.facts for entry in entries if entry.what == what][-1])


async def test_task_is_given_to_whoever_is_free_and_offered_on_when_they_do_not_begin(world: World) -> None:
    await come(world, AGENT)
    case = await world.open()
    task = await case.task()
    assert (task.owner, task.state) == (AGENT.id, TaskState.RESERVED)
    given = await facts(case, "task_assigned")
    assert (given["reason"], given["barred"], given["accept_by"]) == ("only_one", "not present 24", task.due)
    [told] = await case.notices("handover")
    assert (told.recipient, "begin within 2 min" in told.items) == (AGENT.id, True)

    await come(world, AGENT, COLLEAGUE)
    await case.forward(2 * MINUTE)
    assert (await case.task()).owner == COLLEAGUE.id
    await case.ask("start_task", m.StartTask, COLLEAGUE, task_id=task.id)
    await case.forward(5 * MINUTE)
    assert (await case.task()).owner == COLLEAGUE.id
    assert (await case.clock("assignment")).state == "met"


async def test_task_that_is_given_costs_one_activity_and_one_timer_more(world: World) -> None:
    await come(world, AGENT)
    case = await world.open()
    await case.ask("start_task", m.StartTask, AGENT, task_id="T1")
    await case.reply()
    await case.quiet()
    await case.solve()
    await case.quiet()
    await case.accept()
    await case.quiet()
    await case.summarise()
    await case.quiet()
    history = [event async for event in case.handle.fetch_history_events()]
    assert cost_of(history).actions <= 15, actions_by_kind(history)
    assert commands_of(history).count("activity assign_task") == 1
    audit = await audit_case(world.client, case.case_id, world.service.policy)
    assert audit.broken == []


async def test_where_nobody_is_free_supervisors_hear_of_it_and_the_first_who_comes_gets_it(world: World) -> None:
    await come(world, AGENT, state=Presence.BUSY)
    case = await world.open()
    [alarm] = await case.notices("alarm")
    assert "nobody is free for task T1 (Resolve the complaint) of team online: busy 1, not present 24" in alarm.items
    await come(world, COLLEAGUE)
    await case.forward(MINUTE)
    assert (await case.task()).owner == COLLEAGUE.id
    assert len(await case.notices("alarm")) == 1


async def test_what_waits_is_given_at_once_to_whoever_comes(world: World) -> None:
    await come(world)
    case = await world.open()
    assert (await case.task()).owner is None
    await come(world, AGENT)
    await world.service.colleague_came(case.case_id, "T1")
    await case.quiet()
    assert (await case.task()).owner == AGENT.id


async def test_customer_with_an_agent_of_their_own_gets_them_though_the_team_takes_from_its_queue(world: World) -> None:
    customer = await world.customer(vip=True)
    own = Actor(id="social-13", role=Role.AGENT, teams=("social", "vip"))
    await NamedAgents(world.engine).name(customer.id, own.id)
    waiting = await world.open(customer=customer)
    assert (await waiting.task()).owner is None
    assert (await facts(waiting, "named_agent_not_free"))["barred"] == "not present 1"
    assert await waiting.notices("alarm") == []

    await DutyBook(world.engine).say(own.id, Presence.AVAILABLE)
    case = await world.open(customer=customer)
    assert (await case.task()).owner == own.id
    assert (await facts(case, "task_assigned"))["reason"] == "named_agent"
