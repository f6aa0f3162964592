"""Cases and tasks in lists, a page at a time, from the read model; whoever is bound to teams sees what is theirs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from domain.errors import InvalidInputError
from domain.messages import Identifier
from domain.numbers import numbers
from domain.people import Role
from domain.sla.spans import Instant
from readmodel.board import Cell
from readmodel.rows import CaseRow, CasesWanted, Page, TaskRow, TasksWanted
from starter.access.gate import is_bound
from starter.access.principals import DESK, Principal
from starter.api.answers import READS, problems
from starter.api.choices import CaseStatusName, CaseTypeName, ChannelName, require_priority
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, House, OurHouse, Reference
from starter.counted import visible

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["lists"])


class CasesAsked(CasesWanted):
    """Which cases a list shows. `reference` is that of a `source`, which is yours if left out: a case of each type."""

    type: CaseTypeName | None = None
    status: CaseStatusName | None = None
    channel: ChannelName | None = None
    reference: Reference | None = None
    source: Identifier | None = None


class TasksAsked(TasksWanted):
    """Which tasks a list shows."""

    case_type: CaseTypeName | None = None
    channel: ChannelName | None = None


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
async def list_cases(wanted: Annotated[CasesAsked, Query()], house: OurHouse, principal: Asking) -> Page[CaseRow]:
    """Cases, what is due soonest first; they may lag behind the cases themselves by a moment."""
    seen = wanted.model_copy(update={"teams": _teams(principal, wanted.teams), "case_ids": _numbers(wanted, principal)})
    page = await house.doors.store.readmodel.cases(seen)
    await _require_known(wanted.priority, page, house)
    return page


def _numbers(wanted: CasesAsked, principal: Principal) -> tuple[str, ...] | None:
    """The numbers that cases under a reference have.

    Raises:
        InvalidInputError: a source without a reference, which no case can be found by.
    """
    if wanted.reference is None:
        if wanted.source is not None:
            raise InvalidInputError("source: expected only with a reference", field="source")
        return wanted.case_ids
    own = principal.name if principal.role is Role.SYSTEM else DESK
    found = numbers(wanted.source or own, wanted.reference)
    return found if wanted.case_ids is None else tuple(one for one in found if one in wanted.case_ids)


async def _require_known(priority: str | None, page: Page[Any], house: House) -> None:
    """Refuse a priority that the policy in force does not know, unless cases of a former one have it."""
    if priority is not None and not page.items:
        require_priority(priority, await house.gate.staff.policy())


@router.get("/tasks", operation_id="list_tasks", responses=problems(*READS, 422))
async def list_tasks(wanted: Annotated[TasksAsked, Query()], house: OurHouse, principal: Asking) -> Page[TaskRow]:
    """Tasks, what is due soonest first; with one's own id as `owner` also those that other teams' cases have."""
    own = wanted.owner == principal.name
    seen = wanted.model_copy(update={"teams": wanted.teams if own else _teams(principal, wanted.teams)})
    page = await house.doors.store.readmodel.tasks(seen)
    await _require_known(wanted.priority, page, house)
    return page


@router.get("/board", operation_id="show_board", responses=problems(*READS))
async def show_board(house: OurHouse, principal: Asking) -> CountedCases:
    """How many open cases there are of each sort; counted every two seconds at the most."""
    at, cells, _ = await house.board.look()
    return CountedCases(counted_at=at, cells=visible(cells, principal))
