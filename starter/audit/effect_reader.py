"""From the events of one run to what was done: letters, notices, compensation and steps at the shop, with outcomes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from domain.deeds import CompensationOrder, DeliveryReport, LookupReport, MessageOrder, NoticeOrder
from domain.sla.spans import SECOND, Instant, Span
from starter.audit.event_reader import EventReader, at
from starter.audit.record import CaseRecord, Effect, Grant, Letter, Notice, ShopStep
from workflows import options
from workflows.shop import ACTIVITIES

_REPORT_WITHIN: Span = options.REPORT_WITHIN // timedelta(milliseconds=1)
_DOWNTIME: Span = SECOND


class EffectReader(EventReader):
    """Reads the activities of one run."""

    def __init__(self, record: CaseRecord, run: int, converter: DataConverter) -> None:
        super().__init__(record, run, converter)
        self.effects: dict[int, Effect] = {}
        self.lookups: set[int] = set()
        self._untold: list[Effect] = []

    async def workflow_task_started(self, event: HistoryEvent, started: Any) -> None:
        await super().workflow_task_started(event, started)
        for effect in self._untold:
            effect.learnt_at = self.now
        self._untold.clear()

    async def activity_task_scheduled(self, event: HistoryEvent, activity: Any) -> None:
        when, ref, payloads = self.now, self.ref(event), activity.input.payloads
        effect: Effect
        match activity.activity_type.name:
            case "send_message":
                message = await self.decode(payloads, MessageOrder)
                effect = Letter(when, message.key, ref, order=message)
                self.record.letters.append(effect)
            case "notify_staff":
                notice = await self.decode(payloads, NoticeOrder)
                effect = Notice(when, notice.key, ref, order=notice)
                self.record.notices.append(effect)
            case "grant_compensation":
                grant = await self.decode(payloads, CompensationOrder)
                effect = Grant(when, grant.key, ref, order=grant)
                self.record.grants.append(effect)
            case "look_up":
                self.lookups.add(event.event_id)
                return
            case do if do in ACTIVITIES:
                asked = await self.decode(payloads, dict)
                effect = ShopStep(when, str(asked.get("key") or ""), ref, do=do)
                self.record.steps.append(effect)
            case _:
                return
        self.effects[event.event_id] = effect

    async def activity_task_completed(self, event: HistoryEvent, completed: Any) -> None:
        if completed.scheduled_event_id in self.lookups:
            self.record.customer = (await self.decode(completed.result.payloads, LookupReport)).customer
        effect = self._settle(event, completed)
        if effect:
            effect.completed = True
        if isinstance(effect, Letter):
            effect.report = await self.decode(completed.result.payloads, DeliveryReport)
        elif isinstance(effect, ShopStep) and completed.result.payloads:
            effect.answer = (await self.converter.decode(completed.result.payloads))[0]

    async def activity_task_failed(self, event: HistoryEvent, failed: Any) -> None:
        self._settle(event, failed)

    activity_task_timed_out = activity_task_canceled = activity_task_failed

    def _settle(self, event: HistoryEvent, outcome: Any) -> Effect | None:
        effect = self.effects.get(outcome.scheduled_event_id)
        if effect:
            effect.settled, effect.settled_at = self.ref(event), at(event)
            self._untold.append(effect)
        if isinstance(effect, Letter):
            self._wait_for_report(effect.at, at(event))
        return effect

    def _wait_for_report(self, sent: Instant, reported: Instant) -> None:
        """A promise waits a while for the report of a message that may have kept it, and again after a downtime."""
        downtimes = [end for start, end in self.record.lags if sent < end < reported and end - start > _DOWNTIME]
        self.record.reports += [(since, min(since + _REPORT_WITHIN, reported)) for since in (sent, *downtimes)]

    def finish(self) -> None:
        """The run is read: what has no report yet is waited for."""
        for effect in self.effects.values():
            if isinstance(effect, Letter) and effect.settled is None:
                self._wait_for_report(effect.at, self.record.until)
