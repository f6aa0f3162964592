"""The figures of a time, as every door shows them: counted up to now, added up, beside the targets in force."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.surveys.answers import SurveyAnswers
from domain.errors import InvalidInputError
from domain.figures.figures import Figure, figures_of
from domain.figures.people import Doing, doings
from domain.figures.surveys import survey_figures
from domain.figures.whose import of_person, of_team
from domain.policy import Policy
from domain.sla.spans import DAY, Instant
from readmodel.figures import FactsWanted, FactTables
from starter.figures.keeping import FactKeeper

LONGEST = 400 * DAY
"""The longest time that figures are added up over: more than a year."""


class Figures(BaseModel):
    """The figures from `since` up to, and without, `until`; `waiting` is how many cases are not counted yet."""

    model_config = ConfigDict(frozen=True)

    since: Instant
    until: Instant
    waiting: int = Field(ge=0)
    figures: list[Figure]
    teams: list[Doing]
    people: list[Doing]


def require_time(since: Instant, until: Instant) -> None:
    """Refuse a time that is none, or longer than anybody looks at.

    Raises:
        InvalidInputError: it is.
    """
    if since >= until:
        raise InvalidInputError("since: expected an instant before until", field="since")
    if until - since > LONGEST:
        raise InvalidInputError(f"until: expected at most {LONGEST // DAY} days after since", field="until")


def is_narrowed(wanted: FactsWanted) -> bool:
    """Whether it is about a team or a person, and not about everybody."""
    return bool(wanted.person or wanted.team) or wanted.teams is not None


class FigureBook:
    """Facts and what they come to."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.keeper = FactKeeper(engine)
        self.tables = FactTables(engine)
        self._surveys = SurveyAnswers(engine)

    async def figures(self, wanted: FactsWanted, policy: Policy) -> Figures:
        """Every figure of a time, with teams and people side by side.

        Args:
            wanted: which facts.
            policy: has the targets.

        Raises:
            InvalidInputError: the time is none, or too long.
        """
        require_time(wanted.since, wanted.until)
        waiting = await self.keeper.count()
        return Figures(
            since=wanted.since,
            until=wanted.until,
            waiting=waiting,
            figures=[*await self._counted(wanted, policy), *await self._thought(wanted, policy)],
            teams=doings(await self.tables.totals_by("team", wanted)),
            people=doings(await self.tables.totals_by("person", wanted)),
        )

    async def _counted(self, wanted: FactsWanted, policy: Policy) -> list[Figure]:
        found = figures_of(await self.tables.totals(wanted), policy)
        if wanted.person:
            return of_person(found, policy)
        return of_team(found, policy) if is_narrowed(wanted) else found

    async def _thought(self, wanted: FactsWanted, policy: Policy) -> list[Figure]:
        """What customers thought when it was over: of the whole department, for they do not say of whom."""
        if is_narrowed(wanted):
            return []
        return [*survey_figures(await self._surveys.tallies(wanted.since, wanted.until), policy.figures)]
