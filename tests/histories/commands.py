"""A workflow's commands, read from a history: what a replay must issue again in the same order."""

from __future__ import annotations

from collections.abc import Iterable

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

NAMED = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_TIMER_CANCELED: "cancel timer",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child",
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "complete",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "continue as new",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "fail",
    EventType.EVENT_TYPE_MARKER_RECORDED: "marker",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
}


def commands_of(events: Iterable[HistoryEvent]) -> list[str]:
    """One line for each command, with the name of the activity or the update and whose attributes changed."""
    return [line for event in events if (line := _line(event))]


def _line(event: HistoryEvent) -> str | None:
    name = NAMED.get(event.event_type)
    if name == "activity":
        return f"activity {event.activity_task_scheduled_event_attributes.activity_type.name}"
    if name == "update":
        accepted = event.workflow_execution_update_accepted_event_attributes
        return f"update {accepted.accepted_request.input.name}"
    if name == "search attributes":
        changed = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
        return f"search attributes {' '.join(sorted(changed))}"
    return name
