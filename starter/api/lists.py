"""Cases and tasks in lists, a page at a time, from the read model; whoever is bound to teams sees what is theirs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from domain.sla.spans import Instant
from readmodel.board import Cell
from readmodel.rows import CaseRow, CasesWanted, Page, TaskRow, TasksWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, OurHouse
from starter.counted import visible

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["lists"])


class CountedCases(BaseModel):
    """Open cases, counted at an instant by all that they have in common."""

    counted_at: Instant
    cells: list[Cell]


def _teams(principal: Principal, asked: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The teams to which a list is limited: of those that are asked for, the ones that somebody may see."""
    if not is_bound(principal):
        return asked
    return principal.teams if asked is None else tuple(team for team in asked if team in principal.teams)


@router.get("/cases", operation_id="list_cases", responses=problems(*READS, 422))
async def list_cases(wanted: Annotated[CasesWanted, Query()], house: OurHouse, principal: Asking) -> Page[CaseRow]:
    """Cases, what is due soonest first; they may lag behind the cases themselves by a moment."""
    seen = wanted.model_copy(update={"teams": _teams(principal, wanted.teams)})
    return await house.doors.store.readmodel.cases(seen)


@router.get("/tasks", operation_id="list_tasks", responses=problems(*READS, 422))
async def list_tasks(wanted: Annotated[TasksWanted, Query()], house: OurHouse, principal: Asking) -> Page[TaskRow]:
    """Tasks, what is due soonest first; with one's own id as `owner` also those that other teams' cases have."""
    own = wanted.owner == principal.name
    seen = wanted.model_copy(update={"teams": wanted.teams if own else _teams(principal, wanted.teams)})
    return await house.doors.store.readmodel.tasks(seen)


@router.get("/board", operation_id="show_board", responses=problems(*READS))
async def show_board(house: OurHouse, principal: Asking) -> CountedCases:
    """How many open cases there are of each sort; counted every two seconds at the most."""
    at, cells, _ = await house.board.look()
    return CountedCases(counted_at=at, cells=visible(cells, principal))
