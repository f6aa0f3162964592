"""What a history costs: events, bytes, and billable actions as Temporal Cloud counts them.

Source: https://docs.temporal.io/evaluate/cloud/actions. Counted from the event history alone, as Temporal's own
estimate does: queries, heartbeats and refused updates leave no event and are not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

ACTIONS: dict[EventType.ValueType, str] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "workflow started, continued as new",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: "activity started or retried",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer started",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes upserted",
    EventType.EVENT_TYPE_MARKER_RECORDED: "local activity or version marker",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child workflow",
}
"""Events that are billed as one action; a signal from workflow to workflow is counted where it arrives."""


class Cost(NamedTuple):
    """What a history costs; `size` is bytes as stored, uncompressed."""

    actions: int
    events: int
    size: int


def cost_of(history: Iterable[HistoryEvent]) -> Cost:
    """Actions, events and bytes of a history."""
    events = list(history)
    return Cost(sum(actions_by_kind(events).values()), len(events), sum(event.ByteSize() for event in events))


def actions_by_kind(history: Iterable[HistoryEvent]) -> Counter[str]:
    """Billable actions by what they are for."""
    found: Counter[str] = Counter()
    for event in history:
        if kind := ACTIONS.get(event.event_type):
            found[kind] += _times(event)
    return found


def _times(event: HistoryEvent) -> int:
    # Retries leave no event of their own: the start that stands in the history says which attempt it was.
    if event.HasField("activity_task_started_event_attributes"):
        return event.activity_task_started_event_attributes.attempt
    return 1
