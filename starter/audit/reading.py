"""From the event histories of a case to its record. Nothing is taken from queries, nor from the case's own timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter

from domain.complaint.messages import CaseMerged
from domain.deeds import CompensationOrder, DeliveryReport, LookupReport, MessageOrder, NoticeOrder
from domain.errors import CaseNotFoundError
from domain.sla.spans import SECOND, Instant, Span
from domain.templates import TemplateName
from runtime.search_attributes import CASE_PRIORITY, CASE_STATUS, CASE_TIER
from starter.audit.linked import SIGNALS, LinkedReader
from starter.audit.record import (
    Absorbed,
    Asked,
    CaseRecord,
    Effect,
    Ended,
    EventRef,
    Grant,
    Letter,
    Notice,
    ShopStep,
    Shown,
)
from starter.audit.subjects import SUBJECTS
from starter.refusals import translated
from workflows import options
from workflows.shop import ACTIVITIES

Decoded = TypeVar("Decoded")

_REPORT_WITHIN: Span = options.REPORT_WITHIN // timedelta(milliseconds=1)
_DOWNTIME: Span = SECOND


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
        await _RunReader(record, number, converter).read(history.events, begun)
    if record is None:
        raise CaseNotFoundError("there is no run of this case")
    record.until = max(record.until, as_of or 0) if record.running else record.until
    _begin_as_acknowledged(record)
    return record


def _begin_as_acknowledged(record: CaseRecord) -> None:
    """The tier in which the case began is the one that the customer was told; the start only guessed it."""
    told = next((one for one in record.letters if one.template is TemplateName.ACKNOWLEDGEMENT), None)
    if told is None:
        return
    first, *later = record.shown
    classified = [one for one in record.shown if one.at <= told.at][-1]
    tier = told.order.words["tier"]
    begun = replace(first, tier=tier if isinstance(tier, int) else first.tier, priority=classified.priority)
    record.shown = [begun, *(one for one in later if one.at > told.at or _face(one) != _face(begun))]


def at(event: HistoryEvent) -> Instant:
    """When an event happened, in milliseconds."""
    return event.event_time.ToMilliseconds()


class _RunReader:
    """Reads one run; the method that an event goes to bears the name of its attributes."""

    def __init__(self, record: CaseRecord, run: int, converter: DataConverter) -> None:
        self.record = record
        self.run = run
        self.converter = converter
        self.now: Instant = 0
        self.effects: dict[int, Effect] = {}
        self.lookups: set[int] = set()
        self.accepted: dict[int, Asked] = {}
        self.timers: dict[int, Instant] = {}
        self.waiting_since: Instant | None = None

    async def read(self, events: Sequence[HistoryEvent], begun: object) -> None:
        """Read all events of the run."""
        record = self.record
        record.runs, record.running = self.run, True
        if reopen := getattr(begun, "reopen", None):
            self._ask(at(events[0]), self._ref(events[0]), "reopen", reopen.model_dump(mode="json"))
        for event in events:
            reader = getattr(self, (event.WhichOneof("attributes") or "").removesuffix("_event_attributes"), None)
            if reader is not None:
                await reader(event, getattr(event, event.WhichOneof("attributes") or ""))
        record.until = max(record.until, at(events[-1]))
        record.lags += [(since, record.until) for since in self.timers.values() if since < record.until]
        if self.waiting_since is not None:
            record.lags.append((self.waiting_since, record.until))
        for effect in self.effects.values():
            if isinstance(effect, Letter) and effect.settled is None:
                self._wait_for_report(effect.at, record.until)

    def _ref(self, event: HistoryEvent) -> EventRef:
        return EventRef(self.run, event.event_id)

    async def _decode(self, payloads: Sequence[Payload], kind: type[Decoded]) -> Decoded:
        decoded: Decoded = (await self.converter.decode(payloads, [kind]))[0]
        return decoded

    # The workflow's turns: what it decides carries the instant at which its task started.

    async def workflow_task_scheduled(self, event: HistoryEvent, _: Any) -> None:
        if self.waiting_since is None:
            self.waiting_since = at(event)

    async def workflow_task_started(self, event: HistoryEvent, _: Any) -> None:
        self.now = at(event)

    async def workflow_task_completed(self, event: HistoryEvent, _: Any) -> None:
        if self.waiting_since is not None:
            self.record.lags.append((self.waiting_since, at(event)))
        self.waiting_since = None

    async def timer_started(self, event: HistoryEvent, timer: Any) -> None:
        # Meant from the instant of the decision; it runs from the answer to the server, which a slow worker delays.
        self.timers[event.event_id] = self.now + timer.start_to_fire_timeout.ToMilliseconds()

    async def timer_fired(self, event: HistoryEvent, timer: Any) -> None:
        self.record.lags.append((self.timers.pop(timer.started_event_id, at(event)), at(event)))

    async def timer_canceled(self, _: HistoryEvent, timer: Any) -> None:
        self.timers.pop(timer.started_event_id, None)

    # Where the case stands.

    async def workflow_execution_started(self, event: HistoryEvent, start: Any) -> None:
        opened = min(self.record.arrival.arrived_at, at(event)) if self.run == 1 else at(event)
        self._show(opened, event, start.search_attributes)
        if self.run == 1:
            LinkedReader(self.record).begin(opened, self._ref(event))

    async def upsert_workflow_search_attributes(self, event: HistoryEvent, upsert: Any) -> None:
        self._show(self.now, event, upsert.search_attributes)

    def _show(self, since: Instant, event: HistoryEvent, attributes: Any) -> None:
        # The SDK's own decoder stumbles over a date that was removed; these three are never removed.
        found = {name: json.loads(payload.data) for name, payload in attributes.indexed_fields.items() if payload.data}
        before = self.record.shown[-1] if self.record.shown else self._unseen(since, event)
        shown = Shown(
            since,
            self._ref(event),
            found.get(CASE_STATUS.name) or before.status,
            found.get(CASE_TIER.name) or before.tier,
            found.get(CASE_PRIORITY.name) or before.priority,
        )
        if not self.record.shown or _face(shown) != _face(before):
            self.record.shown.append(shown)

    def _unseen(self, since: Instant, event: HistoryEvent) -> Shown:
        return Shown(since, self._ref(event), "received", int(self.record.subject.has_tiers), "")

    # What is asked and told.

    async def workflow_execution_update_accepted(self, event: HistoryEvent, accepted: Any) -> None:
        request = accepted.accepted_request.input
        content = await self._decode(request.args.payloads, dict)
        asked = self._ask(self.now, self._ref(event), request.name, content)
        if asked:
            self.accepted[event.event_id] = asked

    def _ask(self, when: Instant, event: EventRef, verb: str, content: dict[str, Any]) -> Asked | None:
        """Note a request; one that comes again after continue-as-new or reopening was carried out before."""
        ids = {known.content.get("request_id") for known in self.record.asked}
        if content.get("request_id") in ids:
            return None
        asked = Asked(when, event, verb, content)
        self.record.asked.append(asked)
        return asked

    async def workflow_execution_update_completed(self, event: HistoryEvent, completed: Any) -> None:
        if completed.outcome.HasField("failure") and (asked := self.accepted.get(completed.accepted_event_id)):
            self.record.asked.remove(asked)

    async def workflow_execution_signaled(self, event: HistoryEvent, signal: Any) -> None:
        if signal.signal_name not in ("case_merged", *SIGNALS):
            return
        told = await self.converter.decode(signal.input.payloads)
        if signal.signal_name in SIGNALS:
            LinkedReader(self.record).told(signal.signal_name, told[0], at(event), self._ref(event))
            return
        with suppress(ValidationError):  # nonsense in a signal changes nothing in a case
            self._absorb(CaseMerged.model_validate(told[0]), event)

    def _absorb(self, merged: CaseMerged, event: HistoryEvent) -> None:
        arrival, known = self.record.arrival, [one.case_id for one in self.record.absorbed]
        fits = (merged.customer_id, merged.order_id) == (arrival.customer_id, arrival.order_id)
        if fits and merged.case_id not in known:
            self.record.absorbed.append(Absorbed(at(event), self._ref(event), merged.case_id, merged.left))

    async def start_child_workflow_execution_initiated(self, event: HistoryEvent, child: Any) -> None:
        self.record.linked.add(child.workflow_id)

    # What is done.

    async def activity_task_scheduled(self, event: HistoryEvent, activity: Any) -> None:
        when, ref, payloads = self.now, self._ref(event), activity.input.payloads
        effect: Effect
        match activity.activity_type.name:
            case "send_message":
                message = await self._decode(payloads, MessageOrder)
                effect = Letter(when, message.key, ref, order=message)
                self.record.letters.append(effect)
            case "notify_staff":
                notice = await self._decode(payloads, NoticeOrder)
                effect = Notice(when, notice.key, ref, order=notice)
                self.record.notices.append(effect)
            case "grant_compensation":
                grant = await self._decode(payloads, CompensationOrder)
                effect = Grant(when, grant.key, ref, order=grant)
                self.record.grants.append(effect)
            case "look_up":
                self.lookups.add(event.event_id)
                return
            case do if do in ACTIVITIES:
                asked = await self._decode(payloads, dict)
                effect = ShopStep(when, str(asked.get("key") or ""), ref, do=do)
                self.record.steps.append(effect)
            case _:
                return
        self.effects[event.event_id] = effect

    async def activity_task_completed(self, event: HistoryEvent, completed: Any) -> None:
        if completed.scheduled_event_id in self.lookups:
            self.record.customer = (await self._decode(completed.result.payloads, LookupReport)).customer
        effect = self._settle(event, completed)
        if effect:
            effect.completed = True
        if isinstance(effect, Letter):
            effect.report = await self._decode(completed.result.payloads, DeliveryReport)
        elif isinstance(effect, ShopStep) and completed.result.payloads:
            effect.answer = (await self.converter.decode(completed.result.payloads))[0]

    async def activity_task_failed(self, event: HistoryEvent, failed: Any) -> None:
        self._settle(event, failed)

    activity_task_timed_out = activity_task_canceled = activity_task_failed

    def _settle(self, event: HistoryEvent, outcome: Any) -> Effect | None:
        effect = self.effects.get(outcome.scheduled_event_id)
        if effect:
            effect.settled, effect.settled_at = self._ref(event), at(event)
        if isinstance(effect, Letter):
            self._wait_for_report(effect.at, at(event))
        return effect

    def _wait_for_report(self, sent: Instant, reported: Instant) -> None:
        """A promise waits a while for the report of a message that may have kept it, and again after a downtime."""
        downtimes = [end for start, end in self.record.lags if sent < end < reported and end - start > _DOWNTIME]
        self.record.reports += [(since, min(since + _REPORT_WITHIN, reported)) for since in (sent, *downtimes)]

    # The end.

    async def workflow_execution_completed(self, event: HistoryEvent, completed: Any) -> None:
        result = await self._decode(completed.result.payloads, dict)
        self._end(event, "completed", result.get("outcome"))

    async def workflow_execution_failed(self, event: HistoryEvent, _: Any) -> None:
        name = event.WhichOneof("attributes") or ""
        self._end(event, name.removeprefix("workflow_execution_").removesuffix("_event_attributes"))

    workflow_execution_timed_out = workflow_execution_canceled = workflow_execution_terminated = (
        workflow_execution_failed
    )

    def _end(self, event: HistoryEvent, how: str, outcome: str | None = None) -> None:
        self.record.running = False
        self.record.ended.append(Ended(at(event), self._ref(event), how, outcome))
        self.record.until = at(event)


def _face(shown: Shown) -> tuple[str, int, str]:
    return shown.status, shown.tier, shown.priority
