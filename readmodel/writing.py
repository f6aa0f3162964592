"""Writing projections: the newest of a case replaces what stood there, and a line of the timeline is written once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, and_, delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.projection import Projection, ShownCase, ShownClock, ShownTask
from domain.timeline import Entry
from readmodel.tables import CASES, CLOCKS, NEVER, TASKS, TIMELINE


async def write(connection: AsyncConnection, projection: Projection) -> bool:
    """Write a projection; returns whether it was newer than what stood there.

    A latecomer changes nothing of the case, but its lines of the timeline are as true as ever: those that are missing
    are added.
    """
    newer = await _replace(connection, projection)
    await _add(connection, TIMELINE, [_line(projection.case.case_id, entry) for entry in projection.entries])
    return newer


async def _replace(connection: AsyncConnection, projection: Projection) -> bool:
    case = projection.case
    # First, and whatever comes of it: from here on this transaction holds the case's row.
    row = _row(case) | {"seq": projection.seq, "at": projection.at}
    statement = insert(connection, CASES).values(row)
    new = statement.excluded
    is_newer = or_(new.at > CASES.c.at, and_(new.at == CASES.c.at, new.seq > CASES.c.seq))
    changed = {name: new[name] for name in row if name != "case_id"}
    taken = await connection.execute(
        statement.on_conflict_do_update(index_elements=["case_id"], set_=changed, where=is_newer)
    )
    if taken.rowcount != 1:
        return False
    for table in (TASKS, CLOCKS):
        await connection.execute(delete(table).where(table.c.case_id == case.case_id))
    await _add(connection, TASKS, [_task(case, task) for task in case.tasks])
    await _add(connection, CLOCKS, [_clock(case.case_id, clock) for clock in case.clocks])
    return True


async def _add(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        await connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An insert that knows what to do about a conflict, in the words of this database."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _row(case: ShownCase) -> dict[str, object]:
    kept = case.model_dump(exclude={"tasks", "clocks", "due", "linked"})
    return kept | {"subject": _text(case.subject), "due_at": _due(case.due), "linked": json.dumps(case.linked)}


def _task(case: ShownCase, task: ShownTask) -> dict[str, object]:
    kept = task.model_dump(exclude={"id", "due", "state"})
    own = {"case_id": case.case_id, "task_id": task.id, "case_type": case.case_type}
    return kept | own | {"state": task.state.value, "active": task.active, "due_at": _due(task.due)}


def _clock(case_id: str, clock: ShownClock) -> dict[str, object]:
    kept = clock.model_dump(exclude={"id", "task", "due", "kind", "state"})
    own = {"case_id": case_id, "clock_id": clock.id, "task_id": clock.task, "due_at": _due(clock.due)}
    return kept | own | {"kind": clock.kind.value, "state": clock.state.value}


def _line(case_id: str, entry: Entry) -> dict[str, object]:
    facts, words = json.dumps(entry.facts), entry.text and _text(entry.text)
    return entry.model_dump(exclude={"facts"}) | {"case_id": case_id, "facts": facts, "text": words}


def _text(words: str) -> str:
    """Words as both databases take them: PostgreSQL has no place for a zero character."""
    return words.replace("\x00", "\ufffd")


def _due(due: int | None) -> int:
    return NEVER if due is None else due
