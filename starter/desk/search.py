"""Looking for cases: by number, by customer, by order as customers or the shop call it, or by words of the subject."""

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
    """Cases of a customer or an order with this id or number, and those with these words in their subject.

    The newest first; the number of an order may have a `#` before it, as customers write it.
    """
    named, all_of = sought[:64], CasesWanted(teams=teams, sort="opened", limit=SHOWN)
    names = {"customer_id": named, "order_id": named, "order_number": named.removeprefix("#").lstrip() or named}
    pages = asyncio.gather(*(model.cases(all_of.model_copy(update={field: name})) for field, name in names.items()))
    of_words = await model.found(sought, teams, limit=SHOWN)
    rows = {row.case_id: row for page in await pages for row in page.items} | {row.case_id: row for row in of_words}
    return tuple(sorted(rows.values(), key=lambda row: (row.opened_at, row.case_id), reverse=True)[:SHOWN])
