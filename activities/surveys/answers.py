"""What customers thought of the service: each answer is written once, and never changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.customer_tables import SURVEYS
from activities.store.database import AnyRow, insert_new
from domain.figures.surveys import Tally
from domain.sla.spans import Instant
from domain.survey import Survey


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """What a customer answered about a case. `round` counts how often it had been reopened by then."""

    case_id: str
    round: int
    case_type: str
    at: Instant
    csat: int | None
    nps: int | None
    ces: int | None
    text: str | None = field(repr=False)


class SurveyAnswers:
    """The `surveys` table: a case may have ended long ago, and its workflow with it, when its customer answers."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def write(self, case_id: str, case_type: str, round_: int, survey: Survey) -> bool:
        """Keep an answer; False where there is one already, which stays."""
        row = {"case_id": case_id, "case_type": case_type, "round": round_, **survey.model_dump()}
        async with self._engine.begin() as connection:
            return await insert_new(connection, SURVEYS, **row, at=self._clock())

    async def of_case(self, case_id: str) -> list[SurveyAnswer]:
        """What the customer of a case answered, round after round."""
        wanted = select(SURVEYS).where(SURVEYS.c.case_id == case_id).order_by(SURVEYS.c.round)
        async with self._engine.connect() as connection:
            return [_answer(row) for row in await connection.execute(wanted)]

    async def tallies(self, since: Instant, until: Instant) -> list[Tally]:
        """How often which answers were given from one instant up to, but without, another."""
        asked = (SURVEYS.c.csat, SURVEYS.c.nps, SURVEYS.c.ces)
        time = (SURVEYS.c.at >= since) & (SURVEYS.c.at < until)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(*asked, func.count()).where(time).group_by(*asked))
            return [Tally(*row) for row in rows]


def _answer(row: AnyRow) -> SurveyAnswer:
    return SurveyAnswer(row.case_id, row.round, row.case_type, row.at, row.csat, row.nps, row.ces, row.text)
