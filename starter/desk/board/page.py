"""The board on a page: how many of what, the cases that somebody looks for, and who is there."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.attention import Awaits
from starter.access.gate import is_bound
from starter.api.house import CASE_ID, Asking, OurHouse
from starter.counted import visible
from starter.desk.board.crew import crew, members
from starter.desk.board.many import MANY, MOST, may_ask
from starter.desk.board.sieve import DIMENSIONS, Sight, awaited, parted, sieve_of, tally
from starter.desk.pages import page, reader_of
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names
from starter.staffing import staff_of

router = APIRouter(prefix="/desk/board", route_class=DeskRoute, include_in_schema=False)

Wanted = Annotated[str, Query(max_length=2_000)]


@router.get("", name="desk_board")
async def board(request: Request, house: OurHouse, principal: Asking, after: Wanted = "") -> Response:
    """The board; what means nothing in a filter is left alone."""
    policy, reader = await house.gate.staff.policy(), await reader_of(request)
    teams = principal.teams if is_bound(principal) else tuple(policy.teams)
    sieve = sieve_of(request.query_params, teams)
    at, cells, loads = await house.board.look()
    seen = visible(cells, principal)
    listed = await house.doors.store.readmodel.cases(
        sieve.wanted(reader.now, teams if is_bound(principal) else None, after or None)
    )
    shown = {sieve.team} if sieve.team else {*teams}
    people = await staff_of(house.doors.store, policy, members(policy, shown))
    # A board that brings itself up to date, or shows its next page, is told what was ticked, so that it stays ticked.
    chosen = [one for one in dict.fromkeys(request.query_params.getlist("case")) if re.fullmatch(CASE_ID, one)]
    counts = request.query_params.get("counts") == "1"
    gone = [load.owner for load in loads if load.owner not in policy.staff]
    return page(
        reader,
        "board.html",
        here="/desk/board",
        sieve=sieve,
        sights=tuple(Sight),
        awaits=Awaits,
        counted_at=at,
        counts=counts,
        whole=tally(cell for cell in seen if sieve.holds(cell)),
        awaited=awaited(seen, sieve),
        parts={dimension: parted(seen, sieve, dimension) for dimension in DIMENSIONS},
        team_names=team_names(policy, reader.texts.language),
        cases=listed.items,
        next_cursor=listed.next_cursor,
        owed=await house.board.rows.owed([row.case_id for row in listed.items], reader.now),
        waiting=await house.board.rows.waiting([row.case_id for row in listed.items]),
        kept=sieve.but() | ({"counts": "1"} if counts else {}) | ({"after": after} if after else {}),
        chosen=chosen,
        elsewhere=[one for one in chosen if one not in {row.case_id for row in listed.items}],
        most=MOST,
        nothing_ticked=request.query_params.get("none") == "1",
        too_many=len(chosen) > MOST,
        asked_verb=request.query_params.get("verb"),
        acts=tuple(verb for verb in MANY if may_ask(principal, verb)),
        crew=crew(people, loads, gone if shown >= policy.teams.keys() else ()),
    )
