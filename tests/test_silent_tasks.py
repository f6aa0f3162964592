"""Two workflow tasks without commands, then an update on another worker: the SDK's fault, and that ours gets round it.

The first of these tests fails when the SDK no longer has the fault. Then `runtime.wary_runner` need not break silences.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from runtime.plugin import duecourse_plugin
from runtime.wary_runner import SIGN_OF_LIFE
from starter.temporal_binary import temporal_executable

LATER = 1.5
"""Seconds between the last signal and the update; the workflow below thinks one second long."""


@workflow.defn
class Noted:
    """Notes when it was told something, and sends another command when the update comes a second or more after that."""

    def __init__(self) -> None:
        self._noted = 0.0
        self._over = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._over)

    @workflow.signal
    def note(self) -> None:
        self._noted = workflow.time()

    @workflow.update
    def go_on(self) -> None:
        if workflow.time() - self._noted < 1:
            workflow.upsert_memo({"soon": True})
        else:
            self._timer = asyncio.create_task(asyncio.sleep(60))

    @workflow.update
    def finish(self) -> None:
        self._over = True


async def told_twice_then_asked_of_another_worker(env: WorkflowEnvironment, runner: WorkflowRunner) -> WorkflowHistory:
    queue = f"queue-{uuid4()}"

    def worker() -> Worker:
        return Worker(env.client, task_queue=queue, workflows=[Noted], workflow_runner=runner)

    async with worker():
        handle = await env.client.start_workflow(Noted.run, id=f"noted-{uuid4()}", task_queue=queue)
        for done in (1, 2):
            await tasks_done(handle, done)
            await handle.signal(Noted.note)
        await tasks_done(handle, 3)
    await asyncio.sleep(LATER)
    async with worker():
        await handle.execute_update(Noted.go_on)
        history = await handle.fetch_history()
        await handle.terminate()
    return history


async def tasks_done(handle: WorkflowHandle[Noted, None], count: int) -> None:
    """Wait until so many workflow tasks are complete."""
    while True:
        events = (await handle.fetch_history()).events
        if sum(event.HasField("workflow_task_completed_event_attributes") for event in events) >= count:
            return
        await asyncio.sleep(0.05)


async def replay(history: WorkflowHistory, runner: WorkflowRunner) -> Exception | None:
    replayer = Replayer(workflows=[Noted], workflow_runner=runner)
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


def wary() -> WorkflowRunner:
    make = duecourse_plugin().workflow_runner
    assert callable(make)
    runner: WorkflowRunner = make(None)
    return runner


@pytest.mark.parametrize(
    ("runner", "replays", "memo"),
    [(UnsandboxedWorkflowRunner, False, [["soon"]]), (wary, True, [[SIGN_OF_LIFE]])],
)
async def test_update_after_two_silent_tasks_is_replayed_as_it_was(
    runner: Callable[[], WorkflowRunner], replays: bool, memo: list[list[str]]
) -> None:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_executable(), dev_server_log_level="error"
    ) as env:
        history = await told_twice_then_asked_of_another_worker(env, runner())
        failure = await replay(history, runner())
    assert (failure is None) is replays, failure
    assert [list(fields) for fields in memos(history)] == memo


def memos(history: WorkflowHistory) -> list[Mapping[str, Payload]]:
    return [
        event.workflow_properties_modified_event_attributes.upserted_memo.fields
        for event in history.events
        if event.HasField("workflow_properties_modified_event_attributes")
    ]
