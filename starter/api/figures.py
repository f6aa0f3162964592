"""Figures over HTTP: every measure beside its target, for a time, a team or a person; as JSON or as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from activities.clock import wall_clock
from domain.sla.spans import DAY
from readmodel.figures import FactsWanted
from readmodel.rows import Term
from starter.access.principals import Principal
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, House, OurHouse
from starter.figures.asking import DAYS_BACK, permitted, seen_by
from starter.figures.book import Figures
from starter.figures.drawing import Drawing, drawn
from starter.figures.tables import as_csv, as_xlsx, figures_table

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["figures"])

LATEST = 2**53
"""Instants up to here are whole numbers for everybody who reads JSON."""

INSTANT = "milliseconds since 1970, or an ISO 8601 date or instant, in UTC if it names no zone"


def _instant(said: object) -> object:
    """Milliseconds, of an ISO date or instant too; what is neither is left for the number's own refusal."""
    if not isinstance(said, str) or "-" not in said[1:]:
        return said
    try:
        there = datetime.fromisoformat(said)
    except ValueError:
        return said
    return round((there if there.tzinfo else there.replace(tzinfo=UTC)).timestamp() * 1000)


When = Annotated[
    int,
    BeforeValidator(_instant),
    Field(
        ge=0,
        le=LATEST,
        description=INSTANT,
    ),
]


class FiguresWanted(BaseModel):
    """The time, from `since` up to, and without, `until`; and whose figures, of all whom one may see if left out.

    Without `until` it is up to now, without `since` the seven days before; the answer says which time it is of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: When | None = Field(default=None, description=f"{INSTANT}; {DAYS_BACK} days before `until` if left out")
    until: When | None = Field(default=None, description=f"{INSTANT}; now if left out")
    team: Term | None = None
    person: Term | None = None

    def facts(self) -> FactsWanted:
        """What is to be added up."""
        until = wall_clock() + 1 if self.until is None else self.until
        since = max(0, until - DAYS_BACK * DAY) if self.since is None else self.since
        return FactsWanted(since=since, until=until, team=self.team, person=self.person)


class FileWanted(FiguresWanted):
    """The same; a file does not say which time it is of, so that has to be named."""

    since: When
    until: When


class CurveWanted(FiguresWanted):
    """The same, and of which tier, channel, type of case or kind of clock; of all together if left out."""

    of: Term | None = None


Wanted = Annotated[FiguresWanted, Query()]
OfFile = Annotated[FileWanted, Query()]
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_of(media_type: str, schema: dict[str, str]) -> dict[int | str, dict[str, Any]]:
    """That a route answers with a file."""
    return {200: {"description": "the file", "content": {media_type.partition(";")[0]: {"schema": schema}}}}


async def _figures(house: House, principal: Principal, wanted: FiguresWanted) -> Figures:
    policy = await house.gate.staff.policy()
    asked = permitted(principal, wanted.facts(), policy)
    return seen_by(principal, await house.doors.store.figures.figures(asked, policy), policy)


@router.get("/figures", operation_id="show_figures", responses=problems(*READS, 422))
async def show_figures(wanted: Wanted, house: OurHouse, principal: Asking) -> Figures:
    """The charter's measures beside their targets; agents see their own and their teams' figures."""
    return await _figures(house, principal, wanted)


@router.get(
    "/figures.csv",
    operation_id="figures_as_csv",
    response_class=Response,
    responses={**problems(*READS, 422), **file_of(CSV, {"type": "string"})},
)
async def figures_as_csv(wanted: OfFile, house: OurHouse, principal: Asking) -> Response:
    """The same as a table of comma-separated values; spans are seconds."""
    found = await _figures(house, principal, wanted)
    return Response(as_csv(figures_table(found.figures)), media_type=CSV, headers=attached("figures.csv"))


@router.get(
    "/figures.xlsx",
    operation_id="figures_as_xlsx",
    response_class=Response,
    responses={**problems(*READS, 422), **file_of(XLSX, {"type": "string", "format": "binary"})},
)
async def figures_as_xlsx(wanted: OfFile, house: OurHouse, principal: Asking) -> Response:
    """The same as a workbook, with a sheet each for figures, teams and people."""
    found = await _figures(house, principal, wanted)
    return Response(as_xlsx(found), media_type=XLSX, headers=attached("figures.xlsx"))


def attached(name: str) -> dict[str, str]:
    """That a file is to be saved under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@router.get("/figures/{name}", operation_id="draw_figure", responses=problems(*READS, 422))
async def draw_figure(
    name: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", description="as in the figures")],
    wanted: Annotated[CurveWanted, Query()],
    house: OurHouse,
    principal: Asking,
) -> Drawing:
    """A figure by days, or by hours of up to two days, and how what it was measured on is spread."""
    asked = permitted(principal, wanted.facts(), await house.gate.staff.policy())
    return await drawn(house.doors.store.figures, asked, name, wanted.of, house.doors.settings.zone)
