"""An update that falls with its workflow task is asked again, on a real server."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from uuid import uuid4

from temporalio import workflow
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.messages import Answer, ClaimTask
from domain.people import Actor, Role
from starter.asking import acted
from starter.temporal_binary import temporal_executable

REQUEST = ClaimTask(request_id="r1", actor=Actor(id="online-01", role=Role.AGENT, teams=("online",)), task_id="T1")

calls: list[str] = []


@workflow.defn
class Ending:
    """Ends with its first update; thinks so long about it the first time that something else arrives meanwhile."""

    def __init__(self) -> None:
        self._claimed = False

    @workflow.run
    async def run(self) -> bool:
        await workflow.wait_condition(lambda: self._claimed)
        return self._claimed

    @workflow.signal
    def told(self) -> None:
        pass

    @workflow.update
    def claim_task(self, request: ClaimTask) -> Answer:
        if not calls:
            time.sleep(0.5)
        calls.append(request.request_id)
        self._claimed = True
        return Answer(case_id="C1", status="closed", at=0)


async def test_update_that_fell_with_the_last_step_of_a_case_is_asked_again() -> None:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_executable(),
        dev_server_log_level="error",
        data_converter=pydantic_data_converter,
    ) as env:
        queue = f"queue-{uuid4()}"
        async with Worker(
            env.client, task_queue=queue, workflows=[Ending], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            handle = await env.client.start_workflow(Ending.run, id=f"ending-{uuid4()}", task_queue=queue)
            asking = asyncio.create_task(acted(handle, "claim_task", REQUEST, timedelta(seconds=20)))
            await asyncio.sleep(0.25)
            await handle.signal(Ending.told)
            assert (await asking).case_id == "C1"
            assert await handle.result()
    assert calls == ["r1", "r1"]
