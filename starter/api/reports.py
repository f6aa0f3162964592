"""Reports over HTTP: what was drawn when a day, a week, a month or a quarter was over, and has stayed so."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from activities.figures.kept import KeptReport, ReportShelf
from domain.errors import ReportNotFoundError
from domain.figures.periods import Period
from domain.sla.spans import Instant
from starter.api.answers import READS, problems
from starter.api.figures import LATEST, XLSX, attached, file_of
from starter.api.guarded import GuardedRoute
from starter.api.house import House, OurHouse
from starter.figures.reporting import Report
from starter.figures.tables import as_xlsx

router = APIRouter(prefix="/v1/reports", route_class=GuardedRoute, tags=["figures"])

Since = Annotated[int, Path(ge=0, le=LATEST, description="when the period began")]


class ReportLine(BaseModel):
    """A report that there is."""

    period: Period
    since: Instant
    until: Instant
    drawn_at: Instant
    policy: str


class ReportList(BaseModel):
    """Reports, of the latest times first."""

    reports: list[ReportLine]


class ReportsWanted(BaseModel):
    """Which reports; of all periods if left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Period | None = None
    limit: int = Field(default=100, ge=1, le=500)


@router.get("", operation_id="list_reports", responses=problems(*READS, 422))
async def list_reports(wanted: Annotated[ReportsWanted, Query()], house: OurHouse) -> ReportList:
    """The reports that were drawn, of the latest times first."""
    found = await ReportShelf(house.doors.store.engine).newest(wanted.period, wanted.limit)
    return ReportList(reports=[line_of(one) for one in found])


@router.get("/{period}/{since}", operation_id="show_report", responses=problems(*READS, 404, 422))
async def show_report(period: Period, since: Since, house: OurHouse) -> Report:
    """A report as it was drawn, with the targets of the policy of then."""
    return Report.of(await find_report(house, period, since))


@router.get(
    "/{period}/{since}/xlsx",
    operation_id="report_as_xlsx",
    response_class=Response,
    responses={**problems(*READS, 404, 422), **file_of(XLSX, {"type": "string", "format": "binary"})},
)
async def report_as_xlsx(period: Period, since: Since, house: OurHouse) -> Response:
    """The same as a workbook, with a sheet each for figures, teams and people."""
    report = Report.of(await find_report(house, period, since))
    return Response(as_xlsx(report.content), media_type=XLSX, headers=attached(f"report-{period}-{since}.xlsx"))


async def find_report(house: House, period: Period, since: Instant) -> KeptReport:
    """A report that was drawn.

    Raises:
        ReportNotFoundError: there is none of this period.
    """
    found = await ReportShelf(house.doors.store.engine).find(period, since)
    if found is None:
        raise ReportNotFoundError(f"no report of a {period} that began then was drawn", field="since")
    return found


def line_of(one: KeptReport) -> ReportLine:
    """A report in a list."""
    return ReportLine(period=one.period, since=one.since, until=one.until, drawn_at=one.drawn_at, policy=one.policy)
