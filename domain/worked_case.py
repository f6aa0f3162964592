"""A case that people work on: its tasks are offered to teams; a message that does not arrive becomes one of them."""

from __future__ import annotations

from abc import abstractmethod

from domain.case import Case
from domain.conversation import after_quiet_hours, update_rule
from domain.deeds import NoticeKind, SendMessage
from domain.sla.clock import Clock, PlannedStep
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant, Span
from domain.tasks import Brief, HumanTask, queue_of
from domain.templates import TemplateName

CONTACT, CHECK_DELIVERY = "contact_customer", "check_delivery"


class WorkedCase(Case):
    """What every case with human tasks can do. Subclasses say how long tasks may take and who has the case."""

    update_template = TemplateName.STATUS_UPDATE
    """The words of the regular status update."""

    @property
    @abstractmethod
    def over(self) -> bool:
        """Nothing more happens unless the case is reopened."""

    @property
    def unresolved(self) -> bool:
        """The customer still waits for something."""
        return not self.over

    @property
    @abstractmethod
    def in_hand(self) -> list[HumanTask]:
        """The tasks whose owners can keep the promises of the case itself."""

    @abstractmethod
    def reach_within(self, kind: str) -> Span:
        """How long reaching the customer, or finding out about a message, may take."""

    def step_due(self, clock: Clock, planned: PlannedStep) -> Instant:
        """Automatic updates wait for the end of quiet hours, and what follows on them waits as long."""
        if clock.kind is not ClockKind.STATUS_UPDATE or (quiet := update_rule(self).quiet_hours) is None:
            return planned.due
        due = after_quiet_hours(self, clock, planned.due)
        return self.calendar(quiet).next_open(due) if planned.step.do is StepAction.SEND_UPDATE else due

    def compensate(self, clock: Clock, now: Instant) -> None:
        """Give the customer what a missed clock guarantees; nothing by default."""

    def offer(
        self,
        kind: str,
        team: str,
        due_within: Span | None,
        now: Instant,
        *,
        brief: Brief | None = None,
        excluded: tuple[str, ...] = (),
        respond_within: Span | None = None,
    ) -> HumanTask:
        """Offer a new task to a team's queue and start its clocks."""
        task = HumanTask(
            id=f"T{self.number('task')}",
            kind=kind,
            title=self.definitions[kind].title,
            team=team,
            tier=self.tier,
            offered_at=now,
            brief=brief or {},
            excluded=excluded,
        )
        self.state.tasks.append(task)
        self.prune_tasks()
        if respond_within:
            self.start_clock(ClockKind.TASK_CLAIM, respond_within, now, f"{task.id} was offered", task=task.id)
        if due_within:
            self.start_clock(ClockKind.TASK_DUE, due_within, now, f"{task.id} was offered", task=task.id)
        self.note(now, "task_offered", task=task.id, kind=kind, team=team, tier=self.tier)
        self.alarm_if_nobody_eligible(task, now)
        return task

    def in_charge(self, clock: Clock) -> tuple[str, ...]:
        """Who can still keep this promise: the owner of the work, or the queue it lies in."""
        task = self.find_task(clock.task) if clock.task else None
        working = [task] if task else self.in_hand
        return tuple(work.owner or queue_of(work) for work in working)

    # Messages that did not arrive.

    def undeliverable(self, message: SendMessage, why: str, now: Instant) -> None:
        todo = f"the case is {self.status}"
        if not self.over:
            brief: Brief = {"message": message.about, "why": why, "key": message.key}
            todo = f"task {self.offer_contact(now, brief).id}"
        self.notify(NoticeKind.ALARM, (), f"no channel delivered: {message.about}; {todo}", f"{message.key}:failed")

    def unknown_fate(self, message: SendMessage, why: str, now: Instant) -> None:
        todo = f"the case is {self.status}"
        if not self.over:
            brief: Brief = {"message": message.about, "why": why, "key": message.key}
            self.state.doubtful[message.key] = message
            within = self.reach_within(CHECK_DELIVERY)
            todo = f"task {self.offer(CHECK_DELIVERY, self.supervisors, within, now, brief=brief).id}"
        about = f"unknown whether it arrived: {message.about}; {todo}"
        self.notify(NoticeKind.ALARM, (), about, f"{message.key}:unknown")

    def offer_contact(self, now: Instant, brief: Brief) -> HumanTask:
        """Ask the supervisors to reach a customer whom no message reaches; one such task at a time is enough."""
        if waiting := self.active_tasks(CONTACT):
            return waiting[0]
        return self.offer(CONTACT, self.supervisors, self.reach_within(CONTACT), now, brief=brief)
