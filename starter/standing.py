"""What stands beside the cases of an installation: the relay of events, and the schedule that finds what it missed."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import WorkflowIDConflictPolicy

from workflows.events import EventRelayWorkflow, ReconcileWorkflow


async def keep_standing(client: Client, task_queue: str, *, reconcile_every: timedelta) -> None:
    """Start the relay and the schedule unless they stand already; every worker does this when it starts.

    Raises:
        RPCError: Temporal does not answer.
    """
    # Two installations may share a namespace, so the queue is part of the ids.
    await client.start_workflow(
        EventRelayWorkflow.run,
        id=f"event-relay:{task_queue}",
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Tells the events of shop and carrier to cases",
    )
    await _keep_schedule(client, f"reconcile:{task_queue}", _comparing(task_queue, reconcile_every))


async def _keep_schedule(client: Client, schedule_id: str, schedule: Schedule) -> None:
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(lambda known: _with_spec(known, schedule))


def _with_spec(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate | None:
    present = known.description.schedule
    if present.spec.intervals == wanted.spec.intervals:
        return None
    # Whether somebody has paused it stays as it is.
    present.spec = wanted.spec
    return ScheduleUpdate(present)


def _comparing(task_queue: str, every: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ReconcileWorkflow.run,
            id=f"reconcile:{task_queue}",
            task_queue=task_queue,
            static_summary="Finds what cases have missed",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        # One that is still busy is not overtaken, and after a downtime one comparison finds everything.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )
