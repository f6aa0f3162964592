"""Looking for cases: by number, by customer, by order, or by words of the subject."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from readmodel.model import ReadModel
from readmodel.reading import SEARCHED
from readmodel.rows import CaseRow, CasesWanted
from starter.access.gate import is_bound
from starter.api.house import CASE_ID, Asking, OurHouse
from starter.desk.pages import page, reader_of, see_other
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

SHOWN = 50
"""How many cases a page of findings has."""

Sought = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/search", name="desk_search")
async def search(request: Request, house: OurHouse, principal: Asking, q: Sought = "") -> Response:
    """What was found; the number of a case leads straight to it."""
    sought = q.strip()
    if re.fullmatch(CASE_ID, sought.upper()):
        return see_other(f"/desk/cases/{sought.upper()}")
    teams = principal.teams if is_bound(principal) else None
    reader, policy = await reader_of(request), await house.gate.staff.policy()
    return page(
        reader,
        "search.html",
        sought=sought,
        found=await found(house.doors.store.readmodel, sought, teams) if sought else (),
        shown=SHOWN,
        searched=SEARCHED,
        team_names=team_names(policy, reader.texts.language),
    )


async def found(model: ReadModel, sought: str, teams: tuple[str, ...] | None) -> tuple[CaseRow, ...]:
    """Cases of a customer or an order with this id, and those with these words in their subject; the newest first."""
    named = sought[:64]
    of_customer, of_order, of_words = await asyncio.gather(
        model.cases(CasesWanted(customer_id=named, teams=teams, sort="opened", limit=SHOWN)),
        model.cases(CasesWanted(order_id=named, teams=teams, sort="opened", limit=SHOWN)),
        model.found(sought, teams, limit=SHOWN),
    )
    rows = {row.case_id: row for row in (*of_customer.items, *of_order.items, *of_words)}
    return tuple(sorted(rows.values(), key=lambda row: (row.opened_at, row.case_id), reverse=True)[:SHOWN])
