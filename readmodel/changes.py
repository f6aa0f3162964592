"""What was written, in the order in which it was: for whoever follows cases live, or tells other systems of them.

A change says that a case is shown otherwise and which lines of its timeline are new. Its number is given under a lock
that lasts until the commit, so whoever has read up to a number has everything before it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.projection import Projection, ShownCase
from domain.sla.spans import Instant
from readmodel.rows import Change, NewLine
from readmodel.tables import CHANGES

NUMBERING = 0x_D0E_C0_61
"""The PostgreSQL advisory lock under which numbers are given; a SQLite file has one writer anyway."""


@dataclass
class Noted:
    """What a write does to a case, for everybody whom it concerns, before and after.

    Attributes:
        teams: that have the case or something to do in it, or had until now.
        people: who own a task of it, or did until now.
        lines: numbers and names of the timeline's new lines.
        newer: whether anything but these lines is shown otherwise.
    """

    case_id: str
    at: Instant
    seq: int
    teams: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    lines: list[tuple[int, str]] = field(default_factory=list)
    newer: bool = False

    @classmethod
    def of(cls, one: Projection, *, newer: bool) -> Noted:
        """With those whom the projection itself names."""
        case = one.case
        people = {task.owner for task in case.tasks if task.owner}
        return cls(case.case_id, one.at, one.seq, teams_of(case), people, newer=newer)


def teams_of(case: ShownCase) -> set[str]:
    """The team that has the case, and those that have something to do in it."""
    return {case.team, *(task.team for task in case.tasks if task.active)}


async def note(connection: AsyncConnection, noted: Sequence[Noted]) -> None:
    """Write changes down, as the last thing in a transaction: the next one waits for its end."""
    rows = [_row(one) for one in noted if one.newer or one.lines]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": NUMBERING})
    await connection.execute(insert(CHANGES), rows)


async def read(connection: AsyncConnection, after: int, limit: int) -> list[Change]:
    """The changes behind a number, in order."""
    wanted = select(CHANGES).where(CHANGES.c.number > after).order_by(CHANGES.c.number).limit(limit)
    return [
        Change(
            number=row.number,
            case_id=row.case_id,
            at=row.at,
            seq=row.seq,
            teams=json.loads(row.teams),
            people=json.loads(row.people),
            lines=tuple(NewLine(seq=seq, what=what) for seq, what in json.loads(row.lines)),
        )
        for row in await connection.execute(wanted)
    ]


async def newest(connection: AsyncConnection) -> int:
    """The number of the last change; 0 before the first."""
    return (await connection.execute(select(func.max(CHANGES.c.number)))).scalar() or 0


async def prune(connection: AsyncConnection, up_to: int) -> int:
    """Forget changes up to and with a number; returns how many. The last one stays, so that its number is known."""
    last = await newest(connection)
    return (await connection.execute(delete(CHANGES).where(CHANGES.c.number <= min(up_to, last - 1)))).rowcount


def _row(one: Noted) -> dict[str, object]:
    return {
        "case_id": one.case_id,
        "at": one.at,
        "seq": one.seq,
        "teams": json.dumps(sorted(one.teams)),
        "people": json.dumps(sorted(one.people)),
        "lines": json.dumps(sorted(one.lines)),
    }
