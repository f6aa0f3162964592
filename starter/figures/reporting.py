"""Drawing a report: everything that has happened is counted first, then the figures of the time are kept."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.figures.kept import KeptReport, ReportShelf
from activities.figures.port import ReportDrawn, ReportOrder
from activities.policies.archive import PolicyArchive
from domain.figures.periods import Period, last_before
from domain.policy import Policy
from domain.sla.spans import Instant
from readmodel.figures import FactsWanted
from starter.figures.book import FigureBook, Figures


class Report(BaseModel):
    """Figures of a period that is over, as they were when it was; `policy` had the targets then."""

    model_config = ConfigDict(frozen=True)

    period: Period
    drawn_at: Instant
    policy: str
    content: Figures

    @classmethod
    def of(cls, kept: KeptReport) -> Report:
        """What was kept, as it is read."""
        content = Figures.model_validate_json(kept.content)
        return cls(period=kept.period, drawn_at=kept.drawn_at, policy=kept.policy, content=content)


class Reporting:
    """Draws reports by the days of a zone, and keeps them."""

    def __init__(self, engine: AsyncEngine, policy: str, zone: str, *, clock: Clock = wall_clock) -> None:
        self._book = FigureBook(engine)
        self._shelf = ReportShelf(engine)
        self._archive = PolicyArchive(engine)
        self._policy = policy
        self._zone = ZoneInfo(zone)
        self._clock = clock

    async def draw(self, order: ReportOrder) -> ReportDrawn:
        """Draw the report of the last period that was over at an instant, unless it was drawn before.

        Raises:
            PolicyUnknownError: no policy was published that could say what the targets are.
        """
        first, after = last_before(order.period, datetime.fromtimestamp(order.at / 1000, self._zone).date())
        since, until = self._begins(first), self._begins(after)
        new = await self._shelf.find(order.period, since) is None and await self._keep(order.period, since, until)
        return ReportDrawn(period=order.period, since=since, until=until, new=new)

    async def _keep(self, period: Period, since: Instant, until: Instant) -> bool:
        latest = await self._archive.latest(self._policy)
        await self._book.keeper.count_all()
        policy = Policy.model_validate_json(latest.document)
        figures = await self._book.figures(FactsWanted(since=since, until=until), policy)
        return await self._shelf.keep(
            KeptReport(period, since, until, self._clock(), latest.version, figures.model_dump_json())
        )

    def _begins(self, day: date) -> Instant:
        return round(datetime.combine(day, time(), self._zone).timestamp() * 1000)
