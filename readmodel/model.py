"""The read model: written by cases, read by whoever shows lists, boards and figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.people import Channel
from domain.projection import Projection, Version
from domain.timeline import Entry
from readmodel import changes, cursor, writing
from readmodel.mapping import AnyRow, as_case, as_clock, as_entry, as_projection, as_task
from readmodel.reading import (
    BY_DUE,
    BY_OPENING,
    OF_TASKS,
    select_cases,
    select_found,
    select_how_many_in_hand,
    select_in_hand,
    select_tasks,
)
from readmodel.rows import CaseRow, CasesWanted, Change, ClockRow, Page, TaskInHand, TaskRow, TasksWanted
from readmodel.tables import CASE_TEAMS, CASES, CLOCKS, TASKS, TIMELINE

MOST_AT_ONCE = 500
"""Cases in one statement; with twenty columns that is a third of the values that either database takes."""


class ReadModel:
    """The tables behind lists. They may lag behind the cases by a moment; whoever acts asks the case."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # Writing.

    async def write(self, projection: Projection) -> bool:
        """Write what is shown of a case; returns whether it was newer than what stood there."""
        return await self.write_all([projection]) == 1

    async def write_all(self, projections: Sequence[Projection]) -> int:
        """Write projections in one transaction, all or none; returns how many were newer."""
        # In one order everywhere: two workers that wait for each other's rows would wait for ever.
        ordered = sorted(projections, key=lambda projection: projection.case.case_id)
        async with self._engine.begin() as connection:
            noted = [one for few in _each_case_once(ordered) for one in await writing.write_all(connection, few)]
            await changes.note(connection, noted)
        return sum(one.newer for one in noted)

    async def replace(self, projection: Projection, instead_of: Version | None) -> bool:
        """Write a case as it is known to be, with its whole timeline.

        Args:
            projection: everything about the case.
            instead_of: the version that stands there and is wrong, were it the newer one; None where none stood. What
                has been written since then stays.

        Returns:
            Whether it was taken.
        """
        async with self._engine.begin() as connection:
            noted = await writing.replace(connection, projection, instead_of)
            await changes.note(connection, [noted] if noted else [])
        return noted is not None

    async def remove(self, case_id: str) -> None:
        """Forget a case."""
        async with self._engine.begin() as connection:
            noted = await writing.remove(connection, case_id)
            await changes.note(connection, [noted] if noted else [])

    # Reading.

    async def case(self, case_id: str) -> CaseRow | None:
        """A case, or None if the read model has not heard of it."""
        rows = await self._rows(select(CASES).where(CASES.c.case_id == case_id))
        return as_case(rows[0]) if rows else None

    async def count(self) -> int:
        """How many cases there are, open or not."""
        return int((await self._rows(select(func.count()).select_from(CASES)))[0][0])

    async def concerns(self, case_id: str, *, teams: Sequence[str], staff_id: str) -> bool:
        """Whether one of these teams has a case or something to do in it, or this person has or had a task of it."""
        of_teams = exists().where(CASE_TEAMS.c.case_id == case_id, CASE_TEAMS.c.team.in_(teams))
        own = exists().where(TASKS.c.case_id == case_id, TASKS.c.owner == staff_id)
        return bool((await self._rows(select(or_(of_teams, own))))[0][0])

    async def cases(self, wanted: CasesWanted) -> Page[CaseRow]:
        """A page of cases.

        Raises:
            InvalidInputError: the cursor is broken or that of another list.
        """
        rows = await self._rows(select_cases(wanted))
        ends = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
        behind = None
        if ends is not None:
            opened = wanted.sort == "opened"
            behind = cursor.written(
                BY_OPENING if opened else BY_DUE, ends.opened_at if opened else ends.due_at, ends.case_id
            )
        return Page[CaseRow](items=tuple(as_case(row) for row in rows[: wanted.limit]), next_cursor=behind)

    async def found(self, words: str, teams: tuple[str, ...] | None, *, limit: int = 50) -> list[CaseRow]:
        """The newest cases in whose subject these words stand, in capitals or not; of some teams, or of all (None)."""
        return [as_case(row) for row in await self._rows(select_found(words, teams, limit))]

    async def tasks(self, wanted: TasksWanted) -> Page[TaskRow]:
        """A page of tasks.

        Raises:
            InvalidInputError: the cursor is broken or that of another list.
        """
        rows = await self._rows(select_tasks(wanted))
        ends = rows[wanted.limit - 1] if len(rows) > wanted.limit else None
        behind = cursor.written(OF_TASKS, ends.due_at, ends.case_id, ends.task_id) if ends is not None else None
        return Page[TaskRow](items=tuple(as_task(row) for row in rows[: wanted.limit]), next_cursor=behind)

    async def in_hand(self, people: Collection[str]) -> list[TaskInHand]:
        """The tasks that these people have and have not laid aside."""
        rows = await self._rows(select_in_hand(people))
        return [TaskInHand.model_validate(row._asdict()) for row in rows]

    async def how_many_in_hand(self, people: Collection[str]) -> dict[str, dict[Channel, int]]:
        """How many tasks each of these people has and has not laid aside, by channel; nothing for who has none."""
        found: dict[str, dict[Channel, int]] = defaultdict(dict)
        for row in await self._rows(select_how_many_in_hand(people)):
            found[row.owner][Channel(row.channel)] = row.tasks
        return found

    async def projection(self, case_id: str) -> Projection | None:
        """Everything that stands here of a case, None if that is nothing.

        Of what is written meanwhile it may hold a part; its version is that of before.
        """
        async with self._engine.connect() as connection:
            rows = [
                (await connection.execute(select(table).where(table.c.case_id == case_id))).all()
                for table in (CASES, TASKS, CLOCKS, TIMELINE)
            ]
        return as_projection(*rows) if rows[0] else None

    async def open_by_id(self, *, after: str = "", limit: int = 1_000) -> list[tuple[str, bool]]:
        """The numbers of all cases in their order, each with whether it is open, behind a number."""
        page = select(CASES.c.case_id, CASES.c.open).where(CASES.c.case_id > after).order_by(CASES.c.case_id)
        return [(row.case_id, row.open) for row in await self._rows(page.limit(limit))]

    async def clocks(self, case_id: str) -> list[ClockRow]:
        """The clocks of a case, the oldest first."""
        rows = await self._rows(
            select(CLOCKS).where(CLOCKS.c.case_id == case_id).order_by(CLOCKS.c.started_at, CLOCKS.c.clock_id)
        )
        return [as_clock(row) for row in rows]

    async def timeline(self, case_id: str, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        """What happened to a case in order, from the line behind number `after`."""
        own = (TIMELINE.c.case_id == case_id) & (TIMELINE.c.seq > after)
        rows = await self._rows(select(TIMELINE).where(own).order_by(TIMELINE.c.seq).limit(limit))
        return [as_entry(row) for row in rows]

    # What changed.

    async def changes(self, after: int, *, limit: int = 500) -> list[Change]:
        """The changes behind a number, in order."""
        async with self._engine.connect() as connection:
            return await changes.read(connection, after, limit)

    async def newest_change(self) -> int:
        """The number of the last change; 0 before the first."""
        async with self._engine.connect() as connection:
            return await changes.newest(connection)

    async def forget_changes(self, up_to: int) -> int:
        """Delete changes up to and with a number that everybody has read; returns how many."""
        async with self._engine.begin() as connection:
            return await changes.prune(connection, up_to)

    async def _rows(self, wanted: Any) -> Sequence[AnyRow]:
        async with self._engine.connect() as connection:
            return (await connection.execute(wanted)).all()


def _each_case_once(ordered: Sequence[Projection]) -> Iterator[list[Projection]]:
    """Split them so that no case stands twice in a part; a statement can take each row once only."""
    part: list[Projection] = []
    for projection in ordered:
        if len(part) == MOST_AT_ONCE or (part and part[-1].case.case_id == projection.case.case_id):
            yield part
            part = []
        part.append(projection)
    if part:
        yield part
