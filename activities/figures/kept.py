"""The reports that were drawn, in the store: what was reported once is not reported otherwise later."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import AnyRow, insert_new
from activities.store.tables import REPORTS
from domain.figures.periods import Period
from domain.sla.spans import Instant


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report: `policy` is the version whose targets it has, `content` the figures as JSON."""

    period: Period
    since: Instant
    until: Instant
    drawn_at: Instant
    policy: str
    content: str


class ReportShelf:
    """The `reports` table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keep(self, report: KeptReport) -> bool:
        """Keep a report unless there is one of this time; returns whether it is new."""
        async with self._engine.begin() as connection:
            return await insert_new(
                connection,
                REPORTS,
                period=report.period.value,
                since=report.since,
                until=report.until,
                drawn_at=report.drawn_at,
                policy=report.policy,
                content=report.content,
            )

    async def find(self, period: Period, since: Instant) -> KeptReport | None:
        """The report of a period that began then, None if it was not drawn."""
        wanted = select(REPORTS).where(REPORTS.c.period == period.value, REPORTS.c.since == since)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).first()
        return _kept(row) if row else None

    async def newest(self, period: Period | None = None, limit: int = 100) -> list[KeptReport]:
        """The reports of the latest times, of one kind if given; the latest first."""
        wanted = select(REPORTS).order_by(REPORTS.c.until.desc(), REPORTS.c.since.desc()).limit(limit)
        if period is not None:
            wanted = wanted.where(REPORTS.c.period == period.value)
        async with self._engine.connect() as connection:
            return [_kept(row) for row in await connection.execute(wanted)]


def _kept(row: AnyRow) -> KeptReport:
    return KeptReport(Period(row.period), row.since, row.until, row.drawn_at, row.policy, row.content)
