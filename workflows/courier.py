"""The courier: carries out what a case has decided, one lane for each kind of receiver.

Lanes keep order where order matters (a customer's messages) and let nothing else wait: a mail server that is down never
holds up a clock, and an update never waits for an activity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutError

from workflows import options
from workflows.awaited import AwaitedReport

with workflow.unsafe.imports_passed_through():
    from activities.assignment.activities import AssignmentActivities
    from activities.compensation.activities import CompensationActivities
    from activities.notifications.activities import EFFECT_HELD, NotificationActivities
    from domain.assignment.need import AssignTask
    from domain.assignment.seeking import chosen, order_for
    from domain.case import Case
    from domain.case_clocks import UnderWay
    from domain.conversation import may_keep, settle
    from domain.deeds import (
        CheckOrder,
        CompensationOrder,
        Deed,
        DeliveryReport,
        DeliveryState,
        GrantCompensation,
        MessageOrder,
        NoticeKind,
        NoticeOrder,
        NotifyStaff,
        OwnDeed,
        RecordCheck,
        SendMessage,
        TellCase,
    )
    from domain.people import DeliveryChannel
    from domain.sla.clock import PlannedStep
    from domain.sla.spans import Instant, Span

CarryOut = Callable[[OwnDeed], Coroutine[Any, Any, None]]


class Courier:
    """Carries out deeds in lanes and tells the case what became of them."""

    def __init__(self, case: Case, changed: Callable[[], None], own: CarryOut) -> None:
        self._case = case
        self._changed = changed
        self._own = own
        self._lanes: dict[str, list[Deed]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self.report = AwaitedReport(_ms(options.REPORT_WITHIN), _ms(options.SEND["schedule_to_close_timeout"]))

    def report_by(self, step: PlannedStep) -> Instant | None:
        """Until when a step waits for the report of the message under way; None when that keeps no such promise."""
        return self.report.by if self._case.may_be_kept(step, self.report.message) else None

    def awaited(self, now: Instant) -> UnderWay | None:
        """The message under way while promises wait for its report."""
        by = self.report.by
        return self.report.awaited(now, overdue=by is not None and self._case.overdue(now, by))

    @property
    def idle(self) -> bool:
        """Nothing is decided that has not been carried out."""
        return not self._case.state.deeds and not self._running

    def send_off(self) -> None:
        """Put what was decided since the last time on its way.

        Raises:
            Exception: whatever broke a lane; it is a fault of ours and fails the workflow task, never the case.
        """
        deeds, self._case.state.deeds = self._case.state.deeds, []
        for deed in deeds:
            # Notices overtake each other: a breach must not wait for a reminder that is being tried again.
            lane = deed.key if isinstance(deed, NotifyStaff) else deed.kind
            self._lanes.setdefault(lane, []).append(deed)
            if lane not in self._running:
                self._running[lane] = asyncio.create_task(self._run(lane))
                if isinstance(deed, SendMessage):
                    self.report.set_out(UnderWay(may_keep(deed), _now()))
        for task in list(self._running.values()):
            if task.done():
                task.result()

    async def _run(self, lane: str) -> None:
        while self._lanes[lane]:
            deed = self._lanes[lane].pop(0)
            await self._carry_out(deed)
            self._changed()
        del self._running[lane], self._lanes[lane]

    async def _carry_out(self, deed: Deed) -> None:
        if isinstance(deed, SendMessage):
            await self._send(deed)
        elif isinstance(deed, NotifyStaff):
            await self._notify(deed)
        elif isinstance(deed, AssignTask):
            await self._assign(deed)
        elif isinstance(deed, GrantCompensation):
            await self._grant(deed)
        elif isinstance(deed, RecordCheck):
            await self._record(deed)
        elif isinstance(deed, TellCase):
            await self._tell(deed)
        else:
            await self._own(deed)

    async def _send(self, message: SendMessage) -> None:
        """Try the channels in order; the case learns of the last one that was tried."""
        report = DeliveryReport(
            state=DeliveryState.FAILED, channel=message.channels[0], detail="the customer has no channel"
        )
        for number, channel in enumerate(message.channels):
            report = await self._send_through(channel, message)
            if report.state is not DeliveryState.FAILED:
                break
            if number + 1 < len(message.channels):
                self._case.note(_now(), "channel_failed", key=message.key, channel=channel.value, why=report.detail)
                self._changed()
        settle(self._case, message, report, _now())

    async def _send_through(self, channel: DeliveryChannel, message: SendMessage) -> DeliveryReport:
        state = self._case.state
        order = MessageOrder(
            case_id=state.case_id,
            key=message.key,
            channel=channel,
            customer_id=state.customer.id,
            language=state.customer.language,
            zone=state.customer.zone,
            policy=state.policy,
            template=message.template,
            words=message.words,
            automatic=message.author is None,
        )
        report = DeliveryReport(state=DeliveryState.FAILED, channel=channel, detail="nobody reported on it")
        self.report.set_out(UnderWay(may_keep(message), _now()))
        for _ in range(options.ATTEMPTS_WITHOUT_WORD):
            self.report.expect(_now())
            try:
                return await workflow.execute_activity_method(
                    NotificationActivities.send_message, order, summary=f"{message.about}, by {channel}", **options.SEND
                )
            except ActivityError as error:
                report = report.model_copy(update={"detail": _reason(error)})
                if _was_refused(error):
                    break
            finally:
                self.report.came()
        return report

    async def _notify(self, notice: NotifyStaff) -> None:
        near_due = notice.notice is NoticeKind.NEAR_DUE
        order = NoticeOrder(
            case_id=self._case.state.case_id,
            key=notice.key,
            notice=notice.notice,
            recipients=notice.recipients,
            about=notice.about,
            item=notice.item,
            due_at=notice.due_at,
            group_within_ms=self._case.policy.notices.group_within if near_due else 0,
        )
        await workflow.execute_activity_method(
            NotificationActivities.notify_staff,
            order,
            summary=f"{notice.notice.replace('_', ' ').capitalize()}: {notice.about}"[:200],
            **options.NOTIFY,
        )

    async def _assign(self, deed: AssignTask) -> None:
        order = order_for(self._case, deed)
        if order is None:
            return
        choice = await workflow.execute_activity_method(
            AssignmentActivities.assign_task,
            order,
            summary=f"Find somebody of {deed.team} for {deed.task}",
            **options.ASSIGN,
        )
        chosen(self._case, deed, choice, _now())

    async def _grant(self, grant: GrantCompensation) -> None:
        order = CompensationOrder(
            case_id=self._case.state.case_id,
            key=grant.key,
            customer_id=self._case.state.customer.id,
            amount=grant.amount,
            because=grant.because,
        )
        await workflow.execute_activity_method(
            CompensationActivities.grant_compensation,
            order,
            summary=f"Grant {grant.amount}: {grant.because}"[:200],
            **options.GRANT,
        )

    async def _record(self, check: RecordCheck) -> None:
        found = "arrived" if check.arrived else "did not arrive"
        await workflow.execute_activity_method(
            NotificationActivities.record_check,
            CheckOrder(case_id=self._case.state.case_id, check=check),
            summary=f"Record that {check.message} {found}"[:200],
            **options.RECORD,
        )

    async def _tell(self, deed: TellCase) -> None:
        try:
            await workflow.get_external_workflow_handle(deed.target).signal(deed.signal, deed.news)
        except ApplicationError:
            # It is over, and the server knows of no other reason for refusing a signal.
            self._case.not_told(deed, _now())


def _now() -> int:
    return workflow.time_ns() // 1_000_000


def _ms(span: timedelta) -> Span:
    return span // timedelta(milliseconds=1)


def _was_refused(error: ActivityError) -> bool:
    """Whether an attempt said why it failed. Without a word the worker was gone, and what it did is in the ledger."""
    cause = error.cause
    said = cause.cause if isinstance(cause, TimeoutError) else cause
    return isinstance(said, ApplicationError) and said.type != EFFECT_HELD


def _reason(error: ActivityError) -> str:
    cause = error.cause
    return cause.type or "error" if isinstance(cause, ApplicationError) else type(cause or error).__name__
