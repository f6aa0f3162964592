"""A case on one page: what is wanted, what is promised next, the work with its forms, and everything that happened."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from activities.attachments.kinds import SHOWN
from domain.messages import CaseView, ClockView
from domain.people import Language
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.tasks import ACTIVE
from domain.views import HUMAN_PROMISES
from starter.access.principals import Principal
from starter.api.house import Asking, House, OurHouse, View
from starter.desk.forms import Form, active_first, form_for
from starter.desk.inbox import team_names
from starter.desk.offered import FIRST, of_case, of_task
from starter.desk.pages import Reader, page, reader_of
from starter.desk.route import DeskRoute
from starter.verbs import VERBS

router = APIRouter(prefix="/desk/cases/{case_id}", route_class=DeskRoute, include_in_schema=False)

TICKING = ("running", "paused")


@router.get("", name="desk_case")
async def show(request: Request, house: OurHouse, principal: Asking, view: View, done: str = "") -> Response:
    """The page of a case."""
    reader = await reader_of(request)
    return await case_page(house, reader, principal, view, done=done if done in VERBS else None)


async def case_page(
    house: House,
    reader: Reader,
    principal: Principal,
    view: CaseView,
    *,
    status: int = 200,
    done: str | None = None,
    came_back: Form | None = None,
) -> Response:
    """The page; `came_back` is a form that was refused, and is shown with what was typed and why."""
    policy = await house.doors.service.policy(view.policy)
    language = reader.texts.language
    offered = [form_for(verb, view, policy, language) for verb in of_case(view, principal)]
    forms = with_returned([form for form in offered if form], came_back)
    tasks = [
        (task, task_forms(view, policy, principal, task.id, language, came_back)) for task in active_first(view.tasks)
    ]
    shown = {form.id for form in forms} | {form.id for _, own in tasks for form in own}
    return page(
        reader,
        "case.html",
        status,
        here=f"/desk/cases/{view.case_id}",
        case=view,
        next_promise=next_promise(view),
        next_update=_clock(view, ClockKind.STATUS_UPDATE),
        tasks=tasks,
        active=ACTIVE,
        first=[form for form in forms if form.verb in FIRST],
        more=[form for form in forms if form.verb not in FIRST],
        clocks=sorted(view.clocks, key=lambda clock: (clock.state not in TICKING, clock.why[0].at)),
        attachments=await house.doors.store.attachments.of_case(view.case_id),
        surveys=await house.doors.store.surveys.of_case(view.case_id),
        shown_kinds=SHOWN,
        timeline=list(reversed(await house.doors.service.timeline(view.case_id))),
        team_names=team_names(policy, language),
        done=done,
        # What was asked may not be offered any more; what was typed is kept all the same.
        misplaced=came_back if came_back and came_back.id not in shown else None,
    )


def task_forms(
    view: CaseView, policy: Policy, principal: Principal, task_id: str, language: Language, came_back: Form | None
) -> list[Form]:
    """The forms of one task."""
    task = next(task for task in view.tasks if task.id == task_id)
    found = [form_for(verb, view, policy, language, task) for verb in of_task(task, principal)]
    return with_returned([form for form in found if form], came_back)


def with_returned(forms: list[Form], came_back: Form | None) -> list[Form]:
    """Forms with the one that was refused in its place."""
    return [
        replace(came_back, choices=form.choices, fields=form.fields) if came_back and form.id == came_back.id else form
        for form in forms
    ]


def next_promise(view: CaseView) -> ClockView | None:
    """The clock of the promise that a person must keep next."""
    due = [clock for clock in view.clocks if clock.kind in HUMAN_PROMISES and clock.due and clock.due == view.due]
    return due[0] if due else None


def _clock(view: CaseView, kind: ClockKind) -> ClockView | None:
    found = [clock for clock in view.clocks if clock.kind == kind and clock.state in TICKING and clock.due]
    return found[-1] if found else None
