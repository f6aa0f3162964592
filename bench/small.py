"""What one complaint costs: tier 1 from start to end, an open case in memory, twelve hours of waiting."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from activities.clock import wall_clock
from bench.bare import BareUpdatesWorkflow
from bench.billing import cost_of
from bench.ground import Ground
from bench.programs import BARE, OURS
from bench.ratios import Figure
from bench.tier1 import Tier1, opening, quiet
from bench.virtual import BARE_QUEUE, virtual_ground
from domain import messages as m
from domain.complaint.messages import ComplaintInput
from domain.complaint.state import ComplaintStart
from domain.people import Actor, Role
from domain.policy import Policy
from domain.requests import Reply
from domain.sla.spans import HOUR

FRESH = 1_000_000
"""References from here on are new to a store in which other cases have been measured."""

MANAGER = Actor(id="manager-01", role=Role.LEAD, teams=("management",))


@asynccontextmanager
async def both_workers(ground: Ground, **settings: str) -> AsyncIterator[dict[str, Any]]:
    """A worker of ours and one of the bare workflows."""
    workers = {"ours": ground.worker(OURS, **settings), "bare": ground.worker(BARE, **settings)}
    try:
        for worker in workers.values():
            await worker.ready()
        yield workers
    finally:
        for worker in workers.values():
            worker.stop()


async def tier1_costs(ground: Ground) -> list[Figure]:
    """Actions, events and bytes of a complaint of tier 1, each message out before the next thing is asked."""
    costs = {}
    for kind in ("ours", "bare"):
        tier1 = Tier1(ground, kind)
        handle = await tier1.open()
        await quiet(handle)
        await tier1.resolve(handle, settle=True)
        costs[kind] = cost_of((await handle.fetch_history()).events)
    ours, bare = costs["ours"], costs["bare"]
    return [
        Figure("complaint_tier1_actions", ours.actions, bare.actions, "billable actions a case", 1.5),
        Figure("complaint_tier1_events", ours.events, bare.events, "history events a case", 1.5),
        Figure("complaint_tier1_bytes", ours.size, bare.size, "history bytes a case"),
    ]


async def tier1_throughput(ground: Ground, rounds: int, cases: int, in_flight: int) -> Figure:
    """Cases a second, in rounds taken in turn so that the machine's drift hits both alike; the medians are compared."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    runners = {kind: Tier1(ground, kind) for kind in rates}
    for runner in runners.values():
        await runner.run(in_flight, in_flight)
    for number in range(rounds):
        for kind in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
            rates[kind].append(await runners[kind].run(cases, in_flight))
    ours, bare = median(rates["ours"]), median(rates["bare"])
    return Figure("complaint_tier1_throughput", ours, bare, "cases a second", 0.7, at_least=True)


async def open_memory(ground: Ground, workers: dict[str, Any], cases: int) -> Figure:
    """Resident memory of a worker for each open case, over what it had before."""
    held = {}
    for kind, worker in workers.items():
        tier1 = Tier1(ground, kind, numbers=itertools.count(FRESH))
        # The first cases fill what a worker holds anyway.
        for handle in await asyncio.gather(*(tier1.open() for _ in range(cases // 4))):
            await quiet(handle)
        before = worker.memory()
        handles = await asyncio.gather(*(tier1.open() for _ in range(cases)))
        for handle in handles:
            await quiet(handle)
        held[kind] = (worker.memory() - before) / cases / 1024
    return Figure("complaint_open_memory", held["ours"], held["bare"], "KiB of a worker for each open case")


async def waiting_12h(policy: Policy) -> list[Figure]:
    """Twelve hours in which nobody does anything, at tier 3, beside three bare status updates.

    They begin an hour after the last word, when the wake that was set before it has rung.
    """
    async with virtual_ground(policy) as world:
        service = world.service
        fire = opening("waiting").model_copy(update={"subject": "The kettle caught fire"})
        opened = await service.open_complaint(fire)
        ours: WorkflowHandle[Any, Any] = world.client.get_workflow_handle(opened.case_id)
        await quiet(ours)
        await service.act(opened.case_id, "start_task", m.StartTask(request_id="s", actor=MANAGER, task_id="T1"))
        await service.act(opened.case_id, "reply", Reply(request_id="r", actor=MANAGER, text="I have it."))
        await quiet(ours)
        await world.env.fast_forward(ours, HOUR / 1000)
        new = opening("bare")
        complaint = ComplaintInput(
            case_id="B-waiting", policy=policy.version, arrived_at=wall_clock(), **new.model_dump()
        )
        bare = await world.client.start_workflow(
            BareUpdatesWorkflow.run, ComplaintStart(complaint=complaint), id="B-waiting", task_queue=BARE_QUEUE
        )
        spent = {}
        for kind, handle in (("ours", ours), ("bare", bare)):
            await quiet(handle)
            before = (await handle.fetch_history()).events
            await world.env.fast_forward(handle, 12 * HOUR / 1000)
            await quiet(handle)
            events = [
                event
                for event in (await handle.fetch_history()).events[len(before) :]
                if event.event_type not in _NOT_OURS
            ]
            spent[kind] = cost_of(events)
    return [
        Figure("waiting_12h_events", spent["ours"].events, spent["bare"].events, "history events", 1.0),
        Figure("waiting_12h_actions", spent["ours"].actions, spent["bare"].actions, "billable actions"),
    ]


_NOT_OURS = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)
"""Events that the virtual clock itself writes."""
