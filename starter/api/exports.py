"""Event logs over HTTP, for process mining: what happened to every case of a time, without anybody's words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from readmodel.stories import CaseStory, Stories
from starter.api.answers import READS, problems
from starter.api.figures import When, attached
from starter.api.guarded import GuardedRoute
from starter.api.house import House, OurHouse
from starter.api.streaming import Download
from starter.figures.book import require_time
from starter.figures.mining import ocel, xes

router = APIRouter(prefix="/v1/exports", route_class=GuardedRoute, tags=["figures"])


class CasesOfTime(BaseModel):
    """The cases that were opened from `since` up to, and without, `until`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: When
    until: When


Wanted = Annotated[CasesOfTime, Query()]


def _log(media_type: str, schema: dict[str, str]) -> dict[int | str, dict[str, Any]]:
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "the log", "content": {media_type: {"schema": schema}}},
    }
    return {**problems(*READS, 422), **answers}


def _told(house: House, wanted: CasesOfTime) -> AsyncGenerator[CaseStory, None]:
    return Stories(house.doors.store.engine).told(wanted.since, wanted.until)


@router.get(
    "/xes",
    operation_id="export_xes",
    response_class=StreamingResponse,
    responses=_log(xes.MEDIA_TYPE, {"type": "string"}),
)
async def export_xes(wanted: Wanted, house: OurHouse) -> Download:
    """An event log in XES (IEEE 1849-2016), with a trace for each case."""
    require_time(wanted.since, wanted.until)
    log = xes.as_xes(_told(house, wanted))
    return Download(log, xes.MEDIA_TYPE, attached("duecourse.xes"))


@router.get(
    "/ocel",
    operation_id="export_ocel",
    response_class=StreamingResponse,
    responses=_log(ocel.MEDIA_TYPE, {"type": "object"}),
)
async def export_ocel(wanted: Wanted, house: OurHouse) -> Download:
    """An object-centric event log (OCEL 2.0, JSON) of cases, tasks, orders, teams and staff."""
    require_time(wanted.since, wanted.until)
    log = ocel.as_ocel(lambda: _told(house, wanted))
    return Download(log, ocel.MEDIA_TYPE, attached("duecourse.jsonocel"))
