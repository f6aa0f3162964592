"""After a downtime: passed steps run in order, the customer gets one message, the record says late by system."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from domain import messages as m
from domain.errors import CaseError
from domain.messages import CaseView
from runtime.plugin import duecourse_plugin
from starter.policies.publish import publishable
from starter.refusals import UnavailableError
from tests.world import AGENT, OpenCase, World, running_world
from worker import running_worker
from workflows.complaint import ComplaintWorkflow


@pytest.fixture
async def fast_world(virtual_time: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[World]:
    """A world in which a second of the real clock is an hour of the charter's."""
    home = tmp_path / "fast"
    home.mkdir()
    async with running_world(virtual_time, home, publishable("rehearsal", pace=60).policy) as world:
        yield world


async def settled(world: World, case_id: str, tier: int = 2) -> CaseView:
    """The case once its worker has caught up."""
    for _ in range(100):
        with suppress(UnavailableError):
            view = await world.service.snapshot(case_id)
            if view.tier == tier:
                return view
        await asyncio.sleep(0.1)
    raise AssertionError("the case did not catch up")


async def test_lesson_10_passed_steps_run_in_order_with_one_message_and_are_late_by_system(fast_world: World) -> None:
    """Tier 1 (2 s) and a 4-hour update (4 s) both pass while no worker runs."""
    world = fast_world
    case = await world.open()
    before = len(await case.letters())
    await world.stop_worker()
    await asyncio.sleep(9)
    async with running_worker(world.settings, world.client):
        await settled(world, case.case_id)
        await case.quiet()
        letters = await case.letters()
        assert len(letters) == before + 1
        entries = await world.service.timeline(case.case_id)
        late = [entry for entry in entries if entry.what == "late_by_system"]
        dues = [entry.facts["due"] for entry in late]
        assert late
        assert dues == sorted(dues, key=lambda due: int(due or 0))
        assert {entry.facts["step"] for entry in late} >= {"escalate", "breach"}
        told = [entry.what for entry in entries]
        assert told.count("handed_over") == 1
        assert (await case.clock("tier")).state == "running"
        assert AGENT.id not in [entry.by for entry in entries]


async def query_meets_the_worker(world: World, cases: list[OpenCase], *, tier: int = 2, after: float = 3) -> None:
    """A timer fires and a query waits while no worker is there; then both reach one that starts. All must replay."""
    waiting = [asyncio.create_task(world.service.snapshot(case.case_id)) for case in cases]
    await asyncio.sleep(after)
    async with running_worker(world.settings, world.client):
        await asyncio.gather(*waiting, return_exceptions=True)
        for case in cases:
            await settled(world, case.case_id, tier)
            await case.quiet()
    replayer = Replayer(workflows=[ComplaintWorkflow], plugins=[duecourse_plugin()])
    for case in cases:
        await replayer.replay_workflow(await case.handle.fetch_history())


async def test_query_that_waited_for_the_worker_leads_no_case_astray(fast_world: World) -> None:
    """It brings the events of the downtime before their workflow task, and so without their time (temporalio 1.35)."""
    cases = [await fast_world.open() for _ in range(5)]
    await fast_world.stop_worker()
    await query_meets_the_worker(fast_world, cases)


async def test_query_leads_no_case_astray_after_a_task_in_which_nothing_moved(fast_world: World) -> None:
    """That task's time is the one at which the SDK works through what the query brings."""
    cases = [await fast_world.open() for _ in range(10)]
    for case in cases:
        await case.handle.signal("nobody_listens")
    await asyncio.sleep(0.5)
    await fast_world.stop_worker()
    await query_meets_the_worker(fast_world, cases)


async def test_query_leads_no_case_astray_after_a_task_that_a_replay_does_not_see(
    virtual_time: WorkflowEnvironment, tmp_path: Path
) -> None:
    """A refused request that waited for a worker leaves such a task: it is in the history and does nothing."""
    home = tmp_path / "unhurried"
    home.mkdir()
    async with running_world(virtual_time, home, publishable("rehearsal", pace=1).policy) as world:
        cases = [await world.open() for _ in range(10)]
        await world.stop_worker()
        asking = [
            asyncio.create_task(case.ask("complete_task", m.CompleteTask, AGENT, task_id="T1", form={}))
            for case in cases
        ]
        await asyncio.sleep(5.5)
        async with running_worker(world.settings, world.client):
            refused = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(error, CaseError) for error in refused)
        # Tier 1 is reminded of 15 s after the opening: not before the request is refused, but before a worker is back.
        await query_meets_the_worker(world, cases, tier=1, after=10)
