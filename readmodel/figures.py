"""Facts added up in the database, and how they are spread over time and size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.figures.facts import Measure
from domain.figures.totals import Total
from domain.sla.spans import MINUTE, Instant
from readmodel.rows import Term
from readmodel.tables import FACTS

SLOT = 15 * MINUTE
"""The slots of time that facts are counted in: every zone's day begins with one."""

_SPREAD_OVER = "bucket"


class FactsWanted(BaseModel):
    """Which facts are added up: of a time, and of a team, some teams or a person where these are given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Instant
    until: Instant
    team: Term | None = None
    teams: tuple[Term, ...] | None = None
    person: Term | None = None


class Chosen(NamedTuple):
    """The facts that one figure is made of."""

    measure: Measure
    case_type: str | None = None
    channel: str | None = None
    tier: int | None = None
    detail: str | None = None


class FactTables:
    """The facts, added up."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def totals(self, wanted: FactsWanted) -> list[Total]:
        """Totals by measure, type of case, channel, tier and detail."""
        groups = (FACTS.c.measure, FACTS.c.case_type, FACTS.c.channel, FACTS.c.tier, FACTS.c.detail)
        rows = await self._rows(select(*groups, *_SUMS).where(*_conditions(wanted)).group_by(*groups))
        return [_total(row) for row in rows]

    async def totals_by(self, who: Literal["team", "person"], wanted: FactsWanted) -> list[Total]:
        """Totals by measure and team or person."""
        groups = (FACTS.c.measure, FACTS.c[who].label("who"))
        asked = select(*groups, *_SUMS).where(*_conditions(wanted), FACTS.c[who].is_not(None))
        return [_total(row) for row in await self._rows(asked.group_by(*groups))]

    async def over_time(self, wanted: FactsWanted, chosen: Chosen) -> list[tuple[Instant, Total]]:
        """Totals of the facts of a figure by slots of time, in order; slots without any are left out."""
        slot = (FACTS.c.at - FACTS.c.at % SLOT).label("slot")
        asked = select(slot, FACTS.c.measure, *_SUMS).where(*_conditions(wanted), *_chosen(chosen))
        rows = await self._rows(asked.group_by(slot, FACTS.c.measure).order_by(slot))
        return [(row.slot, _total(row, "slot")) for row in rows]

    async def spread(self, wanted: FactsWanted, chosen: Chosen, edges: Sequence[int]) -> list[int]:
        """How many values lie up to each edge and above the one before it; the last number is of those above all."""
        bucket = case(*((FACTS.c.value <= edge, number) for number, edge in enumerate(edges)), else_=len(edges)).label(
            _SPREAD_OVER
        )
        asked = select(bucket, func.count().label("facts")).where(
            *_conditions(wanted), *_chosen(chosen), FACTS.c.value.is_not(None)
        )
        found = {row.bucket: row.facts for row in await self._rows(asked.group_by(bucket))}
        return [found.get(number, 0) for number in range(len(edges) + 1)]

    async def _rows(self, wanted: Select[Any]) -> Sequence[Any]:
        async with self._engine.connect() as connection:
            rows: Sequence[Any] = (await connection.execute(wanted)).all()
        return rows


_SUMS = (
    func.count().label("count"),
    func.count(FACTS.c.good).label("judged"),
    func.sum(case((FACTS.c.good.is_(True), 1), else_=0)).label("good"),
    func.count(FACTS.c.value).label("valued"),
    func.sum(FACTS.c.value).label("total"),
    func.max(FACTS.c.value).label("most"),
)


def _total(row: Any, *besides: str) -> Total:
    kept = {name: value for name, value in row._mapping.items() if name not in besides}
    # PostgreSQL adds up large numbers as decimals.
    return Total(**kept | {"measure": Measure(row.measure), "good": int(row.good), "total": int(row.total or 0)})


def _conditions(wanted: FactsWanted) -> list[ColumnElement[bool]]:
    found = [and_(FACTS.c.at >= wanted.since, FACTS.c.at < wanted.until)]
    if wanted.team is not None:
        found.append(FACTS.c.team == wanted.team)
    if wanted.teams is not None:
        found.append(FACTS.c.team.in_(wanted.teams))
    if wanted.person is not None:
        found.append(FACTS.c.person == wanted.person)
    return found


def _chosen(chosen: Chosen) -> list[ColumnElement[bool]]:
    asked = {FACTS.c[name]: value for name, value in chosen._asdict().items() if value is not None}
    return [column == value for column, value in asked.items()]
