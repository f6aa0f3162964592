"""After a downtime: passed steps run in order, the customer gets one message, the record says late by system."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from domain.messages import CaseView
from runtime.plugin import duecourse_plugin
from starter.policies.publish import publishable
from starter.refusals import UnavailableError
from tests.world import AGENT, World, running_world
from worker import running_worker
from workflows.complaint import ComplaintWorkflow


@pytest.fixture
async def fast_world(virtual_time: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[World]:
    """A world in which a second of the real clock is an hour of the charter's."""
    home = tmp_path / "fast"
    home.mkdir()
    async with running_world(virtual_time, home, publishable("rehearsal", pace=60).policy) as world:
        yield world


async def settled(world: World, case_id: str) -> CaseView:
    """The case once its worker has caught up."""
    for _ in range(100):
        with suppress(UnavailableError):
            view = await world.service.snapshot(case_id)
            if view.tier == 2:
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


async def test_query_that_waited_for_the_worker_leads_no_case_astray(fast_world: World) -> None:
    """It brings the events of the downtime before their workflow task, and so without their time (temporalio 1.35)."""
    world = fast_world
    cases = [await world.open() for _ in range(5)]
    await world.stop_worker()
    waiting = [asyncio.create_task(world.service.snapshot(case.case_id)) for case in cases]
    await asyncio.sleep(3)
    async with running_worker(world.settings, world.client):
        await asyncio.gather(*waiting, return_exceptions=True)
        for case in cases:
            await settled(world, case.case_id)
            await case.quiet()
    replayer = Replayer(workflows=[ComplaintWorkflow], plugins=[duecourse_plugin()])
    for case in cases:
        await replayer.replay_workflow(await case.handle.fetch_history())
