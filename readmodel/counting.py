"""Counting: the facts of cases whose timeline has grown are made anew, all of a case in one transaction.

Writing a projection only marks its case, so that nothing which a case waits for has to count. A case is counted from
its whole timeline, and the same timeline gives the same facts: whoever counts, and however often, nothing is counted
twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.figures.counting import facts_of
from domain.figures.facts import CountingRules
from readmodel.mapping import AnyRow, as_entry
from readmodel.tables import CASES, FACTS, TIMELINE, UNCOUNTED

_FIRST_LINE = and_(TIMELINE.c.case_id == CASES.c.case_id, TIMELINE.c.seq == 1)


class Counted(NamedTuple):
    """What counting needs to know of a case beside its timeline; `policy` is the version that it was opened under."""

    case_id: str
    case_type: str
    channel: str
    policy: str


Rules: TypeAlias = Callable[[Counted], CountingRules]
"""How a case is counted."""


class Counting:
    """Keeps the facts up to date with the timelines."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def waiting(self) -> int:
        """How many cases have lines that have not been counted."""
        async with self._engine.connect() as connection:
            found: int = (await connection.execute(select(func.count()).select_from(UNCOUNTED))).scalar_one()
        return found

    async def policies(self, at_most: int = 50) -> set[str]:
        """The versions of the policies that the next ones of these cases were opened under."""
        first = select(UNCOUNTED.c.case_id).order_by(UNCOUNTED.c.case_id).limit(at_most)
        lines = select(CASES.c.policy, TIMELINE.c.facts).outerjoin_from(CASES, TIMELINE, _FIRST_LINE)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(lines.where(CASES.c.case_id.in_(first)))).all()
        return {_opened_under(row) for row in rows}

    async def count(self, rules: Rules, at_most: int = 50) -> int:
        """Count some of the cases that wait; returns how many.

        Args:
            rules: how a case is counted.
            at_most: cases in this transaction; a SQLite file has one writer at a time.
        """
        async with self._engine.begin() as connection:
            taken = await _take(connection, at_most)
            if taken:
                await connection.execute(delete(FACTS).where(FACTS.c.case_id.in_(taken)))
                rows = [
                    row for case in await _cases(connection, taken) for row in await _facts(connection, case, rules)
                ]
                if rows:
                    await connection.execute(insert(FACTS), rows)
        return len(taken)


async def _take(connection: AsyncConnection, at_most: int) -> Sequence[str]:
    """Take cases off the list before their lines are read: what is written meanwhile puts them on it again."""
    first = select(UNCOUNTED.c.case_id).order_by(UNCOUNTED.c.case_id).limit(at_most)
    if connection.dialect.name == "postgresql":
        first = first.with_for_update(skip_locked=True)
    taken = delete(UNCOUNTED).where(UNCOUNTED.c.case_id.in_(first)).returning(UNCOUNTED.c.case_id)
    return (await connection.execute(taken)).scalars().all()


async def _cases(connection: AsyncConnection, taken: Sequence[str]) -> list[Counted]:
    known = select(CASES.c.case_id, CASES.c.case_type, CASES.c.channel, CASES.c.policy, TIMELINE.c.facts)
    rows = await connection.execute(
        known.outerjoin_from(CASES, TIMELINE, _FIRST_LINE).where(CASES.c.case_id.in_(taken))
    )
    return [Counted(row.case_id, row.case_type, row.channel, _opened_under(row)) for row in rows]


def _opened_under(row: AnyRow) -> str:
    """The policy of a case's first line: what a case is moved to later does not change what was counted."""
    return str(json.loads(row.facts or "{}").get("policy", row.policy))


async def _facts(connection: AsyncConnection, case: Counted, rules: Rules) -> list[dict[str, Any]]:
    lines = select(TIMELINE).where(TIMELINE.c.case_id == case.case_id).order_by(TIMELINE.c.seq)
    return list(_rows(case, (await connection.execute(lines)).all(), rules(case)))


def _rows(case: Counted, lines: Sequence[AnyRow], rules: CountingRules) -> Iterator[dict[str, Any]]:
    about = {"case_id": case.case_id, "case_type": case.case_type, "channel": case.channel}
    facts = facts_of((as_entry(line) for line in lines), rules)
    for _, of_one in groupby(facts, lambda fact: fact.seq):
        for number, fact in enumerate(of_one):
            yield {**fact.model_dump(), **about, "measure": fact.measure.value, "number": number}
