"""The history page: what Temporal wrote down of a case, told turn by turn, with links to the events themselves."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from starter.api.house import CaseId, OurHouse, View
from starter.desk.pages import page, reader_of
from starter.desk.route import DeskRoute
from starter.story.happenings import Kind, happenings
from starter.story.reading import History
from starter.story.turns import turns
from starter.verbs import VERBS

router = APIRouter(prefix="/desk/cases/{case_id}/history", route_class=DeskRoute, include_in_schema=False)

ON_A_PAGE = 100
"""Turns."""


@router.get("", name="desk_case_history")
async def history(
    request: Request,
    house: OurHouse,
    case_id: CaseId,
    view: View,
    run: Annotated[str, Query(max_length=64)] = "",
    part: Annotated[int, Query(ge=0, le=1_000)] = 0,
) -> Response:
    """The story of one run of a case, from its beginning; `part` counts pages from 0."""
    found, reader = await house.doors.service.history(case_id, run or None), await reader_of(request)
    told = turns(happenings(found.events, found.decoded), await house.doors.service.timeline(case_id))
    return page(
        reader,
        "history.html",
        here=f"/desk/cases/{case_id}/history",
        case=view,
        kinds=Kind,
        verbs=VERBS,
        run=found.run,
        runs=found.runs,
        events=len(found.events),
        turns=told[part * ON_A_PAGE : (part + 1) * ON_A_PAGE],
        part=part,
        parts=max(1, -(-len(told) // ON_A_PAGE)),
        web_ui=web_ui(house.doors.settings.web_ui, found, case_id),
    )


def web_ui(base: str, found: History, case_id: str) -> str:
    """Where Temporal's Web UI has this run's history; empty where there is no Web UI."""
    place = f"namespaces/{quote(found.namespace, safe='')}/workflows/{case_id}/{quote(found.run.id, safe='')}/history"
    return f"{base.rstrip('/')}/{place}" if base else ""
