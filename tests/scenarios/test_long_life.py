"""Cases that live long: bounded histories, and everything remembered across runs."""

from __future__ import annotations

from itertools import pairwise

from temporalio.client import WorkflowHandle

from domain.complaint import messages as c
from tests.world import AGENT, DAY, SUPERVISOR, OpenCase, World, refused


async def runs_of(case: OpenCase) -> list[int]:
    """Number of history events of each run, oldest first."""
    lengths = []
    async for execution in case.world.client.list_workflows(f"WorkflowId = '{case.case_id}'"):
        handle: WorkflowHandle[object, object] = case.world.client.get_workflow_handle(
            case.case_id, run_id=execution.run_id
        )
        lengths.append(len((await handle.fetch_history()).events))
    return lengths[::-1]


async def test_case_of_a_month_continues_as_new_and_forgets_nothing(world: World) -> None:
    case = await world.open()
    await case.claim()
    first = await case.ask("reply", c.Reply, AGENT, text="What size is it?", await_answer=True, request_id="first")
    for _ in range(4):
        await case.forward(6 * DAY)
        await case.ask("customer_reply", c.CustomerReply, case.customer, text="still looking")
        await case.ask("reply", c.Reply, SUPERVISOR, text="And now?", await_answer=True)
    lengths = await runs_of(case)
    assert len(lengths) >= 2
    assert max(lengths) < 2_000
    assert (
        await case.ask("reply", c.Reply, AGENT, text="What size is it?", await_answer=True, request_id="first") == first
    )
    with refused("request_id_reused"):
        await case.ask("reply", c.Reply, AGENT, text="Something else", request_id="first")
    entries = await world.service.timeline(case.case_id)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].what == "received"
    deliveries = [entry.at for entry in entries if entry.what == "message_delivered"]
    gaps = [later - earlier for earlier, later in pairwise(deliveries)]
    assert max(gaps) <= 4 * 3_600_000
