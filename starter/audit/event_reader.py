"""What every reader of a history does: each event goes to the method that bears the name of its attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from domain.sla.spans import Instant
from starter.audit.record import (
    CaseRecord,
    EventRef,
)

Decoded = TypeVar("Decoded")


def at(event: HistoryEvent) -> Instant:
    """When an event happened, in milliseconds."""
    return event.event_time.ToMilliseconds()


class EventReader:
    """Reads what it has methods for into the record of one run.

    Attributes:
        now: when the workflow task under way had started; what is decided in it carries this instant.
    """

    def __init__(self, record: CaseRecord, run: int, converter: DataConverter) -> None:
        self.record = record
        self.run = run
        self.converter = converter
        self.now: Instant = 0

    async def take(self, event: HistoryEvent) -> None:
        """Read an event, if it is one of ours."""
        attributes = event.WhichOneof("attributes") or ""
        reader = getattr(self, attributes.removesuffix("_event_attributes"), None)
        if reader is not None:
            await reader(event, getattr(event, attributes))

    async def workflow_task_started(self, event: HistoryEvent, _: Any) -> None:
        self.now = at(event)

    def ref(self, event: HistoryEvent) -> EventRef:
        """What proves a fact."""
        return EventRef(self.run, event.event_id)

    async def decode(self, payloads: Sequence[Payload], kind: type[Decoded]) -> Decoded:
        """The one thing that the payloads hold."""
        decoded: Decoded = (await self.converter.decode(payloads, [kind]))[0]
        return decoded
