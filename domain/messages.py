"""What doors and workflows exchange about any case: requests with an id and an actor, answers, views."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.people import Actor, CustomerProfile, DeliveryChannel, OrderSummary
from domain.sla.clock import ClockEvent, ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import TaskState
from domain.timeline import Entry

_STRICT = ConfigDict(frozen=True, extra="forbid")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
"""Words of a person; never empty."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""An id of ours or of a caller: letters, digits and `._:-`, at most 64 characters."""


class Request(BaseModel):
    """Something that a person or a system asks of a case.

    `request_id` is the caller's: sent again with the same content it answers as before and does nothing twice.
    """

    model_config = _STRICT

    request_id: Identifier
    actor: Actor

    def fingerprint(self) -> str:
        """Identity of the content: the same request id with another fingerprint is refused."""
        content = self.model_dump_json(exclude={"request_id": True, "actor": {"teams"}})
        return hashlib.sha256(f"{type(self).__name__}{content}".encode()).hexdigest()[:16]


class TaskRequest(Request):
    """Something asked about one task."""

    task_id: Identifier


class ClaimTask(TaskRequest):
    """Take a task out of the queue for oneself."""


class ReleaseTask(TaskRequest):
    """Give a task back to its queue."""

    reason: Text | None = None


class StartTask(TaskRequest):
    """Begin to work on a task; starting a task of the queue claims it."""


class CompleteTask(TaskRequest):
    """Finish a task. `form` is checked against the schema of the task's kind."""

    form: dict[str, object]


class DelegateTask(TaskRequest):
    """Hand a task to one other eligible person."""

    to: Actor
    reason: Text


class ForwardTask(TaskRequest):
    """Move a task to another team's queue."""

    team: Identifier
    reason: Text


class NominateTask(TaskRequest):
    """Name the only people who may take a task; a single nominee owns it at once."""

    people: tuple[Actor, ...] = Field(min_length=1)
    reason: Text


class SuspendTask(TaskRequest):
    """Lay a task aside; its clocks pause."""

    reason: Text


class ResumeTask(TaskRequest):
    """Take up a suspended task again."""


class SkipTask(TaskRequest):
    """Do without a task that allows it."""

    reason: Text


class ExcludeOwner(TaskRequest):
    """Bar a person from a task (four eyes); an excluded owner loses it."""

    person: Identifier
    reason: Text


class SaveDraft(TaskRequest):
    """Keep unfinished words with the task; they survive every handover."""

    draft: Text


class DeliveryReported(BaseModel):
    """Signal: what a provider told us later about a message, for example a bounce."""

    model_config = _STRICT

    event_id: Identifier
    key: str
    channel: DeliveryChannel
    delivered: bool
    detail: str | None = None


class Answer(BaseModel):
    """What a request led to; `linked` is the number of a case that it opened."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    status: str
    tier: int | None = None
    task_id: str | None = None
    task_state: TaskState | None = None
    owner: str | None = None
    linked: str | None = None
    at: Instant


class Promise(BaseModel):
    """What somebody of the staff promised the customer. Whether it was missed is in the clock that names it."""

    id: str
    text: str
    made_by: str
    made_at: Instant
    due: Instant
    kept_at: Instant | None = None


class TaskView(BaseModel):
    """A task as people see it. `form` is the JSON Schema of what completing it takes."""

    id: str
    kind: str
    title: str
    team: str
    tier: int | None
    state: TaskState
    owner: str | None
    owned_since: Instant | None
    eligible: tuple[str, ...]
    offered_at: Instant
    due: Instant | None
    draft: str | None
    brief: dict[str, str | int | None]
    outcome: dict[str, object] | None
    verbs: tuple[str, ...]


class ClockView(BaseModel):
    """A clock with its ledger and its why. Spans are milliseconds of the clock's calendar; `refused` as in the case."""

    id: str
    kind: ClockKind
    state: ClockState
    calendar: str
    budget: Span
    consumed: Span
    left: Span
    due: Instant | None
    next_step: str | None
    next_step_at: Instant | None
    task: str | None
    why: list[ClockEvent]
    refused: tuple[str, ...] = ()


class Wished(BaseModel):
    """One thing that the customer wants, as whoever decides about it must see it.

    Attributes:
        what: the kind of wish, such as `quantity`, `address` or `exchange`.
        now: as it is, or what it is about; None where there is nothing yet, or the order was not read.
        wanted: what it is to become; None where that is nothing.
        reason, condition: of goods that come back, the codes that the customer gave.
    """

    model_config = ConfigDict(frozen=True)

    what: str
    now: str | None = None
    wanted: str | None = None
    reason: str | None = None
    condition: str | None = None


class CaseView(BaseModel):
    """Everything about a case at one instant, as agents and supervisors see it; `refused` it would, whoever asks.

    `order_id` is what the shop calls its order, `order_number` what the customer calls it, once the case has read it.
    """

    case_id: str
    case_type: str
    status: str
    actions: tuple[str, ...]
    refused: tuple[str, ...] = ()
    tier: int | None
    team: str | None
    priority: str
    channel: str
    policy: str
    opened_at: Instant
    subject: str
    description: str
    customer: CustomerProfile
    order: OrderSummary | None
    order_id: str | None = None
    order_number: str | None = None
    reachable_by: tuple[DeliveryChannel, ...]
    due: Instant | None
    breached: bool
    outcome: str | None
    facts: dict[str, str | int | bool | None]
    wish: tuple[Wished, ...] = ()
    tasks: list[TaskView]
    clocks: list[ClockView]
    promises: list[Promise] = []
    linked: tuple[str, ...]
    last_seq: int


class TimelineView(BaseModel):
    """The part of the timeline that the running workflow carries; older entries are in the archive."""

    entries: list[Entry]
    archived: int
