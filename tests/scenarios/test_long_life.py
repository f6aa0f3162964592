"""Cases that live long: bounded histories, and everything remembered across runs."""

from __future__ import annotations

from itertools import pairwise

from temporalio.client import WorkflowHandle

from domain import requests as r
from tests.world import AGENT, DAY, SUPERVISOR, OpenCase, World, refused


async def runs_of(case: OpenCase) -> list[WorkflowHandle[object, object]]:
    """Each run of a case, oldest first."""
    found = [run async for run in case.world.client.list_workflows(f"WorkflowId = '{case.case_id}'")]
    return [case.world.client.get_workflow_handle(case.case_id, run_id=run.run_id) for run in reversed(found)]


async def test_case_of_a_month_continues_as_new_and_forgets_nothing(world: World) -> None:
    case = await world.open()
    await case.claim()
    first = await case.ask("reply", r.Reply, AGENT, text="What size is it?", await_answer=True, request_id="first")
    for _ in range(4):
        await case.forward(6 * DAY)
        await case.ask("customer_reply", r.CustomerReply, case.customer, text="still looking")
        await case.ask("reply", r.Reply, SUPERVISOR, text="And now?", await_answer=True)
    runs = await runs_of(case)
    world.others.append(runs[0])
    lengths = [len((await run.fetch_history()).events) for run in runs]
    assert len(lengths) >= 2
    assert max(lengths) < 2_000
    assert (
        await case.ask("reply", r.Reply, AGENT, text="What size is it?", await_answer=True, request_id="first") == first
    )
    with refused("request_id_reused"):
        await case.ask("reply", r.Reply, AGENT, text="Something else", request_id="first")
    entries = await world.service.timeline(case.case_id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].what == "received"
    deliveries = [entry.at for entry in entries if entry.what == "message_delivered"]
    gaps = [later - earlier for earlier, later in pairwise(deliveries)]
    assert max(gaps) <= 4 * 3_600_000
