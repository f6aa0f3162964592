"""The figures page: the charter's measures beside their targets, one of them drawn, teams and people side by side."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from activities.figures.kept import ReportShelf
from domain.figures.curves import CURVES
from domain.figures.figures import Figure
from domain.policy import Policy
from domain.sla.spans import DAY
from readmodel.figures import FactsWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.access.rules import RULES
from starter.api.house import Asking, OurHouse
from starter.desk.pages import page, reader_of
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names
from starter.desk.texts import Texts
from starter.figures.asking import DAYS_BACK, permitted, seen_by
from starter.figures.book import Figures, is_narrowed
from starter.figures.drawing import Drawing, drawn

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

DAYS = (1, 7, 30, 90, 365)
"""How far back the page looks, in days up to now."""

SHOWN_REPORTS = 20
FIRST_DRAWN = "response_in_time"
Wanted = Annotated[str, Query(max_length=80)]


@router.get("/figures", name="desk_figures")
async def figures(
    request: Request,
    house: OurHouse,
    principal: Asking,
    days: Wanted = str(DAYS_BACK),
    team: Wanted = "",
    person: Wanted = "",
    figure: Wanted = FIRST_DRAWN,
    of: Wanted = "",
) -> Response:
    """The figures of the last days; a filter that means nothing is left alone, one that is not theirs is refused."""
    policy, reader = await house.gate.staff.policy(), await reader_of(request)
    look_back = int(days) if days in {str(one) for one in DAYS} else DAYS_BACK
    team, figure = team if team in policy.teams else "", figure if figure in CURVES else FIRST_DRAWN
    asked = FactsWanted(
        since=reader.now - look_back * DAY,
        until=reader.now + 1,
        team=team or None,
        person=person.strip("\x00 ") or None,
    )
    wanted = permitted(principal, asked, policy)
    book, zone = house.doors.store.figures, house.doors.settings.zone
    shown = seen_by(principal, await book.figures(wanted, policy), policy)
    curve = CURVES[figure]
    group = of if curve.groups and any(one.of == of for one in shown.figures if one.name == figure) else ""
    drawing = await drawn(book, wanted, figure, group or None, zone)
    return page(
        reader,
        "figures.html",
        shown=shown,
        groups=_by_name(shown.figures),
        drawing=drawing,
        drawn=json.dumps(_as_drawn(drawing, reader.texts, shown)),
        time=(time := {"since": wanted.since, "until": wanted.until}),
        download=time | {name: value for name, value in (("team", wanted.team), ("person", wanted.person)) if value},
        narrowed=is_narrowed(wanted),
        stranger=bool(wanted.person) and wanted.person not in policy.staff and not shown.people,
        may_export=_may("export_xes", principal),
        days=DAYS,
        wanted={"days": str(look_back), "team": team, "person": person, "figure": figure, "of": group},
        teams=_teams(principal, policy),
        team_names=team_names(policy, reader.texts.language),
        curves=CURVES,
        reports=await ReportShelf(book.engine).newest(limit=SHOWN_REPORTS) if _may("list_reports", principal) else [],
        here="/desk/figures",
    )


def _may(operation: str, principal: Principal) -> bool:
    return principal.role in RULES[operation].roles


def _teams(principal: Principal, policy: Policy) -> tuple[str, ...]:
    return principal.teams if is_bound(principal) else tuple(policy.teams)


def _by_name(figures: list[Figure]) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for one in figures:
        found.setdefault(one.name, []).append(one)
    return found


def _as_drawn(drawing: Drawing, texts: Texts, shown: Figures) -> dict[str, Any]:
    """What the script draws; uPlot counts time in seconds."""
    label = texts.name("figure", drawing.name)
    units = {unit: texts.say(f"time.{unit}", count="#") for unit in ("d", "h", "min", "s", "ms")}
    same = [one for one in shown.figures if (one.name, one.of) == (drawing.name, drawing.of)]
    target = same[0].target if same and same[0].unit is drawing.unit else None
    at, values = [point.at // 1000 for point in drawing.points], [point.value for point in drawing.points]
    window = {"since": shown.since // 1000, "until": shown.until // 1000}
    return {
        "at": at,
        "values": values,
        "label": label,
        "unit": drawing.unit.value,
        "target": target,
        "units": units,
        **window,
    }
