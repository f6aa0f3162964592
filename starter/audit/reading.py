"""From the event histories of a case to its record. Nothing is taken from queries, nor from the case's own timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter

from domain.errors import CaseNotFoundError
from domain.sla.spans import Instant
from domain.templates import TemplateName
from starter.audit.effect_reader import EffectReader
from starter.audit.life_reader import LifeReader
from starter.audit.record import (
    CaseRecord,
    EventRef,
)
from starter.audit.subjects import SUBJECTS
from starter.refusals import translated


async def read_case(client: Client, case_id: str, as_of: Instant | None = None) -> CaseRecord:
    """Fetch the histories of all runs of a case and read them.

    Args:
        client: decodes with its own data converter.
        case_id: the workflow's id.
        as_of: the instant up to which a case that still runs is judged; the last event's by default.

    Raises:
        CaseNotFoundError: there is no such case.
    """
    with translated(case_id):
        latest = await client.get_workflow_handle(case_id).describe()
        starts = {latest.run_id: latest.start_time}
        async for execution in client.list_workflows(f"WorkflowId = '{case_id}'"):
            starts[execution.run_id] = execution.start_time
        runs = sorted(starts, key=lambda run_id: starts[run_id])
        histories = [await client.get_workflow_handle(case_id, run_id=run_id).fetch_history() for run_id in runs]
    return await read_histories(histories, client.data_converter, as_of)


async def read_histories(
    histories: Iterable[WorkflowHistory], converter: DataConverter, as_of: Instant | None = None
) -> CaseRecord:
    """Read the histories of a case's runs, oldest first.

    Raises:
        CaseNotFoundError: there is no run.
    """
    record: CaseRecord | None = None
    for number, history in enumerate(histories, 1):
        start = history.events[0].workflow_execution_started_event_attributes
        subject = SUBJECTS.get(start.workflow_type.name)
        if subject is None:
            raise CaseNotFoundError(f"{start.workflow_type.name} is no case that is audited", field="case_id")
        begun = (await converter.decode(start.input.payloads, [subject.start]))[0]
        if record is None:
            arrival = subject.arrival(begun)
            record = CaseRecord(arrival.case_id, EventRef(number, 1), subject, arrival)
            record.customer = subject.customer(begun)
        await _read_run(record, number, converter, history.events, begun)
    if record is None:
        raise CaseNotFoundError("there is no run of this case")
    record.until = max(record.until, as_of or 0) if record.running else record.until
    _begin_as_acknowledged(record)
    return record


async def _read_run(
    record: CaseRecord, run: int, converter: DataConverter, events: Sequence[HistoryEvent], begun: object
) -> None:
    life, effects = LifeReader(record, run, converter), EffectReader(record, run, converter)
    life.begin(events[0], begun)
    for event in events:
        await life.take(event)
        await effects.take(event)
    life.finish(events[-1])
    effects.finish()


def _begin_as_acknowledged(record: CaseRecord) -> None:
    """The tier in which the case began is the one that the customer was told; the start only guessed it."""
    told = next((one for one in record.letters if one.template is TemplateName.ACKNOWLEDGEMENT), None)
    if told is None:
        return
    first, *later = record.shown
    classified = [one for one in record.shown if one.at <= told.at][-1]
    tier = told.order.words["tier"]
    begun = replace(first, tier=tier if isinstance(tier, int) else first.tier, priority=classified.priority)
    record.shown = [begun, *(one for one in later if one.at > told.at or not one.same_as(begun))]
