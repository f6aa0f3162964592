"""What a history holds, event by event: several events of one deed are one happening, and plumbing is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from domain.sla.spans import Instant, Span

Decoded = Mapping[int, Any]
"""By the number of an event: what came with it, and under its negative what its summary says."""


class Kind(StrEnum):
    """What sort of happening it is."""

    BEGAN = "began"
    ASKED = "asked"
    TOLD = "told"
    WOKE = "woke"
    DONE = "done"
    TURN = "turn"
    ACTIVITY = "activity"
    TIMER = "timer"
    CASE_TOLD = "case_told"
    CASE_STARTED = "case_started"
    ENDED = "ended"
    CONTINUED = "continued"
    FAILED = "failed"


CAUSES = (Kind.BEGAN, Kind.ASKED, Kind.TOLD, Kind.WOKE, Kind.DONE)
"""What makes a case take a turn; the others are what it does in one."""


class Happening(BaseModel):
    """One thing that happened.

    Attributes:
        number: of its first event, for a link.
        name: of the verb, signal, activity or type of case.
        said: its summary, in English.
        by: who asked.
        ended_at: when what was ordered had come to an end.
        tries: how often it was tried.
        trouble: what went wrong last.
        off: whether it was called off.
    """

    number: int
    at: Instant
    kind: Kind
    name: str = ""
    said: str | None = None
    by: str | None = None
    ended_at: Instant | None = None
    tries: int = 1
    trouble: str | None = None
    off: bool = False

    @property
    def took(self) -> Span | None:
        """How long what was ordered took; None as long as it is under way."""
        return None if self.ended_at is None else self.ended_at - self.at


class _Reader:
    """Goes through the events of one run, in order."""

    def __init__(self, decoded: Decoded) -> None:
        self._decoded = decoded
        self.found: list[Happening] = []
        self._of: dict[int, Happening] = {}

    def read(self, event: HistoryEvent) -> None:
        """Take one event in; kinds that tell nothing are passed over."""
        take = _TAKES.get(event.event_type)
        if take is not None:
            take(self, event)

    def add(self, event: HistoryEvent, kind: Kind, name: str = "", **more: Any) -> None:
        happening = Happening(
            number=event.event_id,
            at=instant_of(event),
            kind=kind,
            name=name,
            said=self._decoded.get(-event.event_id),
            **more,
        )
        self.found.append(happening)
        self._of[event.event_id] = happening

    def of(self, number: int) -> Happening | None:
        """The happening that began with an event; None if that one is not in this history."""
        return self._of.get(number)

    def asked(self, event: HistoryEvent) -> None:
        request = event.workflow_execution_update_accepted_event_attributes.accepted_request
        content = self._decoded.get(event.event_id)
        actor = content.get("actor") if isinstance(content, dict) else None
        self.add(event, Kind.ASKED, request.input.name, by=actor.get("id") if isinstance(actor, dict) else None)

    def answered(self, event: HistoryEvent) -> None:
        attributes = event.workflow_execution_update_completed_event_attributes
        asked = self.of(attributes.accepted_event_id)
        if asked and attributes.outcome.HasField("failure"):
            asked.trouble = attributes.outcome.failure.message

    def tried(self, event: HistoryEvent) -> None:
        attributes = event.activity_task_started_event_attributes
        if ordered := self.of(attributes.scheduled_event_id):
            ordered.tries = attributes.attempt
            if attributes.HasField("last_failure"):
                ordered.trouble = attributes.last_failure.message

    def ended(self, event: HistoryEvent, scheduled: int, trouble: str | None = None) -> None:
        """An activity came to an end, which is also why the case takes its next turn."""
        ordered = self.of(scheduled)
        if ordered is None:
            return
        ordered.ended_at, ordered.trouble = instant_of(event), trouble or None
        self.add(event, Kind.DONE, ordered.name, trouble=ordered.trouble, ended_at=ordered.ended_at)
        self.found[-1].said, self.found[-1].at = ordered.said, ordered.at

    def rang(self, event: HistoryEvent) -> None:
        timer = self.of(event.timer_fired_event_attributes.started_event_id)
        self.add(event, Kind.WOKE)
        if timer:
            timer.ended_at, self.found[-1].said = instant_of(event), timer.said

    def called_off(self, event: HistoryEvent) -> None:
        if timer := self.of(event.timer_canceled_event_attributes.started_event_id):
            timer.off = True

    def not_told(self, event: HistoryEvent) -> None:
        attributes = event.signal_external_workflow_execution_failed_event_attributes
        if told := self.of(attributes.initiated_event_id):
            told.trouble = "it is over"


def _failed_task(reader: _Reader, event: HistoryEvent) -> None:
    reader.add(event, Kind.FAILED, trouble=event.workflow_task_failed_event_attributes.failure.message)


def _ended_badly(reader: _Reader, event: HistoryEvent) -> None:
    attributes = event.activity_task_failed_event_attributes
    reader.ended(event, attributes.scheduled_event_id, _root(attributes.failure))


def _timed_out(reader: _Reader, event: HistoryEvent) -> None:
    attributes = event.activity_task_timed_out_event_attributes
    reader.ended(event, attributes.scheduled_event_id, _root(attributes.failure) or "it took too long")


def _root(failure: Any) -> str:
    """What went wrong first: wrapped failures say less and less."""
    while failure.HasField("cause"):
        failure = failure.cause
    said: str = failure.message
    return said


_E = EventType
_TAKES: dict[int, Callable[[_Reader, HistoryEvent], None]] = {
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: lambda reader, event: reader.add(
        event, Kind.BEGAN, event.workflow_execution_started_event_attributes.workflow_type.name
    ),
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: _Reader.asked,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: _Reader.answered,
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: lambda reader, event: reader.add(
        event, Kind.TOLD, event.workflow_execution_signaled_event_attributes.signal_name
    ),
    _E.EVENT_TYPE_WORKFLOW_TASK_STARTED: lambda reader, event: reader.add(event, Kind.TURN),
    _E.EVENT_TYPE_WORKFLOW_TASK_FAILED: _failed_task,
    _E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: lambda reader, event: reader.add(
        event, Kind.ACTIVITY, event.activity_task_scheduled_event_attributes.activity_type.name
    ),
    _E.EVENT_TYPE_ACTIVITY_TASK_STARTED: _Reader.tried,
    _E.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: lambda reader, event: reader.ended(
        event, event.activity_task_completed_event_attributes.scheduled_event_id
    ),
    _E.EVENT_TYPE_ACTIVITY_TASK_FAILED: _ended_badly,
    _E.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: _timed_out,
    _E.EVENT_TYPE_TIMER_STARTED: lambda reader, event: reader.add(event, Kind.TIMER),
    _E.EVENT_TYPE_TIMER_FIRED: _Reader.rang,
    _E.EVENT_TYPE_TIMER_CANCELED: _Reader.called_off,
    _E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: lambda reader, event: reader.add(
        event,
        Kind.CASE_TOLD,
        event.signal_external_workflow_execution_initiated_event_attributes.workflow_execution.workflow_id,
    ),
    _E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED: _Reader.not_told,
    _E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: lambda reader, event: reader.add(
        event, Kind.CASE_STARTED, event.start_child_workflow_execution_initiated_event_attributes.workflow_id
    ),
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: lambda reader, event: reader.add(event, Kind.ENDED),
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: lambda reader, event: reader.add(event, Kind.CONTINUED),
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: lambda reader, event: reader.add(
        event, Kind.FAILED, trouble=event.workflow_execution_failed_event_attributes.failure.message
    ),
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: lambda reader, event: reader.add(
        event, Kind.FAILED, trouble=event.workflow_execution_terminated_event_attributes.reason
    ),
}
"""What is made of each kind of event; the others are plumbing."""


def instant_of(event: HistoryEvent) -> Instant:
    """When the server wrote an event down, milliseconds."""
    return event.event_time.seconds * 1_000 + event.event_time.nanos // 1_000_000


def happenings(events: Iterable[HistoryEvent], decoded: Decoded) -> list[Happening]:
    """What happened in a run, in the order of its events."""
    reader = _Reader(decoded)
    for event in events:
        reader.read(event)
    return reader.found
