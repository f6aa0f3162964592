"""Writing projections: the newest of a case replaces what stood there, and a line of the timeline is written once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.attention import at_risk_from, awaits
from domain.projection import Projection, ShownCase, ShownClock, ShownTask, Version
from domain.timeline import Entry
from readmodel.changes import Noted, teams_of
from readmodel.mapping import AnyRow
from readmodel.tables import CASE_TEAMS, CASES, CHANGES, CLOCKS, METADATA, NEVER, TASKS, TIMELINE, UNCOUNTED


async def write_all(
    connection: AsyncConnection, projections: Sequence[Projection], instead_of: Version | None = None
) -> list[Noted]:
    """Write projections, one of a case at the most; returns what that did to each of the cases.

    One that is not newer is taken all the same where it is to replace the very version that stands there.

    A latecomer changes nothing of its case, but its lines of the timeline are as true as ever: those that are missing
    are added.
    """
    taken = await _take(connection, projections, instead_of)
    newer = [projection.case for projection in projections if projection.case.case_id in taken]
    noted = {one.case.case_id: Noted.of(one, newer=one.case.case_id in taken) for one in projections}
    if newer:
        await _clear(connection, taken, noted)
    await _add(connection, CASE_TEAMS, [_team(case, team) for case in newer for team in sorted(teams_of(case))])
    await _add(connection, TASKS, [_task(case, task) for case in newer for task in case.tasks])
    await _add(connection, CLOCKS, [_clock(case.case_id, clock) for case in newer for clock in case.clocks])
    lines = [_line(one.case.case_id, entry) for one in projections for entry in one.entries]
    for case_id, seq, what in await _add_lines(connection, lines):
        noted[case_id].lines.append((seq, what))
    await _add(connection, UNCOUNTED, [{"case_id": one.case.case_id} for one in projections if one.entries])
    return list(noted.values())


async def replace(connection: AsyncConnection, projection: Projection, instead_of: Version | None) -> Noted | None:
    """Write a whole projection, also over the version that it is to replace; None if it was not taken.

    Its lines of the timeline, which must be all that there are, replace those that stand there.
    """
    case_id, without_lines = projection.case.case_id, projection.model_copy(update={"entries": ()})
    [noted] = await write_all(connection, [without_lines], instead_of)
    if not noted.newer:
        return None
    gone = (
        delete(TIMELINE).where(TIMELINE.c.case_id == case_id).returning(TIMELINE.c.seq, TIMELINE.c.at, TIMELINE.c.what)
    )
    known = {tuple(row) for row in await connection.execute(gone)}
    await _add(connection, TIMELINE, [_line(case_id, entry) for entry in projection.entries])
    await _add(connection, UNCOUNTED, [{"case_id": case_id}])
    noted.lines = [(one.seq, one.what) for one in projection.entries if (one.seq, one.at, one.what) not in known]
    return noted


async def remove(connection: AsyncConnection, case_id: str) -> Noted | None:
    """Take a case out of all tables; None if it was not there."""
    row = (await connection.execute(select(CASES.c.at, CASES.c.seq).where(CASES.c.case_id == case_id))).one_or_none()
    noted = Noted(case_id, *row, newer=True) if row else None
    if noted:
        await _clear(connection, {case_id}, {case_id: noted})
    for table in METADATA.tables.values():
        if table is not CHANGES:
            await connection.execute(delete(table).where(table.c.case_id == case_id))
    return noted


async def _clear(connection: AsyncConnection, case_ids: set[str], noted: Mapping[str, Noted]) -> None:
    """Take out what cases carry, and note whom it concerned."""
    of = CASE_TEAMS.c
    gone = delete(CASE_TEAMS).where(of.case_id.in_(case_ids)).returning(of.case_id, of.team)
    for case_id, team in await connection.execute(gone):
        noted[case_id].teams.add(team)
    task = TASKS.c
    gone = delete(TASKS).where(task.case_id.in_(case_ids)).returning(task.case_id, task.owner)
    for case_id, owner in await connection.execute(gone):
        noted[case_id].people.update({owner} - {None})
    await connection.execute(delete(CLOCKS).where(CLOCKS.c.case_id.in_(case_ids)))


async def _take(connection: AsyncConnection, projections: Sequence[Projection], instead_of: Version | None) -> set[str]:
    """Replace the rows of cases of which these are newer, and hold them until the transaction ends."""
    rows = [_row(one.case) | {"seq": one.seq, "at": one.at} for one in projections]
    statement = _upsert(connection.dialect.name, instead_of)
    return set((await connection.execute(statement, rows)).scalars())


async def _add(connection: AsyncConnection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        await connection.execute(_insert_new(connection.dialect.name, table), rows)


async def _add_lines(connection: AsyncConnection, lines: Sequence[dict[str, object]]) -> Sequence[AnyRow]:
    """Add the lines that are missing; returns number of the case, number and name of each."""
    if not lines:
        return []
    return (await connection.execute(_insert_lines(connection.dialect.name), lines)).all()


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


@lru_cache
def _insert_lines(dialect: str) -> Any:
    return _insert_new(dialect, TIMELINE).returning(TIMELINE.c.case_id, TIMELINE.c.seq, TIMELINE.c.what)


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
        "teams": ",".join(sorted(teams_of(case))),
    }


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
