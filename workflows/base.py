"""What every case's workflow shares: asking and answering, one wake at a time, a face for Temporal's Web UI.

Handlers decide, `run` acts. An update's validator refuses, its handler changes the case and writes the timeline, both
without waiting; `run` wakes, takes the steps that are due and sends the deeds off.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import options
from workflows.courier import Courier
from workflows.face import Face, Show
from workflows.verbs import verb
from workflows.wake import Wake
from workflows.watch import Watch

with workflow.unsafe.imports_passed_through():
    from activities.archive.activities import ArchiveActivities
    from domain import correspondence, promises, reaching, supervision, task_verbs
    from domain import messages as m
    from domain import requests as r
    from domain.assignment import seeking
    from domain.case import Act
    from domain.deeds import OwnDeed, TimelineArchiveOrder
    from domain.errors import CaseError
    from domain.projection import Projection
    from domain.shop_case.messages import OrderMoved
    from domain.sla.spans import Instant
    from domain.worked_case import WorkedCase
    from runtime.published import published


class CaseWorkflow:
    """The shallow base of all cases. Subclasses write `@workflow.init` and `run` with their exact input type."""

    case: WorkedCase

    def __init__(self) -> None:
        self.watch = Watch()

    def begin(self, case: WorkedCase) -> None:
        """Take up a case. Builds state only: an update may arrive before `run` starts."""
        self.case = case
        self.courier = Courier(case, self._turn, self.carry_out)
        self.face = Face(case, self.case_type, self.shown_by)
        self.wake = Wake(case, self.courier, self.watch, self._turn)
        self._turns = 0

    @property
    @abstractmethod
    def case_type(self) -> str:
        """Name of the type in search attributes and views."""

    @property
    @abstractmethod
    def shown_by(self) -> Show:
        """The module that shows cases of this type."""

    @abstractmethod
    def start_again(self) -> Any:
        """The input with which this case continues as new."""

    @abstractmethod
    async def carry_out(self, deed: OwnDeed) -> None:
        """Carry out a deed that only this type of case decides."""

    # The main line's tools.

    def now(self) -> Instant:
        """The workflow's present instant; fails as `Watch.now` does when it cannot be believed."""
        return self.watch.now()

    async def attend(self, until: Callable[[], bool]) -> None:
        """Stay with the case until something is true of it: take due steps, send deeds off, rest, again."""
        while True:
            self._take_due_steps(self.now())
            self.case.go_on(self.now())
            self.case.inform(self.now())
            self.courier.send_off()
            self.face.tell(self.now())
            if until():
                return
            if self._too_long and self.courier.idle:
                await self._continue_as_new()
            await self._rest()

    async def finish(self) -> None:
        """Wait until everything decided is carried out and everybody who asked has an answer."""
        await self.attend(until=lambda: self.courier.idle)
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _turn(self) -> None:
        # Looked at in every turn, so that none is missed; raised by the main line, which wakes after this.
        self.watch.look()
        self._turns += 1

    async def _rest(self) -> None:
        """Sleep until somebody asks something, a deed is done, or the next step is due."""
        self.wake.set()
        seen = self._turns
        await workflow.wait_condition(lambda: self._looked() and self._turns != seen)

    def _looked(self) -> bool:
        """Look at the time in every task, also in one in which nothing moves: a query may bring that time again."""
        self.watch.look()
        return True

    def _take_due_steps(self, now: Instant) -> int:
        """Run what is due; promises that a message under way may have kept wait for its report. Returns how many."""
        return self.case.take_due_steps(now, self.courier.awaited(now))

    # Length.

    @property
    def _too_long(self) -> bool:
        info = workflow.info()
        return info.get_current_history_length() > options.LONG_HISTORY or info.is_continue_as_new_suggested()

    async def _continue_as_new(self) -> None:
        """Go on in a new run at a moment when nothing is under way; older entries go to the archive first."""
        timeline = self.case.state.timeline
        older = timeline.older_than_newest(options.KEPT_ENTRIES)
        if older:
            await workflow.execute_activity_method(
                ArchiveActivities.archive_timeline,
                TimelineArchiveOrder(case_id=self.case.state.case_id, entries=tuple(older)),
                summary=f"Archive timeline entries up to {older[-1].seq}",
                **options.ARCHIVE,
            )
            timeline.forget(older)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self.courier.idle:
            workflow.continue_as_new(self.start_again())

    # Asking and answering.

    def check(self, request: m.Request, decide: Callable[[Any, Any], Act]) -> None:
        """Refuse what cannot be done. Runs in validators, so a refusal leaves no trace in the history."""
        try:
            if self.case.answered(request) is None:
                decide(self.case, request)
        except CaseError as error:
            raise refusal(error) from None

    def act_on(self, request: m.Request, decide: Callable[[Any, Any], Act]) -> m.Answer:
        """Do what was asked, once; a repeated request gets the answer it got before.

        What fell due before comes first: a promise that ran out while no worker was there must not look kept because
        its clock was stopped in the same moment. What is then no longer possible is refused here.
        """
        now = self.now()
        if known := self.case.answered(request):
            return known
        if self._take_due_steps(now):
            # What they decided goes out even if the request is refused.
            self._turn()
        try:
            act = decide(self.case, request)
        except CaseError as error:
            raise refusal(error) from None
        act(now)
        answer = self._answer(request, now)
        self.case.remember(request, answer)
        self._turn()
        return answer

    def _answer(self, request: m.Request, now: Instant) -> m.Answer:
        task_id = getattr(request, "task_id", None)
        task = self.case.find_task(task_id) if task_id else None
        return m.Answer(
            case_id=self.case.state.case_id,
            status=self.case.status,
            tier=self.case.tier,
            task_id=task.id if task else None,
            task_state=task.state if task else None,
            owner=task.owner if task else None,
            linked=self.opened_by(request),
            at=now,
        )

    def opened_by(self, request: m.Request) -> str | None:
        """The number of the case that a request opened, for types that open some."""
        return None

    claim_task = verb("claim_task", m.ClaimTask, task_verbs.claim)
    release_task = verb("release_task", m.ReleaseTask, task_verbs.release)
    start_task = verb("start_task", m.StartTask, task_verbs.start)
    complete_task = verb("complete_task", m.CompleteTask, task_verbs.complete)
    delegate_task = verb("delegate_task", m.DelegateTask, task_verbs.delegate)
    forward_task = verb("forward_task", m.ForwardTask, task_verbs.forward)
    nominate_task = verb("nominate_task", m.NominateTask, task_verbs.nominate)
    suspend_task = verb("suspend_task", m.SuspendTask, task_verbs.suspend)
    resume_task = verb("resume_task", m.ResumeTask, task_verbs.resume)
    skip_task = verb("skip_task", m.SkipTask, task_verbs.skip)
    exclude_owner = verb("exclude_owner", m.ExcludeOwner, task_verbs.exclude)
    save_draft = verb("save_draft", m.SaveDraft, task_verbs.save_draft)

    reply = verb("reply", r.Reply, correspondence.reply)
    add_note = verb("add_note", r.AddNote, correspondence.add_note)
    customer_reply = verb("customer_reply", r.CustomerReply, correspondence.customer_reply)

    make_promise = verb("make_promise", r.MakePromise, promises.make_promise)
    keep_promise = verb("keep_promise", r.KeepPromise, promises.keep_promise)

    reassign = verb("reassign", r.Reassign, supervision.reassign)
    extend_clock = verb("extend_clock", r.ExtendClock, supervision.extend_clock)
    pause_clock = verb("pause_clock", r.PauseClock, supervision.pause_clock)
    resume_clock = verb("resume_clock", r.ResumeClock, supervision.resume_clock)
    send_update_now = verb("send_update_now", r.SendUpdateNow, supervision.send_update_now)
    change_priority = verb("change_priority", r.ChangePriority, supervision.change_priority)
    close_case = verb("close_case", r.CloseCase, supervision.close_case)

    @staticmethod
    def _adopt_policy(case: WorkedCase, request: r.AdoptPolicy) -> Act:
        return supervision.adopt_policy(case, request, published(request.policy))

    adopt_policy = verb("adopt_policy", r.AdoptPolicy, _adopt_policy)

    @workflow.signal
    def delivery_reported(self, report: m.DeliveryReported) -> None:
        """A provider told what became of a message."""
        reaching.delivery_reported(self.case, report, self.now())
        self._turn()

    @workflow.signal
    def order_moved(self, event: OrderMoved) -> None:
        """Something happened to the order without us: released, shipped, delivered, changed, refunded."""
        self.case.order_moved(event, self.now())
        self._turn()

    @workflow.signal
    def colleague_came(self, task_id: str) -> None:
        """Somebody is there who may be given a task for which nobody was found."""
        seeking.colleague_came(self.case, task_id, self.now())
        self._turn()

    @workflow.query
    def snapshot(self) -> m.CaseView:
        """Everything about the case at this instant."""
        return self.face.view(self.watch.shown_at())

    @workflow.query
    def projection(self) -> Projection:
        """What the read model should show."""
        return self.face.projection(self.watch.shown_at())

    @workflow.query
    def timeline(self) -> m.TimelineView:
        """What happened, as far as this run carries it."""
        timeline = self.case.state.timeline
        return m.TimelineView(entries=timeline.entries, archived=timeline.archived)


def refusal(error: CaseError) -> ApplicationError:
    """A refusal as callers receive it: code, sentence, details."""
    return ApplicationError(error.message, error.details, type=error.code, non_retryable=True)
