"""The record of a case: what was said, decided and answered, the tasks and clocks there are.

`CaseState` is data and survives continue-as-new; `CaseRecord` writes on it and finds things in it.
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from domain.deeds import Deed, SendMessage
from domain.errors import RequestIdReusedError, TaskNotFoundError
from domain.messages import Answer, Promise, Request
from domain.people import SYSTEM, Actor, Channel, CustomerProfile, OrderSummary
from domain.policy import Policy
from domain.sla.clock import Clock
from domain.sla.spans import Instant
from domain.tasks import HumanTask
from domain.timeline import Entry, Facts, Timeline

REMEMBERED_ANSWERS = 1_000
"""Request ids that a case remembers; two thirds of what Temporal allows as updates in one run, for the whole life."""

SEEN_EVENTS = 200
"""Event ids that a case remembers so that an event told twice counts once."""

KEPT_ENDED_TASKS = 30
"""Ended tasks that stay in the record."""


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
    doubtful: dict[str, SendMessage] = Field(default_factory=dict)
    seen_events: list[str] = Field(default_factory=list)
    linked: list[str] = Field(default_factory=list)
    promises: list[Promise] = Field(default_factory=list)
    breached: bool = False
    closed_at: Instant | None = None


class CaseRecord:
    """The state of a case, with the policy it is pinned to."""

    state: CaseState

    def __init__(self, state: CaseState, policy: Policy) -> None:
        self.state = state
        self.policy = policy

    @property
    def policy_version(self) -> str:
        """The pinned version; the archive's name for it, which code changes cannot move."""
        return self.state.policy

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

    def is_news(self, event_id: str) -> bool:
        """Whether an event from outside is told for the first time; from now on it is not."""
        if event_id in self.state.seen_events:
            return False
        self.state.seen_events = [*self.state.seen_events, event_id][-SEEN_EVENTS:]
        return True

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

    @property
    def open_promises(self) -> list[Promise]:
        """What was promised to the customer and not kept yet, in time or late."""
        return [promise for promise in self.state.promises if promise.kept_at is None]

    def prune_tasks(self) -> None:
        """Drop the oldest ended tasks beyond what a case keeps, with their clocks; the timeline keeps their story."""
        ended = sorted((task for task in self.state.tasks if not task.active), key=lambda task: task.ended_at or 0)
        dropped = {task.id for task in ended[:-KEPT_ENDED_TASKS]}
        if dropped:
            self.state.tasks = [task for task in self.state.tasks if task.id not in dropped]
            self.state.clocks = [clock for clock in self.state.clocks if clock.open or clock.task not in dropped]
