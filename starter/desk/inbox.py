"""The inbox: my tasks and the queues of my teams, soonest due first; and the next one of them, please."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.assignment.duty import Presence
from domain.catalog import CASE_TYPES
from domain.errors import CaseError, NotEligibleError, TaskAlreadyClaimedError, TaskStateError
from domain.messages import CaseView, ClaimTask
from domain.people import Channel
from domain.policy import Policy
from domain.tasks import TaskState
from readmodel.rows import Page, TaskRow, TasksWanted
from starter.access.gate import is_bound
from starter.access.principals import Principal
from starter.access.rules import VERB_RULES
from starter.api.house import Asking, House, OurHouse
from starter.api.statuses import status_of
from starter.desk.pages import page, reader_of, refusal_of, see_other
from starter.desk.presence import heard_of
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names
from starter.desk.texts import Texts

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

TRIED = 20
"""How many tasks are tried one after the other when others are quicker."""

GONE = (TaskAlreadyClaimedError, TaskStateError, NotEligibleError)
"""Refusals that mean that this task is not for me, and another one may be."""

Word = Annotated[str, StringConstraints(max_length=200)]


class Filter(BaseModel):
    """What narrows the inbox down; what is empty does not. `after` is where the queue goes on."""

    model_config = ConfigDict(frozen=True)

    team: Word = ""
    case_type: Word = ""
    channel: Word = ""
    priority: Word = ""
    after: Word = ""

    def among(self, choices: Mapping[str, Collection[str]]) -> Filter:
        """The filter without what means nothing here."""
        return self.model_copy(update={name: "" for name, known in choices.items() if getattr(self, name) not in known})

    def tasks(self, **further: Any) -> TasksWanted:
        """The tasks to which it narrows down, the team aside."""
        asked: dict[str, Any] = {name: getattr(self, name) or None for name in ("case_type", "channel", "priority")}
        return TasksWanted(**asked, **further)


@router.get("", name="desk_inbox")
async def inbox(
    request: Request,
    house: OurHouse,
    principal: Asking,
    wanted: Annotated[Filter, Query()],
    notice: Annotated[Word, Query()] = "",
) -> Response:
    """My tasks and the queues of my teams; a filter that means nothing is left alone."""
    return await inbox_page(request, house, principal, wanted=wanted, notice=notice)


async def inbox_page(
    request: Request,
    house: House,
    principal: Principal,
    *,
    wanted: Filter | None = None,
    notice: str = "",
    error: CaseError | None = None,
    about: CaseView | None = None,
) -> Response:
    """The inbox, with what was refused if something was, and of which case."""
    policy, reader = await house.gate.staff.policy(), await reader_of(request)
    teams = principal.teams if is_bound(principal) else tuple(policy.teams)
    choices = filters(policy, teams, reader.texts)
    wanted = (wanted or Filter()).among(choices)
    rows = house.doors.store.readmodel
    mine = await rows.tasks(wanted.tasks(owner=principal.name, open=True, limit=200))
    queue = await rows.tasks(
        wanted.tasks(team=wanted.team or None, teams=teams, state=TaskState.READY, cursor=wanted.after or None)
    )
    return page(
        reader,
        "inbox.html",
        status_of(error) if error else 200,
        refusal=refusal_of(error, reader.texts) if error else None,
        about=about,
        mine=mine.items,
        queue=queue,
        choices=choices,
        team_names=team_names(policy, reader.texts.language),
        wanted=wanted.model_dump(),
        may_claim=principal.role in VERB_RULES["claim_task"].roles,
        presence=await heard_of(house, principal),
        presences=tuple(Presence),
        notice="none_left" if notice == "none_left" else None,
        new_id=lambda: uuid.uuid4().hex,
    )


def filters(policy: Policy, teams: tuple[str, ...], texts: Texts) -> dict[str, dict[str, str]]:
    """What the inbox can be narrowed down by: for each name of a filter its values with what they are called."""
    names = team_names(policy, texts.language)
    return {
        "team": {team: names[team] for team in teams},
        "case_type": {kind: texts.name("type", kind) for kind in CASE_TYPES},
        "channel": {channel.value: texts.name("channel", channel.value) for channel in Channel},
        "priority": {name: texts.name("priority", name) for name in policy.complaint.priorities},
    }


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
