"""What the read model answers with: rows of cases, tasks and clocks, a page at a time; and what changed."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.attention import Awaits
from domain.projection import ShownClock
from domain.sla.spans import Instant
from domain.tasks import TaskState

Row = TypeVar("Row")

Term = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
"""What a column is compared with; PostgreSQL knows no text with a zero character."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseRow(_Frozen):
    """A case as it stood after its turn at `at`, with the number of its last timeline entry.

    `order_number` is the number by which the customer knows the order, once the case has read it. `awaits` says whose
    move it is, `at_risk_from` from when on a promise is at risk; `teams` are the one that has the
    case and those that have something to do in it.
    """

    case_id: str
    seq: int
    at: Instant
    case_type: str
    status: str
    open: bool
    tier: int | None
    team: str
    priority: str
    channel: str
    policy: str
    customer_id: str
    order_id: str | None
    order_number: str | None
    subject: str
    opened_at: Instant
    closed_at: Instant | None
    due: Instant | None
    breached: bool
    outcome: str | None
    linked: tuple[str, ...]
    awaits: Awaits
    at_risk_from: Instant | None
    teams: tuple[str, ...]


class TaskRow(_Frozen):
    """A task with what a list says of its case; `due` is its own time, or that of its case where it has none."""

    case_id: str
    task_id: str
    kind: str
    title: str
    team: str
    tier: int | None
    state: TaskState
    active: bool
    owner: str | None
    owned_since: Instant | None
    offered_at: Instant
    ended_at: Instant | None
    due: Instant | None
    case_type: str
    case_status: str
    subject: str
    priority: str
    channel: str
    customer_id: str
    breached: bool


class TaskInHand(_Frozen):
    """A task that somebody has, as far as it matters for how much they have."""

    owner: str
    case_id: str
    task_id: str
    channel: str


class ClockRow(ShownClock):
    """A clock of a case."""

    case_id: str


class NewLine(_Frozen):
    """A line that the timeline has since a change."""

    seq: int
    what: str


class Change(_Frozen):
    """That a case is shown otherwise.

    Attributes:
        number: its place among all changes; of a later one it is greater, and some are left out.
        at: time of the case's turn.
        seq: number of its last timeline entry.
        teams: that have the case or something to do in it, before or after.
        people: who own a task of it, before or after.
        lines: of its timeline that are new.
    """

    number: int
    case_id: str
    at: Instant
    seq: int
    teams: tuple[str, ...]
    people: tuple[str, ...]
    lines: tuple[NewLine, ...]


class Page(BaseModel, Generic[Row]):
    """Some rows, and where the next ones begin; `next_cursor` is None on the last page."""

    model_config = ConfigDict(frozen=True)

    items: tuple[Row, ...]
    next_cursor: str | None = None


class CasesWanted(_Frozen):
    """Which cases a list shows; what is None is not asked about.

    A case is a team's if the team has it, or has something to do in it. `team` is what somebody asks for, `teams` what
    they may see: both hold. `awaits` is whose move it is, `at_risk_by` an instant by which a promise is at risk,
    `due_by` one by which a promise that still holds is due, `overdue_at` one before which something was due that is
    still owed. Sorted by `due`, soonest first and those without last, or by `opened`, newest first.
    """

    type: Term | None = None
    status: Term | None = None
    tier: int | None = Field(default=None, ge=0, le=1_000)
    team: Term | None = None
    teams: tuple[Term, ...] | None = None
    channel: Term | None = None
    priority: Term | None = None
    customer_id: Term | None = None
    order_id: Term | None = None
    order_number: Term | None = None
    case_ids: tuple[Term, ...] | None = Field(default=None, max_length=200)
    breached: bool | None = None
    awaits: Awaits | None = None
    at_risk_by: Annotated[Instant, Field(ge=0, lt=2**62)] | None = None
    due_by: Annotated[Instant, Field(ge=0, lt=2**62)] | None = None
    overdue_at: Annotated[Instant, Field(ge=0, lt=2**62)] | None = None
    open: bool | None = None
    sort: Literal["due", "opened"] = "due"
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = None


class TasksWanted(_Frozen):
    """Which tasks a list shows, soonest due first and those without a time last; what is None is not asked about.

    `open` tasks are those that somebody still has to do. `team` and `teams` both hold. `channel` and `priority` are
    those of the task's case.
    """

    team: Term | None = None
    teams: tuple[Term, ...] | None = None
    owner: Term | None = None
    state: TaskState | None = None
    case_type: Term | None = None
    tier: int | None = Field(default=None, ge=0, le=1_000)
    channel: Term | None = None
    priority: Term | None = None
    open: bool | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = None
