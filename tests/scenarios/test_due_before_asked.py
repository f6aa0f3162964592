"""What fell due while no worker was there comes before what is asked when one is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain import messages as m
from domain import task_verbs
from domain.errors import TaskStateError
from domain.sla.spans import HOUR
from starter.policies.publish import publishable
from tests.domain.cases import opened
from tests.world import AGENT, World, running_world
from worker import running_worker
from workflows.base import CaseWorkflow
from workflows.complaint import ComplaintWorkflow


@pytest.fixture
async def fast_world(virtual_time: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[World]:
    """A world in which a second of the real clock is an hour of the charter's."""
    home = tmp_path / "due_before_asked"
    home.mkdir()
    async with running_world(virtual_time, home, publishable("rehearsal", pace=60).policy) as world:
        yield world


async def test_solution_that_comes_after_the_tiers_time_does_not_hide_that_it_ran_out(fast_world: World) -> None:
    """Timer and update reach the workflow in the same task; the clock must not be stopped before it is read."""
    world = fast_world
    case = await world.open()
    task = await case.claim()
    await case.reply()
    await world.stop_worker()
    await asyncio.sleep(2.5)
    form: dict[str, object] = {"solution": "A new one is on its way."}
    asking = asyncio.create_task(case.ask("complete_task", m.CompleteTask, AGENT, task_id=task.id, form=form))
    await asyncio.sleep(0.3)
    async with running_worker(world.settings, world.client):
        with pytest.raises(TaskStateError):
            await asking
        story = await case.story()
        view = await case.view()
    assert story.index("breached") < story.index("handed_over")
    assert "solution_offered" not in story
    assert (view.tier, view.status) == (2, "in_progress")


def test_what_fell_due_goes_out_although_the_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is busy rings a wake late: the request is there before it, and the next wake may be hours away."""
    running = opened()
    running.claim()
    workflow = ComplaintWorkflow.__new__(ComplaintWorkflow)
    CaseWorkflow.__init__(workflow)
    workflow.begin(running.case)
    monkeypatch.setattr(ComplaintWorkflow, "now", lambda _: running.now + HOUR)
    turns: list[int] = []
    monkeypatch.setattr(ComplaintWorkflow, "_turn", lambda _: turns.append(1))
    solution = m.CompleteTask(request_id="r", actor=AGENT, task_id="T1", form={"solution": "A new one."})
    with pytest.raises(ApplicationError, match="T1"):
        workflow.act_on(solution, task_verbs.complete)
    assert running.case.tier == 2
    assert turns, "the main line sleeps over what was decided"
