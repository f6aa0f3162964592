"""Reading a case's history out of Temporal: its runs, and the events of one of them, decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import DataConverter

from domain.errors import InvalidInputError
from domain.sla.spans import Instant
from starter.story.happenings import Decoded

MOST_RUNS = 100
MOST_EVENTS = 20_000
"""A run is continued as new long before."""


@dataclass(frozen=True)
class Run:
    """One run of a case: the first one, one that went on with it, or one that began when it was reopened."""

    id: str
    began_at: Instant


@dataclass(frozen=True)
class History:
    """A run's events, and all runs of its case in their order.

    Attributes:
        decoded: by the number of an event the request that came with it, and under its negative what its summary says.
    """

    namespace: str
    run: Run
    runs: tuple[Run, ...]
    events: Sequence[HistoryEvent]
    decoded: Decoded


async def read_history(client: Client, case_id: str, run_id: str | None = None) -> History:
    """The history of a case, by default of its newest run.

    Raises:
        InvalidInputError: it has no such run.
        RPCError: there is no such case, or no server.
    """
    description = await client.get_workflow_handle(case_id).describe()
    newest = Run(description.run_id, _ms(description.start_time.timestamp()))
    # The number of a case is letters and digits, so it cannot become another part of the query.
    found = client.list_workflows(f"WorkflowId = '{case_id}'", limit=MOST_RUNS)
    runs = {one.run_id: Run(one.run_id, _ms(one.start_time.timestamp())) async for one in found}
    # What has just begun is not listed yet.
    runs[newest.id] = newest
    run = runs.get(run_id or newest.id)
    if run is None:
        raise InvalidInputError(f"case {case_id} has no run {(run_id or '')[:40]}", field="run")
    events = await _events(client, case_id, run.id)
    decoded = await decode(client.data_converter, events)
    return History(client.namespace, run, tuple(sorted(runs.values(), key=lambda one: one.began_at)), events, decoded)


async def _events(client: Client, case_id: str, run_id: str) -> list[HistoryEvent]:
    events: list[HistoryEvent] = []
    async for event in client.get_workflow_handle(case_id, run_id=run_id).fetch_history_events():
        events.append(event)
        if len(events) == MOST_EVENTS:
            break
    return events


async def decode(converter: DataConverter, events: Sequence[HistoryEvent]) -> dict[int, Any]:
    """What came with events and what their summaries say, out of whatever they are packed in."""
    packed: dict[int, Payload] = {}
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            accepted = event.workflow_execution_update_accepted_event_attributes.accepted_request
            if accepted.input.args.payloads:
                packed[event.event_id] = accepted.input.args.payloads[0]
        if event.user_metadata.HasField("summary"):
            packed[-event.event_id] = event.user_metadata.summary
    return dict(zip(packed, await converter.decode([*packed.values()]), strict=True)) if packed else {}


def _ms(seconds: float) -> Instant:
    return round(seconds * 1_000)
