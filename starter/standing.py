"""What stands beside the cases of an installation: relays of events, and schedules that find what was missed."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import WorkflowIDConflictPolicy

from domain.figures.periods import Period
from workflows.events import EventRelayWorkflow, ReconcileWorkflow, SubscriberWorkflow
from workflows.readmodel import ReadModelCheckWorkflow
from workflows.reports import ReportWorkflow

_FIRST = (ScheduleRange(1),)
_HOUR, _MINUTE = (ScheduleRange(0),), (ScheduleRange(10),)
BEGINS: dict[Period, ScheduleCalendarSpec] = {
    Period.DAY: ScheduleCalendarSpec(hour=_HOUR, minute=_MINUTE),
    Period.WEEK: ScheduleCalendarSpec(hour=_HOUR, minute=_MINUTE, day_of_week=_FIRST),
    Period.MONTH: ScheduleCalendarSpec(hour=_HOUR, minute=_MINUTE, day_of_month=_FIRST),
    Period.QUARTER: ScheduleCalendarSpec(
        hour=_HOUR, minute=_MINUTE, day_of_month=_FIRST, month=(ScheduleRange(1, 12, 3),)
    ),
}
"""When the report of a period is drawn: ten minutes after it was over, when what happened last has been written."""


async def keep_standing(
    client: Client, task_queue: str, *, reconcile_every: timedelta, readmodel_check_every: timedelta, zone: str = "UTC"
) -> None:
    """Start the relays and the schedules unless they stand already; every worker does this when it starts.

    `zone` is whose days, weeks, months and quarters reports are drawn of.

    Raises:
        RPCError: Temporal does not answer.
    """
    # Two installations may share a namespace, so the queue is part of the ids.
    await _keep_relay(client, EventRelayWorkflow, f"event-relay:{task_queue}", task_queue)
    await _keep_relay(client, SubscriberWorkflow, f"subscribers:{task_queue}", task_queue)
    reconciling = ScheduleActionStartWorkflow(
        ReconcileWorkflow.run,
        id=f"reconcile:{task_queue}",
        task_queue=task_queue,
        static_summary="Finds what cases have missed",
    )
    await _keep_schedule(client, reconciling.id, _comparing(reconciling, reconcile_every))
    checking = ScheduleActionStartWorkflow(
        ReadModelCheckWorkflow.run,
        id=f"read-model-check:{task_queue}",
        task_queue=task_queue,
        static_summary="Compares the read model with the cases",
    )
    await _keep_schedule(client, checking.id, _comparing(checking, readmodel_check_every))
    for period, begins in BEGINS.items():
        await _keep_schedule(client, f"report-of-{period}:{task_queue}", _reporting(task_queue, period, begins, zone))


async def _keep_relay(
    client: Client, relay: type[EventRelayWorkflow | SubscriberWorkflow], workflow_id: str, task_queue: str
) -> None:
    await client.start_workflow(
        relay.run,
        id=workflow_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=relay.__doc__ or "",
    )


async def _keep_schedule(client: Client, schedule_id: str, schedule: Schedule) -> None:
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(schedule_id).update(lambda known: _with_spec(known, schedule))


def _with_spec(known: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate | None:
    present = known.description.schedule
    if (present.spec.intervals, present.spec.time_zone_name) == (wanted.spec.intervals, wanted.spec.time_zone_name):
        return None
    # Whether somebody has paused it stays as it is.
    present.spec = wanted.spec
    return ScheduleUpdate(present)


def _comparing(action: ScheduleActionStartWorkflow, every: timedelta) -> Schedule:
    return Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        # One that is still busy is not overtaken, and after a downtime one comparison finds everything.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    )


def _reporting(task_queue: str, period: Period, begins: ScheduleCalendarSpec, zone: str) -> Schedule:
    action = ScheduleActionStartWorkflow(
        ReportWorkflow.run,
        period,
        id=f"report-of-{period}:{task_queue}",
        task_queue=task_queue,
        static_summary=f"The report of a {period}",
    )
    return Schedule(
        action=action,
        spec=ScheduleSpec(calendars=[begins], time_zone_name=zone),
        # However long nothing ran, every report is drawn afterwards: each for the time that it was scheduled for.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=timedelta(days=400)),
    )
