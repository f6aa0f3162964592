"""What the read model shows of a case: its row with tasks and clocks, and the lines of its timeline.

A projection is whole: whoever has the newest one of a case needs no other, but for the timeline, of which each carries
what may not have been written yet.
"""

from __future__ import annotations

from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.tasks import ACTIVE, TaskState
from domain.timeline import Entry

Version: TypeAlias = tuple[Instant, int]
"""Of two projections of a case the one with the greater version is the newer.

The time decides before the number: a workflow that was reset goes on from fewer entries, and is the truth.
"""

_FROZEN = ConfigDict(frozen=True)


class ShownTask(BaseModel):
    """A task as lists show it; its draft, brief and form are asked of the case."""

    model_config = _FROZEN

    id: str
    kind: str
    title: str
    team: str
    tier: int | None = None
    state: TaskState
    owner: str | None = None
    owned_since: Instant | None = None
    offered_at: Instant
    ended_at: Instant | None = None
    due: Instant | None = None

    @property
    def active(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state in ACTIVE


class ShownClock(BaseModel):
    """A clock as lists show it; why it stands so is asked of the case.

    `consumed` covers closed segments only, in milliseconds of the clock's calendar; the running one counts from
    `running_since`.
    """

    model_config = _FROZEN

    id: str
    kind: ClockKind
    state: ClockState
    task: str | None = None
    budget: Span
    consumed: Span
    running_since: Instant | None = None
    started_at: Instant
    due: Instant | None = None
    breached_at: Instant | None = None
    ended_at: Instant | None = None


class ShownCase(BaseModel):
    """A case as lists show it. `due` is when the next promise that a person must keep is due.

    `order_number` is the number by which the customer knows the order of `order_id`, where the case has read it.
    """

    model_config = _FROZEN

    case_id: str
    case_type: str
    status: str
    open: bool
    tier: int | None = None
    team: str
    priority: str
    channel: str
    policy: str
    customer_id: str
    order_id: str | None = None
    order_number: str | None = None
    subject: str
    opened_at: Instant
    closed_at: Instant | None = None
    due: Instant | None = None
    breached: bool
    outcome: str | None = None
    linked: tuple[str, ...] = ()
    tasks: tuple[ShownTask, ...] = ()
    clocks: tuple[ShownClock, ...] = ()


class Projection(BaseModel):
    """What is shown of a case after one of its turns.

    Attributes:
        seq: number of the last timeline entry.
        at: time of the workflow task.
        case: everything but the timeline.
        entries: lines of the timeline up to `seq`; those before them were handed out with earlier projections.
    """

    model_config = _FROZEN

    seq: int
    at: Instant
    case: ShownCase
    entries: tuple[Entry, ...] = ()

    @property
    def version(self) -> Version:
        """Its time and its number."""
        return self.at, self.seq
