"""The other server for tests, the Java one with a single global clock: the same worker runs a complaint there too."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from domain.policy import Policy
from runtime.connection import INDEXED_TYPES
from runtime.plugin import duecourse_plugin
from runtime.search_attributes import ALL
from tests.world import EXPERT, running_world


async def test_complaint_climbs_and_is_resolved_on_the_java_server(charter: Policy, tmp_path: Path) -> None:
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(Path(sys.executable).parent / "temporal-test-server"),
        plugins=[duecourse_plugin()],
    )
    home = tmp_path / "java"
    home.mkdir()
    async with env:
        # This server can add search attributes but not list them.
        await env.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace="default", search_attributes={name: INDEXED_TYPES[kind] for name, kind in ALL.items()}
            )
        )
        async with running_world(env, home, charter) as world:
            case = await world.open()
            await env.sleep(timedelta(minutes=31))
            assert (await case.view()).tier == 2
            before = len(await case.letters())
            await env.sleep(timedelta(hours=9))
            assert len(await case.letters()) >= before + 2
            await case.claim(EXPERT)
            await case.solve(EXPERT)
            await case.accept()
            await case.summarise(EXPERT)
            assert (await case.handle.result())["outcome"] == "accepted"
