"""Queries that waited for a worker decide nothing, and are all answered in the end, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHandle, WorkflowHistory, WorkflowQueryFailedError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from runtime.plugin import duecourse_plugin
from starter.asking import asked
from starter.temporal_binary import temporal_executable

ROUNDS = 2
WAITING = 3
"""Queries that wait at once: when the first is refused, the next must not do what it was refused for."""
CASES = 2
"""Cases at once: whether the server hands out a query or the task first is chance."""
TRIES = 12
"""How often chance may be asked for the fault that unguarded cases have; one in two had it at the first try."""
DOWN = 1.2
"""Seconds without a worker; the workflow below thinks one second long."""


@workflow.defn
class Timed:
    """Sends another command when it is told something a second or more after it was told the last time."""

    def __init__(self) -> None:
        self._told = [workflow.time()]
        self._timers: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def tell(self) -> None:
        if workflow.time() - self._told[-1] < 1:
            workflow.upsert_memo({"soon": True})
        else:
            self._timers.append(asyncio.create_task(asyncio.sleep(600)))
        self._told.append(workflow.time())

    @workflow.query
    def times(self) -> int:
        return len(self._told) - 1


async def asked_while_nobody_was_there(env: WorkflowEnvironment, runner: WorkflowRunner) -> WorkflowHistory:
    """Tell a case something while queries and it wait for a worker, several times, with a new worker each time."""
    queue = f"queue-{uuid4()}"

    def worker() -> Worker:
        return Worker(env.client, task_queue=queue, workflows=[Timed], workflow_runner=runner)

    async with worker():
        handle = await env.client.start_workflow(
            Timed.run, id=f"timed-{uuid4()}", task_queue=queue, task_timeout=timedelta(seconds=4)
        )
        await answered(handle)
    for told in range(1, ROUNDS + 1):
        waiting = [asyncio.create_task(answered(handle)) for _ in range(WAITING)]
        await asyncio.sleep(DOWN)
        await handle.signal(Timed.tell)
        async with worker():
            await asyncio.gather(*waiting)
            assert await answered(handle) == told
    history = await handle.fetch_history()
    await handle.terminate()
    return history


async def answered(handle: WorkflowHandle[Timed, None]) -> int:
    told: int = await asked(handle, "times", int, timedelta(seconds=60))
    return told


def wary() -> WorkflowRunner:
    make = duecourse_plugin().workflow_runner
    assert callable(make)
    runner: WorkflowRunner = make(None)
    return runner


async def fault(env: WorkflowEnvironment, runner: WorkflowRunner) -> Exception | None:
    """What a query of one of several cases, or the replay of all that happened to one, ended with."""
    found = await asyncio.gather(*(fault_of_one(env, runner) for _ in range(CASES)))
    return next((one for one in found if one), None)


async def fault_of_one(env: WorkflowEnvironment, runner: WorkflowRunner) -> Exception | None:
    try:
        history = await asked_while_nobody_was_there(env, runner)
    except WorkflowQueryFailedError as error:
        return error
    replayer = Replayer(workflows=[Timed], workflow_runner=runner)
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure


@pytest.fixture
async def env() -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_executable(), dev_server_log_level="error"
    ) as started:
        yield started


async def test_queries_that_waited_with_news_change_nothing(env: WorkflowEnvironment) -> None:
    assert await fault(env, wary()) is None


async def test_without_the_guard_they_break_the_case(env: WorkflowEnvironment) -> None:
    found = None
    for _ in range(TRIES):
        if found := await fault(env, UnsandboxedWorkflowRunner()):
            break
    assert "TMPRL1100" in str(found)
