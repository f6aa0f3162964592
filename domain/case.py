"""What every case is made of: its record, its clocks, the deeds it has decided on, the requests it has answered.

`CaseState` is data and survives continue-as-new; `Case` is that data together with the policy it is pinned to. No
method here waits, sends or reads a clock: time comes in as `now`, effects go out as deeds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from pydantic import BaseModel, Field

from domain.deeds import Deed, NoticeKind, NotifyStaff, SendMessage, Words
from domain.errors import ClockNotFoundError, RequestIdReusedError, TaskNotFoundError
from domain.messages import Answer, Request
from domain.people import SYSTEM, Actor, Channel, CustomerProfile, DeliveryChannel, OrderSummary
from domain.policy import Policy
from domain.sla.calendar import WorkingCalendar
from domain.sla.clock import Clock, PlannedStep, start_clock
from domain.sla.rules import RUN_LAST, ClockKind, ClockRule, StepAction
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask, TaskDefinition, eligible
from domain.templates import TemplateName
from domain.timeline import Entry, Facts, Timeline

Act: TypeAlias = Callable[[Instant], None]
"""A decision that was not refused: called with the present instant, it changes the case."""

REMEMBERED_ANSWERS = 1_000
"""Request ids that a case remembers; two thirds of what Temporal allows as updates in one run, for the whole life."""

KEPT_ENDED_CLOCKS = 3
"""Ended clocks of one kind that stay in the record; what happened to older ones is on the timeline."""

KEPT_ENDED_TASKS = 30
"""Ended tasks that stay in the record."""

KEPT_BY_MESSAGES = (ClockKind.FIRST_RESPONSE, ClockKind.STATUS_UPDATE)
"""Promises that a delivered message keeps."""

SomeRequest = TypeVar("SomeRequest", bound=Request)


class CaseState(BaseModel):
    """The part of a case that every type shares."""

    case_id: str
    policy: str
    channel: Channel
    priority: str
    opened_at: Instant
    subject: str
    description: str
    customer: CustomerProfile
    order: OrderSummary | None = None
    clocks: list[Clock] = Field(default_factory=list)
    tasks: list[HumanTask] = Field(default_factory=list)
    timeline: Timeline = Field(default_factory=Timeline)
    deeds: list[Deed] = Field(default_factory=list)
    answers: dict[str, tuple[str, Answer]] = Field(default_factory=dict)
    counts: dict[str, int] = Field(default_factory=dict)
    seen_events: list[str] = Field(default_factory=list)
    linked: list[str] = Field(default_factory=list)
    breached: bool = False


class Case(ABC):
    """A case under its policy. Subclasses say what their clocks, tasks and steps mean."""

    state: CaseState

    def __init__(self, state: CaseState, policy: Policy) -> None:
        self.state = state
        self.policy = policy

    # What a case type decides.

    @property
    @abstractmethod
    def status(self) -> str:
        """The machine's status."""

    @property
    @abstractmethod
    def tier(self) -> int | None:
        """The tier that has the case, for types that have tiers."""

    @property
    @abstractmethod
    def definitions(self) -> dict[str, TaskDefinition]:
        """The kinds of human tasks."""

    @abstractmethod
    def rule(self, kind: ClockKind) -> ClockRule:
        """What the policy says about clocks of this kind."""

    @abstractmethod
    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        """Do what a due step says."""

    @abstractmethod
    def task_completed(self, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
        """Go on with the case after a task was completed."""

    def check_completion(self, task: HumanTask, form: BaseModel, actor: Actor) -> None:
        """Refuse a completion that the case as a whole does not allow; nothing by default."""

    @abstractmethod
    def claim_idle_budget(self, task: HumanTask) -> Span | None:
        """How long a claim may lie idle before the task returns to its queue; None for ever."""

    def task_skipped(self, task: HumanTask, now: Instant) -> None:
        """Go on with the case after a task was skipped; nothing by default."""

    # Record.

    def note(self, now: Instant, what: str, by: Actor = SYSTEM, text: str | None = None, **facts: object) -> Entry:
        """Write a line on the timeline; facts that are None are left out."""
        kept: Facts = {
            key: value if isinstance(value, (str, int, bool)) else str(value)
            for key, value in facts.items()
            if value is not None
        }
        return self.state.timeline.add(now, what, by.id, kept, text=text)

    def number(self, name: str) -> int:
        """The next instance number of `name`, from 1."""
        self.state.counts[name] = self.state.counts.get(name, 0) + 1
        return self.state.counts[name]

    def key(self, step: str) -> str:
        """A fresh effect key `case:step:instance`."""
        return f"{self.state.case_id}:{step}:{self.number(step)}"

    def decide(self, deed: Deed) -> None:
        """Put an outside effect on the list that `run` carries out."""
        self.state.deeds.append(deed)

    # Requests that were answered before.

    def answered(self, request: Request) -> Answer | None:
        """The answer this very request got before, or None for a new one.

        Raises:
            RequestIdReusedError: the id was used for a request with other content.
        """
        known = self.state.answers.get(request.request_id)
        if known is None:
            return None
        fingerprint, answer = known
        if fingerprint != request.fingerprint():
            raise RequestIdReusedError(
                f"request id {request.request_id} was already used for another request",
                field="request_id",
                request_id=request.request_id,
            )
        return answer

    def remember(self, request: Request, answer: Answer) -> None:
        """Keep the answer for the time the request comes again."""
        self.state.answers[request.request_id] = (request.fingerprint(), answer)
        while len(self.state.answers) > REMEMBERED_ANSWERS:
            del self.state.answers[next(iter(self.state.answers))]

    # Clocks.

    def calendar(self, name: str) -> WorkingCalendar:
        """A compiled calendar of the pinned policy; ended clocks may name one that only a former policy had."""
        return self.policy.calendars[name]

    def due(self, clock: Clock) -> Instant | None:
        """When a clock's budget is used up if nothing changes; None while it is paused or ended."""
        return clock.due(self.calendar(clock.calendar)) if clock.open else None

    def consumed(self, clock: Clock, now: Instant) -> Span:
        """Open time that a clock has used up to `now`."""
        return clock.consumed_by(now, self.calendar(clock.calendar)) if clock.open else clock.consumed

    def start_clock(
        self,
        kind: ClockKind,
        budget: Span,
        now: Instant,
        cause: str,
        *,
        task: str | None = None,
        runs_from: Instant | None = None,
    ) -> Clock:
        """Start the next clock of a kind; it is paused at once where the present status pauses it."""
        clock = start_clock(
            kind=kind,
            instance=self.number(kind.value),
            budget=budget,
            calendar=self.rule(kind).calendar,
            policy=self.policy_version,
            now=now,
            cause=cause,
            task=task,
            runs_from=runs_from,
        )
        self.state.clocks.append(clock)
        self._prune_clocks(kind)
        self._settle_pause(clock, now)
        return clock

    @property
    def policy_version(self) -> str:
        """The pinned version; the archive's name for it, which code changes cannot move."""
        return self.state.policy

    def open_clock(self, kind: ClockKind, task: str | None = None) -> Clock | None:
        """The newest clock of a kind that is still open, of one task if given."""
        for clock in reversed(self.state.clocks):
            if clock.kind is kind and clock.open and (task is None or clock.task == task):
                return clock
        return None

    def clock(self, clock_id: str) -> Clock:
        """A clock by its id.

        Raises:
            ClockNotFoundError: details list the ids there are.
        """
        for clock in self.state.clocks:
            if clock.id == clock_id:
                return clock
        known = [clock.id for clock in self.state.clocks if clock.open]
        raise ClockNotFoundError(f"there is no clock {clock_id}", field="clock", clock=clock_id, open=known)

    def meet(self, kind: ClockKind, now: Instant, cause: str, task: str | None = None) -> None:
        """The promise was kept; nothing happens where no such clock is open."""
        if clock := self.open_clock(kind, task):
            clock.meet(now, cause, self.calendar(clock.calendar))

    def cancel(self, kind: ClockKind, now: Instant, cause: str, task: str | None = None) -> None:
        """The promise no longer applies; nothing happens where no such clock is open."""
        if clock := self.open_clock(kind, task):
            clock.cancel(now, cause, self.calendar(clock.calendar))

    def cancel_all(self, now: Instant, cause: str) -> None:
        """End every open clock."""
        for clock in self.state.clocks:
            if clock.open:
                clock.cancel(now, cause, self.calendar(clock.calendar))

    def settle_pauses(self, now: Instant) -> None:
        """Let each open clock run or pause as status, task and supervisor demand."""
        for clock in self.state.clocks:
            if clock.open:
                self._settle_pause(clock, now)

    def _settle_pause(self, clock: Clock, now: Instant) -> None:
        calendar = self.calendar(clock.calendar)
        if cause := self._pause_cause(clock):
            clock.pause(now, cause, calendar)
        else:
            clock.resume(now, "nothing pauses it any more", calendar)

    def _pause_cause(self, clock: Clock) -> str | None:
        if clock.held:
            return "held by a supervisor"
        if self.status in self.rule(clock.kind).pauses_on:
            return f"the case is {self.status.replace('_', ' ')}"
        if clock.task and (task := self.find_task(clock.task)) and task.suspended_from:
            return f"task {clock.task} is suspended"
        return None

    def _prune_clocks(self, kind: ClockKind) -> None:
        ended = [clock for clock in self.state.clocks if clock.kind is kind and not clock.open]
        for clock in ended[:-KEPT_ENDED_CLOCKS]:
            self.state.clocks.remove(clock)

    def plan(self) -> list[PlannedStep]:
        """Every step that is still to fire, soonest first."""
        steps = [
            planned.model_copy(update={"due": self.step_due(clock, planned)})
            for clock in self.state.clocks
            if clock.open
            for planned in clock.plan(self.rule(clock.kind), self.calendar(clock.calendar))
        ]
        return sorted(steps, key=lambda planned: (planned.due, planned.step.do in RUN_LAST, planned.order))

    def step_due(self, clock: Clock, planned: PlannedStep) -> Instant:
        """The instant of a planned step; types may move it, for example out of quiet hours."""
        return planned.due

    def take_due_steps(self, now: Instant, *, writing: bool = False) -> int:
        """Run every step whose moment has come, in order; plan anew after each, since a step changes clocks.

        Args:
            now: the present instant.
            writing: a message to the customer is under way: promises that it may have kept in time wait for its report.

        Returns:
            How many ran. Steps that ran later than the policy tolerates are recorded as late by system.
        """
        ran = 0
        decided = len(self.state.deeds)
        while (step := self._next_step(writing)) and step.due <= now:
            self._take(step, now)
            ran += 1
        if ran > 1:
            keep_one_message(self, decided, now)
        return ran

    @property
    def written_up_to(self) -> Instant:
        """The latest instant on record: nothing may be recorded before it."""
        entries = self.state.timeline.entries[-1:]
        return max((*(entry.at for entry in entries), *(clock.why[-1].at for clock in self.state.clocks)), default=0)

    def _next_step(self, writing: bool) -> PlannedStep | None:
        left_alone = KEPT_BY_MESSAGES if writing else ()
        return next((step for step in self.plan() if self.clock(step.clock).kind not in left_alone), None)

    def _take(self, planned: PlannedStep, now: Instant) -> None:
        clock = self.clock(planned.clock)
        late_by = now - planned.due if now - planned.due > self.policy.late_tolerance else 0
        clock.fire(planned.step, now, late_by, self.calendar(clock.calendar))
        if late_by:
            self.note(
                now, "late_by_system", clock=clock.id, step=planned.step.do.value, late_by_ms=late_by, due=planned.due
            )
        self.execute(clock, planned.step.do, now)

    # Tasks.

    def find_task(self, task_id: str) -> HumanTask | None:
        """A task by its id, or None."""
        return next((task for task in self.state.tasks if task.id == task_id), None)

    def task(self, task_id: str) -> HumanTask:
        """A task by its id.

        Raises:
            TaskNotFoundError: details list the ids of the active tasks.
        """
        if task := self.find_task(task_id):
            return task
        active = [task.id for task in self.active_tasks()]
        raise TaskNotFoundError(f"there is no task {task_id}", field="task_id", task=task_id, active=active)

    def active_tasks(self, kind: str | None = None) -> list[HumanTask]:
        """Tasks that somebody still has to do."""
        return [task for task in self.state.tasks if task.active and kind in (None, task.kind)]

    def prune_tasks(self) -> None:
        """Drop the oldest ended tasks beyond what a case keeps; their story stays on the timeline."""
        ended = [task for task in self.state.tasks if not task.active]
        for task in ended[:-KEPT_ENDED_TASKS]:
            self.state.tasks.remove(task)

    # People.

    def notify(
        self,
        notice: NoticeKind,
        recipients: tuple[str, ...],
        about: str,
        key: str,
        due_at: Instant | None = None,
    ) -> None:
        """Tell staff; without recipients the supervisors are told instead."""
        people = recipients or (f"team:{self.supervisors}",)
        self.decide(NotifyStaff(key=key, notice=notice, recipients=people, about=about, due_at=due_at))

    @abstractmethod
    def words(self, now: Instant) -> Words:
        """What every message to the customer may mention."""

    @abstractmethod
    def undeliverable(self, message: SendMessage, why: str, now: Instant) -> None:
        """No channel delivered a message: a person must reach the customer."""

    @abstractmethod
    def unknown_fate(self, message: SendMessage, why: str, now: Instant) -> None:
        """Nobody can tell whether a message arrived: a person must find out."""

    @property
    @abstractmethod
    def supervisors(self) -> str:
        """The team that alarms go to."""

    def alarm_if_nobody_eligible(self, task: HumanTask, now: Instant) -> None:
        """A task that nobody may take is told to the supervisors (lessons, failure 7)."""
        if not task.owner and not eligible(task, self.policy):
            self.note(now, "nobody_eligible", task=task.id, team=task.team)
            about = f"nobody is eligible for task {task.id} ({task.title}) of team {task.team}"
            self.notify(NoticeKind.ALARM, (), about, self.key("nobody_eligible"))

    def delivery_channels(self) -> tuple[DeliveryChannel, ...]:
        """Ways to reach this customer in the order in which they are tried."""
        return self.policy.delivery[self.state.channel]


MESSAGE_RANK: tuple[TemplateName, ...] = (
    TemplateName.CLOSED_WITHOUT_ANSWER,
    TemplateName.ESCALATED,
    TemplateName.STATUS_UPDATE,
    TemplateName.SOLUTION_REMINDER,
    TemplateName.QUESTION_REMINDER,
    TemplateName.COMPENSATION,
)
"""Which automatic message says most when several fall due at once; the others' words are added to it."""


def keep_one_message(case: Case, first: int, now: Instant) -> None:
    """Of the automatic customer messages decided since deed number `first`, keep the one that says most.

    After a downtime many steps run at once; the customer gets one message and not many (lessons, failure 10).
    """
    fresh = case.state.deeds[first:]
    messages = [deed for deed in fresh if isinstance(deed, SendMessage) and deed.template in MESSAGE_RANK]
    if len(messages) < 2:
        return
    kept, *others = sorted(messages, key=lambda message: MESSAGE_RANK.index(message.template))
    words = dict(kept.words)
    for other in others:
        words.update({name: value for name, value in other.words.items() if words.get(name) is None})
        case.note(now, "message_joined", template=other.template.value, key=other.key, into=kept.key)
    joined = kept.model_copy(update={"words": words, "joined": tuple(other.key for other in others)})
    case.state.deeds[first:] = [
        joined if deed is kept else deed for deed in fresh if deed is kept or deed not in others
    ]
