"""What boards count: open cases by everything that a supervisor sifts them by, and what each person has in hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.attention import DUE_SOON, Awaits
from domain.sla.clock import ClockState
from domain.sla.spans import Instant
from domain.tasks import TaskState
from domain.views import HUMAN_PROMISES
from readmodel.mapping import AnyRow, as_case, as_clock
from readmodel.reading import is_overdue, still_owed
from readmodel.rows import CaseRow, ClockRow
from readmodel.tables import CASES, CLOCKS, NEVER, TASKS

_FROZEN = ConfigDict(frozen=True)


class Cell(BaseModel):
    """Open cases that have all of this in common, and how many they are."""

    model_config = _FROZEN

    case_type: str
    tier: int | None
    channel: str
    teams: tuple[str, ...]
    awaits: Awaits
    breached: bool
    at_risk: bool
    due_soon: bool
    overdue: bool
    count: int


class Load(BaseModel):
    """What somebody has in hand: how many tasks, how many of them were laid aside, when the first one is due."""

    model_config = _FROZEN

    owner: str
    tasks: int
    aside: int
    due: Instant | None


class Waiting(BaseModel):
    """A task on which a case waits."""

    model_config = _FROZEN

    case_id: str
    task_id: str
    kind: str
    team: str
    state: TaskState
    owner: str | None


class BoardRows:
    """The read model as boards ask it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def cells(self, at: Instant) -> list[Cell]:
        """All open cases, counted; at risk, due soon and overdue is what is so at this instant."""
        at_risk = (CASES.c.at_risk_from <= at).label("at_risk")
        due_soon = (CASES.c.due_at <= at + DUE_SOON).label("due_soon")
        common = (CASES.c[name] for name in ("case_type", "tier", "channel", "teams", "awaits", "breached"))
        each = select(*common, at_risk, due_soon, is_overdue(at).label("overdue")).where(CASES.c.open).subquery()
        # Grouped from outside: PostgreSQL takes what is looked up inside for the same only by its name.
        rows = await self._rows(select(*each.c, func.count().label("cases")).group_by(*each.c))
        return [
            Cell.model_validate({**row._mapping, "teams": row.teams.split(","), "count": row.cases}) for row in rows
        ]

    async def loads(self) -> list[Load]:
        """What everybody has in hand who has something."""
        found = select(TASKS.c.owner, TASKS.c.state, func.count().label("tasks"), func.min(TASKS.c.due_at).label("due"))
        having = found.where(TASKS.c.active, TASKS.c.owner.is_not(None)).group_by(TASKS.c.owner, TASKS.c.state)
        of: dict[str, list[AnyRow]] = defaultdict(list)
        for row in await self._rows(having):
            of[row.owner].append(row)
        return [_load(owner, rows) for owner, rows in sorted(of.items())]

    async def waiting(self, case_ids: Iterable[str]) -> dict[str, list[Waiting]]:
        """The tasks that somebody still has to do, of each of these cases."""
        wanted = select(TASKS).where(TASKS.c.case_id.in_([*case_ids]), TASKS.c.active)
        found: dict[str, list[Waiting]] = defaultdict(list)
        for row in await self._rows(wanted.order_by(TASKS.c.case_id, TASKS.c.due_at, TASKS.c.task_id)):
            found[row.case_id].append(Waiting.model_validate(dict(row._mapping)))
        return found

    async def promises(self, case_ids: Iterable[str], *, paused: bool = False) -> dict[str, list[ClockRow]]:
        """The running clocks of promises that people must keep and have not broken, of each of these cases.

        Those that stand still are among them if `paused` says so; they come last.
        """
        states = (ClockState.RUNNING, ClockState.PAUSED) if paused else (ClockState.RUNNING,)
        wanted = select(CLOCKS).where(
            CLOCKS.c.case_id.in_([*case_ids]),
            CLOCKS.c.state.in_([state.value for state in states]),
            CLOCKS.c.kind.in_([kind.value for kind in HUMAN_PROMISES]),
            CLOCKS.c.breached_at.is_(None),
        )
        found: dict[str, list[ClockRow]] = defaultdict(list)
        for row in await self._rows(wanted.order_by(CLOCKS.c.case_id, CLOCKS.c.due_at, CLOCKS.c.clock_id)):
            found[row.case_id].append(as_clock(row))
        return found

    async def owed(self, case_ids: Iterable[str], at: Instant) -> dict[str, list[ClockRow]]:
        """The clocks of promises that were due before an instant and are still to be kept, of each of these cases."""
        wanted = select(CLOCKS).where(CLOCKS.c.case_id.in_([*case_ids]), still_owed(at))
        found: dict[str, list[ClockRow]] = defaultdict(list)
        for row in await self._rows(wanted.order_by(CLOCKS.c.case_id, CLOCKS.c.due_at, CLOCKS.c.clock_id)):
            found[row.case_id].append(as_clock(row))
        return found

    async def cases(self, case_ids: Iterable[str]) -> list[CaseRow]:
        """The cases of these numbers that there are, what is due soonest first."""
        wanted = select(CASES).where(CASES.c.case_id.in_([*case_ids]))
        return [as_case(row) for row in await self._rows(wanted.order_by(CASES.c.due_at, CASES.c.case_id))]

    async def _rows(self, wanted: Any) -> Sequence[AnyRow]:
        async with self._engine.connect() as connection:
            return (await connection.execute(wanted)).all()


def _load(owner: str, rows: list[AnyRow]) -> Load:
    due = min(row.due for row in rows)
    return Load(
        owner=owner,
        tasks=sum(row.tasks for row in rows),
        aside=sum(row.tasks for row in rows if row.state == TaskState.SUSPENDED),
        due=None if due == NEVER else due,
    )
