"""The inbox: my tasks and the queues of my teams, soonest due first; and the next one of them, please."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from domain.catalog import CASE_TYPES
from domain.errors import CaseError, NotEligibleError, TaskAlreadyClaimedError, TaskStateError
from domain.messages import ClaimTask
from domain.people import Language
from domain.policy import Policy
from domain.tasks import TaskState
from readmodel.rows import Page, TaskRow, TasksWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.access.rules import VERB_RULES
from starter.api.house import Asking, House, OurHouse
from starter.api.statuses import status_of
from starter.desk.pages import page, reader_of, refusal_of, see_other
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

TRIED = 20
"""How many tasks are tried one after the other when others are quicker."""

GONE = (TaskAlreadyClaimedError, TaskStateError, NotEligibleError)
"""Refusals that mean that this task is not for me, and another one may be."""

Wanted = Annotated[str, Query(max_length=200)]


@router.get("", name="desk_inbox")
async def inbox(
    request: Request,
    house: OurHouse,
    principal: Asking,
    team: Wanted = "",
    case_type: Wanted = "",
    after: Wanted = "",
    notice: Wanted = "",
) -> Response:
    """My tasks and the queues of my teams; a filter that means nothing is left alone."""
    return await inbox_page(request, house, principal, team=team, case_type=case_type, after=after, notice=notice)


async def inbox_page(
    request: Request,
    house: House,
    principal: Principal,
    *,
    team: str = "",
    case_type: str = "",
    after: str = "",
    notice: str = "",
    error: CaseError | None = None,
) -> Response:
    """The inbox, with what was refused if something was."""
    policy, reader = await house.gate.staff.policy(), await reader_of(request)
    teams = principal.teams if is_bound(principal) else tuple(policy.teams)
    team, case_type = team if team in teams else "", case_type if case_type in CASE_TYPES else ""
    rows = house.doors.store.readmodel
    mine = await rows.tasks(TasksWanted(owner=principal.name, open=True, case_type=case_type or None, limit=200))
    queue = await rows.tasks(
        TasksWanted(
            team=team or None, teams=teams, state=TaskState.READY, case_type=case_type or None, cursor=after or None
        )
    )
    return page(
        reader,
        "inbox.html",
        status_of(error) if error else 200,
        refusal=refusal_of(error, reader.texts) if error else None,
        mine=mine,
        queue=queue,
        teams={name: policy.teams[name].name[reader.texts.language] for name in teams},
        team_names=team_names(policy, reader.texts.language),
        types=tuple(CASE_TYPES),
        wanted={"team": team, "case_type": case_type, "after": after},
        may_claim=principal.role in VERB_RULES["claim_task"].roles,
        notice="none_left" if notice == "none_left" else None,
        new_id=lambda: uuid.uuid4().hex,
    )


def team_names(policy: Policy, language: Language) -> dict[str, str]:
    """What each team is called."""
    return {team: said.name[language] for team, said in policy.teams.items()}


@router.post("/take-next", name="desk_take_next")
async def take_next(house: OurHouse, principal: Asking) -> Response:
    """Claim the task of my teams that is due first; whoever was quicker has it, and the next one is tried."""
    waiting: Page[TaskRow] = await house.doors.store.readmodel.tasks(
        TasksWanted(teams=principal.teams, state=TaskState.READY, limit=TRIED)
    )
    for task in waiting.items:
        request = ClaimTask(request_id=uuid.uuid4().hex, actor=principal.actor, task_id=task.task_id)
        try:
            await house.doors.service.act(task.case_id, "claim_task", request)
        except GONE:
            continue
        return see_other(f"/desk/cases/{task.case_id}#{task.task_id}")
    return see_other("/desk?notice=none_left")
