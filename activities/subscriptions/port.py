"""What this room must be told: what happened in cases, in an order in which nothing is overlooked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict

from domain.sla.spans import Instant
from domain.timeline import Facts


class CaseNow(BaseModel):
    """A case as it stood when the event was read; its words and its customer's addresses are asked of the API."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    case_type: str
    status: str
    open: bool
    tier: int | None
    team: str
    priority: str
    channel: str
    customer_id: str
    order_id: str | None
    due: Instant | None
    breached: bool
    outcome: str | None


class CaseEvent(BaseModel):
    """A line of a case's timeline, without what somebody wrote. `id` is the same whenever it is told."""

    model_config = ConfigDict(frozen=True)

    id: str
    seq: int
    at: Instant
    what: str
    by: str
    public: bool
    facts: Facts
    case: CaseNow


class Happened(NamedTuple):
    """Events, and the place behind them; there may be none though the place is a later one."""

    events: Sequence[CaseEvent]
    place: int


class CaseEvents(Protocol):
    """What happened in all cases. Places are numbers that grow."""

    async def newest(self) -> int:
        """The place behind everything that has happened."""

    async def behind(self, place: int) -> Happened:
        """Some of what happened behind a place, in order; the same place again where that is nothing."""

    async def forget(self, up_to: int) -> int:
        """Forget what is before a place that everybody has passed; returns how much."""
