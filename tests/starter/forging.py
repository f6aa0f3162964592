"""Event histories made to lie: what a broken workflow would have left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

Pick = Callable[[dict[str, Any]], bool]
Run = tuple[WorkflowHistory, ...]

SEND, NOTIFY, GRANT = "send_message", "notify_staff", "grant_compensation"


def about(**wanted: str) -> Pick:
    """Picks the effects whose orders have these values; a key may be given by a part of it."""
    return lambda order: all(
        value in order[name] if name == "key" else order[name] == value for name, value in wanted.items()
    )


def events_of(run: Run, activity: str, pick: Pick, nth: int = 0) -> list[HistoryEvent]:
    """The events of one effect, from its scheduling to its result."""
    (history,) = run
    scheduled = [event for event in history.events if _is_effect(event, activity, pick)][nth]
    later = [event for event in history.events if _scheduled_by(event) == scheduled.event_id]
    return [scheduled, *later]


def without(run: Run, events: Iterable[HistoryEvent]) -> Run:
    """The history as if these events had never happened."""
    gone = {event.event_id for event in events}
    return _with(run, [event for event in run[0].events if event.event_id not in gone])


def without_timers(run: Run) -> Run:
    """As if no timer had been there that could be late, which would be the system's fault and not the case's."""
    return without(run, [one for one in run[0].events if (one.WhichOneof("attributes") or "").startswith("timer_")])


def without_effect(run: Run, activity: str, pick: Pick, nth: int = 0) -> Run:
    """As if an effect had never been decided on."""
    return without(run, events_of(run, activity, pick, nth))


def without_result(run: Run, activity: str, pick: Pick, nth: int = 0) -> Run:
    """As if nobody knew what became of an effect."""
    return without(run, events_of(run, activity, pick, nth)[1:])


def twice(run: Run, activity: str, pick: Pick, *, key: str | None = None, nth: int = 0) -> Run:
    """As if an effect had happened once more, under the same key or another."""
    original = events_of(run, activity, pick, nth)
    again = [_copy(event, event.event_id + 10_000) for event in original]
    for event in again[1:]:
        attributes = getattr(event, event.WhichOneof("attributes") or "")
        attributes.scheduled_event_id = again[0].event_id
    if key is not None:
        payload = again[0].activity_task_scheduled_event_attributes.input.payloads[0]
        payload.data = json.dumps({**json.loads(payload.data), "key": key}).encode()
    events = list(run[0].events)
    where = events.index(original[-1]) + 1
    return _with(run, [*events[:where], *again, *events[where:]])


def cut(run: Run, last: HistoryEvent) -> Run:
    """As if nothing had happened after an event."""
    return _with(run, [event for event in run[0].events if event.event_id <= last.event_id])


def later(run: Run, first: HistoryEvent, by: timedelta) -> Run:
    """As if an event and all after it had happened later."""
    moved = []
    for event in run[0].events:
        copy = _copy(event, event.event_id)
        if event.event_id >= first.event_id:
            copy.event_time.FromDatetime(copy.event_time.ToDatetime() + by)
        moved.append(copy)
    return _with(run, moved)


def last_before(run: Run, event: HistoryEvent, attributes: str) -> HistoryEvent:
    """The last event with such attributes before another event."""
    found = [
        one for one in run[0].events if one.event_id < event.event_id and one.WhichOneof("attributes") == attributes
    ]
    return found[-1]


def upserts_of(run: Run, attribute: str, value: object) -> list[HistoryEvent]:
    """The upserts that set a search attribute to a value."""
    found = []
    for event in run[0].events:
        if event.HasField("upsert_workflow_search_attributes_event_attributes"):
            fields = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            if attribute in fields and json.loads(fields[attribute].data or b"null") == value:
                found.append(event)
    return found


def asked(run: Run, verb: str, nth: int = 0) -> list[HistoryEvent]:
    """The events of one update, from its acceptance to its answer."""
    accepted = [
        event
        for event in run[0].events
        if event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name == verb
    ][nth]
    answers = (event for event in run[0].events if _accepted_by(event) == accepted.event_id)
    return [accepted, *answers]


def _accepted_by(event: HistoryEvent) -> int:
    return event.workflow_execution_update_completed_event_attributes.accepted_event_id


def answered_otherwise(run: Run, activity: str, change: Callable[[dict[str, Any]], None], nth: int = 0) -> Run:
    """As if what an activity came back with had been something else."""
    completed = events_of(run, activity, lambda _: True, nth)[-1]
    otherwise = _copy(completed, completed.event_id)
    payload = otherwise.activity_task_completed_event_attributes.result.payloads[0]
    answer = json.loads(payload.data)
    change(answer)
    payload.data = json.dumps(answer).encode()
    return _with(run, [otherwise if event is completed else event for event in run[0].events])


def ordered_otherwise(
    run: Run, activity: str, pick: Pick, change: Callable[[dict[str, Any]], None], nth: int = 0
) -> Run:
    """As if an effect had been ordered in another way."""
    scheduled = events_of(run, activity, pick, nth)[0]
    otherwise = _copy(scheduled, scheduled.event_id)
    payload = otherwise.activity_task_scheduled_event_attributes.input.payloads[0]
    order = json.loads(payload.data)
    change(order)
    payload.data = json.dumps(order).encode()
    return _with(run, [otherwise if event is scheduled else event for event in run[0].events])


def _is_effect(event: HistoryEvent, activity: str, pick: Pick) -> bool:
    attributes = event.activity_task_scheduled_event_attributes
    return attributes.activity_type.name == activity and pick(json.loads(attributes.input.payloads[0].data))


def _scheduled_by(event: HistoryEvent) -> int:
    name = event.WhichOneof("attributes") or ""
    return getattr(getattr(event, name), "scheduled_event_id", 0) if name.startswith("activity_task") else 0


def _copy(event: HistoryEvent, event_id: int) -> HistoryEvent:
    copy = HistoryEvent()
    copy.CopyFrom(event)
    copy.event_id = event_id
    return copy


def _with(run: Run, events: list[HistoryEvent]) -> Run:
    return (WorkflowHistory(run[0].workflow_id, events),)
