"""From the events of one run to the life of the case: turns, standing, what it was asked and told, its end."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from domain.complaint.messages import CaseMerged
from domain.sla.spans import Instant
from runtime.search_attributes import CASE_PRIORITY, CASE_STATUS, CASE_TIER
from starter.audit.event_reader import EventReader, at
from starter.audit.linked import SIGNALS, LinkedReader
from starter.audit.record import Absorbed, Asked, CaseRecord, Ended, EventRef, Shown


class LifeReader(EventReader):
    """Reads what is not an activity in one run."""

    def __init__(self, record: CaseRecord, run: int, converter: DataConverter) -> None:
        super().__init__(record, run, converter)
        self.accepted: dict[int, Asked] = {}
        self.timers: dict[int, Instant] = {}
        self.waiting_since: Instant | None = None

    def begin(self, first: HistoryEvent, begun: object) -> None:
        """The run starts; it may be one in which the case is reopened."""
        self.record.runs, self.record.running = self.run, True
        if reopen := getattr(begun, "reopen", None):
            self._ask(at(first), self.ref(first), "reopen", reopen.model_dump(mode="json"))

    def finish(self, last: HistoryEvent) -> None:
        """The run is read: what should have come and has not is late until now."""
        record = self.record
        record.until = max(record.until, at(last))
        record.lags += [(since, record.until) for since in self.timers.values() if since < record.until]
        if self.waiting_since is not None:
            record.lags.append((self.waiting_since, record.until))

    # The workflow's turns.

    async def workflow_task_scheduled(self, event: HistoryEvent, _: Any) -> None:
        if self.waiting_since is None:
            self.waiting_since = at(event)

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
            LinkedReader(self.record).begin(opened, self.ref(event))

    async def upsert_workflow_search_attributes(self, event: HistoryEvent, upsert: Any) -> None:
        self._show(self.now, event, upsert.search_attributes)

    def _show(self, since: Instant, event: HistoryEvent, attributes: Any) -> None:
        # The SDK's own decoder stumbles over a date that was removed; these three are never removed.
        found = {name: json.loads(payload.data) for name, payload in attributes.indexed_fields.items() if payload.data}
        before = self.record.shown[-1] if self.record.shown else self._unseen(since, event)
        shown = Shown(
            since,
            self.ref(event),
            found.get(CASE_STATUS.name) or before.status,
            found.get(CASE_TIER.name) or before.tier,
            found.get(CASE_PRIORITY.name) or before.priority,
        )
        if not self.record.shown or not shown.same_as(before):
            self.record.shown.append(shown)

    def _unseen(self, since: Instant, event: HistoryEvent) -> Shown:
        return Shown(since, self.ref(event), "received", int(self.record.subject.has_tiers), "")

    # What is asked and told.

    async def workflow_execution_update_accepted(self, event: HistoryEvent, accepted: Any) -> None:
        request = accepted.accepted_request.input
        content = await self.decode(request.args.payloads, dict)
        asked = self._ask(self.now, self.ref(event), request.name, content)
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
            LinkedReader(self.record).told(signal.signal_name, told[0], at(event), self.ref(event))
            return
        with suppress(ValidationError):  # nonsense in a signal changes nothing in a case
            self._absorb(CaseMerged.model_validate(told[0]), event)

    def _absorb(self, merged: CaseMerged, event: HistoryEvent) -> None:
        arrival, known = self.record.arrival, [one.case_id for one in self.record.absorbed]
        fits = (merged.customer_id, merged.order_id) == (arrival.customer_id, arrival.order_id)
        if fits and merged.case_id not in known:
            self.record.absorbed.append(Absorbed(at(event), self.ref(event), merged.case_id, merged.left))

    async def start_child_workflow_execution_initiated(self, event: HistoryEvent, child: Any) -> None:
        self.record.linked.add(child.workflow_id)

    # The end.

    async def workflow_execution_completed(self, event: HistoryEvent, completed: Any) -> None:
        result = await self.decode(completed.result.payloads, dict)
        self._end(event, "completed", result.get("outcome"))

    async def workflow_execution_failed(self, event: HistoryEvent, _: Any) -> None:
        name = event.WhichOneof("attributes") or ""
        self._end(event, name.removeprefix("workflow_execution_").removesuffix("_event_attributes"))

    workflow_execution_timed_out = workflow_execution_canceled = workflow_execution_terminated = (
        workflow_execution_failed
    )

    def _end(self, event: HistoryEvent, how: str, outcome: str | None = None) -> None:
        self.record.running = False
        self.record.ended.append(Ended(at(event), self.ref(event), how, outcome))
        self.record.until = at(event)
