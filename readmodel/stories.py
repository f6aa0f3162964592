"""Cases with their whole timelines, one after the other: for whoever tells, exports or judges them all."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.sla.spans import Instant
from domain.timeline import Entry
from readmodel.mapping import as_case, as_entry
from readmodel.rows import CaseRow
from readmodel.tables import CASES, TIMELINE

AT_ONCE = 100
"""Cases that are read at once; a connection is free for others in between."""


class CaseStory(NamedTuple):
    """A case, and everything that happened to it, by number."""

    case: CaseRow
    entries: list[Entry]


class Stories:
    """The cases of a time, told from the read model."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def told(self, since: Instant, until: Instant) -> AsyncGenerator[CaseStory, None]:
        """The cases that were opened from `since` up to, and without, `until`, in the order of their opening."""
        behind = (since, "")
        while page := await self._page(behind, until):
            for story in page:
                yield story
            behind = (page[-1].case.opened_at, page[-1].case.case_id)

    async def _page(self, behind: tuple[Instant, str], until: Instant) -> list[CaseStory]:
        order = (CASES.c.opened_at, CASES.c.case_id)
        first = select(CASES).where(tuple_(*order) > behind, CASES.c.opened_at < until).order_by(*order).limit(AT_ONCE)
        async with self._engine.connect() as connection:
            cases = [as_case(row) for row in await connection.execute(first)]
            lines = select(TIMELINE).where(TIMELINE.c.case_id.in_([case.case_id for case in cases]))
            rows = (await connection.execute(lines.order_by(TIMELINE.c.case_id, TIMELINE.c.seq))).all()
        entries = {name: [as_entry(row) for row in own] for name, own in groupby(rows, lambda row: row.case_id)}
        return [CaseStory(case, entries.get(case.case_id, [])) for case in cases]
