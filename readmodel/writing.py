"""Writing projections: the newest of a case replaces what stood there, and a line of the timeline is written once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, and_, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.attention import at_risk_from, awaits
from domain.projection import Projection, ShownCase, ShownClock, ShownTask, Version
from domain.timeline import Entry
from readmodel.tables import CASE_TEAMS, CASES, CLOCKS, METADATA, NEVER, TASKS, TIMELINE


async def write_all(
    connection: AsyncConnection, projections: Sequence[Projection], instead_of: Version | None = None
) -> int:
    """Write projections, one of a case at the most; returns how many were newer than what stood there.

    One that is not newer is taken all the same where it is to replace the very version that stands there.

    A latecomer changes nothing of its case, but its lines of the timeline are as true as ever: those that are missing
    are added.
    """
    taken = await _take(connection, projections, instead_of)
    newer = [projection.case for projection in projections if projection.case.case_id in taken]
    for table in (CASE_TEAMS, TASKS, CLOCKS) if newer else ():
        await connection.execute(delete(table).where(table.c.case_id.in_(taken)))
    await _add(connection, CASE_TEAMS, [_team(case, team) for case in newer for team in _teams(case)])
    await _add(connection, TASKS, [_task(case, task) for case in newer for task in case.tasks])
    await _add(connection, CLOCKS, [_clock(case.case_id, clock) for case in newer for clock in case.clocks])
    lines = [_line(one.case.case_id, entry) for one in projections for entry in one.entries]
    await _add(connection, TIMELINE, lines)
    return len(newer)


async def replace(connection: AsyncConnection, projection: Projection, instead_of: Version | None) -> bool:
    """Write a whole projection, also over the version that it is to replace; returns whether it was taken.

    Its lines of the timeline, which must be all that there are, replace those that stand there.
    """
    case_id, without_lines = projection.case.case_id, projection.model_copy(update={"entries": ()})
    if not await write_all(connection, [without_lines], instead_of):
        return False
    await connection.execute(delete(TIMELINE).where(TIMELINE.c.case_id == case_id))
    await _add(connection, TIMELINE, [_line(case_id, entry) for entry in projection.entries])
    return True


async def remove(connection: AsyncConnection, case_id: str) -> None:
    """Take a case out of all tables."""
    for table in METADATA.tables.values():
        await connection.execute(delete(table).where(table.c.case_id == case_id))


async def _take(connection: AsyncConnection, projections: Sequence[Projection], instead_of: Version | None) -> set[str]:
    """Replace the rows of cases of which these are newer, and hold them until the transaction ends."""
    rows = [_row(one.case) | {"seq": one.seq, "at": one.at} for one in projections]
    statement = _upsert(connection.dialect.name, instead_of)
    return set((await connection.execute(statement, rows)).scalars())


async def _add(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        await connection.execute(_insert_new(connection.dialect.name, table), rows)


# Made once for each database: composing and compiling them takes longer than what they do.


@lru_cache(maxsize=8)
def _upsert(dialect: str, instead_of: Version | None) -> Any:
    statement = _insert(dialect, CASES)
    new = statement.excluded
    is_newer = or_(new.at > CASES.c.at, and_(new.at == CASES.c.at, new.seq > CASES.c.seq))
    if instead_of:
        is_newer = or_(is_newer, and_(CASES.c.at == instead_of[0], CASES.c.seq == instead_of[1]))
    changed = {column.name: new[column.name] for column in CASES.c if not column.primary_key}
    upsert = statement.on_conflict_do_update(index_elements=["case_id"], set_=changed, where=is_newer)
    return upsert.returning(CASES.c.case_id)


@lru_cache
def _insert_new(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Any:
    """An insert that knows what to do about a conflict, in the words of this database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _row(case: ShownCase) -> dict[str, object]:
    kept = case.model_dump(exclude={"tasks", "clocks", "due", "linked"})
    return kept | {
        "subject": as_kept(case.subject),
        "due_at": _due(case.due),
        "linked": json.dumps(case.linked),
        "awaits": awaits(case).value,
        "at_risk_from": _due(at_risk_from(case)),
        "teams": ",".join(_teams(case)),
    }


def _teams(case: ShownCase) -> list[str]:
    """The team that has the case, and those that have something to do in it."""
    return sorted({case.team, *(task.team for task in case.tasks if task.active)})


def _team(case: ShownCase, team: str) -> dict[str, object]:
    kept = case.model_dump(include={"case_id", "open", "opened_at"})
    return kept | {"team": team, "due_at": _due(case.due)}


def _task(case: ShownCase, task: ShownTask) -> dict[str, object]:
    kept = task.model_dump(exclude={"id", "due", "state"})
    own = {"case_id": case.case_id, "task_id": task.id, "case_type": case.case_type}
    return kept | own | {"state": task.state.value, "active": task.active, "due_at": _due(task.due)}


def _clock(case_id: str, clock: ShownClock) -> dict[str, object]:
    kept = clock.model_dump(exclude={"id", "task", "due", "kind", "state"})
    own = {"case_id": case_id, "clock_id": clock.id, "task_id": clock.task, "due_at": _due(clock.due)}
    return kept | own | {"kind": clock.kind.value, "state": clock.state.value}


def _line(case_id: str, entry: Entry) -> dict[str, object]:
    facts, words = json.dumps(entry.facts), entry.text and as_kept(entry.text)
    return entry.model_dump(exclude={"facts"}) | {"case_id": case_id, "facts": facts, "text": words}


def as_kept(words: str) -> str:
    """Words as both databases take them: PostgreSQL has no place for a zero character."""
    return words.replace("\x00", "\ufffd")


def _due(due: int | None) -> int:
    return NEVER if due is None else due
