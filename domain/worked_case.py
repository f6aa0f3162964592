"""A case that people work on: its tasks are offered to teams; a message that does not arrive becomes one of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from domain.assignment.seeking import seek
from domain.case import Case
from domain.conversation import after_quiet_hours, update_rule
from domain.deeds import NoticeKind, SendMessage
from domain.errors import InvalidInputError, WrongStatusError
from domain.people import Actor
from domain.policy import Policy
from domain.sla.clock import Clock, PlannedStep
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import DAY, Instant, Span
from domain.tasks import Brief, HumanTask, queue_of
from domain.templates import TemplateName

CONTACT, CHECK_DELIVERY, ANSWER = "contact_customer", "check_delivery", "answer_customer"


Checks: TypeAlias = Mapping[str, Callable[[], None]]
"""By verb, what raises a `CaseError` where a case would refuse it whoever asks, and otherwise does nothing."""


class WorkedCase(Case):
    """What every case with human tasks can do. Subclasses say how long tasks may take and who has the case."""

    update_template = TemplateName.STATUS_UPDATE
    """The words of the regular status update."""
    message_template = TemplateName.AGENT_MESSAGE
    """What stands around a person's own words."""
    reopens = False
    """Whether a case that is over can be taken up again."""

    @property
    @abstractmethod
    def possible(self) -> tuple[str, ...]:
        """What can happen in the present status: the names of triggers."""

    @property
    @abstractmethod
    def over(self) -> bool:
        """Nothing more happens unless the case is reopened."""

    @property
    @abstractmethod
    def came_to(self) -> str | None:
        """The outcome of a case that is over."""

    @property
    def about_order(self) -> str | None:
        """The order that the case is about."""
        return self.state.order.id if self.state.order else None

    @property
    def order_known_as(self) -> str | None:
        """The number by which the customer knows that order, where the case has it."""
        return None

    @property
    def heading(self) -> str:
        """What it is about, on one line, as people read it."""
        return self.state.subject

    @property
    def unresolved(self) -> bool:
        """The customer still waits for something."""
        return not self.over

    @property
    @abstractmethod
    def in_hand(self) -> list[HumanTask]:
        """The tasks whose owners can keep the promises of the case itself."""

    @property
    def team(self) -> str:
        """The team that has the case, or would get it."""
        return next((task.team for task in self.active_tasks()), self.supervisors)

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
        seek(self, task, now)
        return task

    def in_charge(self, clock: Clock) -> tuple[str, ...]:
        """Who can still keep this promise: the owner of the work, or the queue it lies in."""
        if clock.kind is ClockKind.PROMISE:
            return tuple(promise.made_by for promise in self.state.promises if promise.id == clock.task)
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

    # What people ask of it. By default a type has one priority, asks its customers nothing and is not closed by hand.

    @property
    def has_news(self) -> bool:
        """There is something that the customer could be told now."""
        return self.unresolved

    @property
    def extend_at_most(self) -> Span:
        """By how much a clock may be extended in its whole life."""
        return DAY

    def priorities_in(self, policy: Policy) -> Collection[str]:
        """The priorities that a policy knows for cases of this type."""
        return (self.state.priority,)

    def fits(self, policy: Policy) -> bool:
        """Whether a policy knows everything that this case uses, beyond teams and priority."""
        return True

    def budget_of(self, clock: Clock) -> Span | None:
        """What the pinned policy gives a clock at the present priority; None where it was set by hand."""
        return None

    def check_moved(self, clock: Clock) -> None:
        """Refuse to move a clock whose end was agreed upon with somebody else; nothing by default."""

    def check_question(self) -> None:
        """Refuse to wait for the customer's answer to a question.

        Raises:
            InvalidInputError: cases of this type wait for no answers in words.
        """
        raise InvalidInputError(
            "such a case does not wait for an answer: write without waiting", field="await_answer", expected=False
        )

    def await_answer(self, by: Actor, now: Instant) -> Instant | None:
        """Wait for the customer's answer; returns by when it is expected."""
        return None

    def customer_wrote(self, text: str, by: Actor, now: Instant) -> None:
        """Tell those who have the case that the customer wrote; where nobody has work to do, make it some."""
        if ANSWER in self.definitions and not self.active_tasks():
            self.offer(ANSWER, self.team, self.reach_within(ANSWER), now, brief={"text": text})
        owners = tuple(dict.fromkeys(task.owner for task in self.active_tasks() if task.owner))
        if owners:
            self.notify(NoticeKind.ANSWER, owners, "the customer wrote", self.key("customer_replied"))

    @property
    def own_checks(self) -> Checks:
        """What refuses verbs of this type of case as it is now, by verb."""
        return {}

    def check_close(self) -> None:
        """Refuse to close what must come to its own end.

        Raises:
            WrongStatusError: cases of this type always do, or the present status does not allow it.
        """
        raise WrongStatusError("such a case comes to its own end", status=self.status, possible=[])

    def close_by(self, by: Actor, reason: str, now: Instant) -> None:
        """Close because a supervisor says so."""
