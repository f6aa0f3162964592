"""A case on one page: what is wanted, what is promised next, the work with its forms, and everything that happened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from activities.attachments.kinds import SHOWN
from domain.messages import CaseView, ClockView, TaskView
from domain.people import Language
from domain.policy import Policy
from domain.shop.orders import Order, OrderLine
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.tasks import ACTIVE
from domain.timeline import Entry
from domain.views import HUMAN_PROMISES
from starter.access.principals import Principal
from starter.api.house import Asking, House, OurHouse, View
from starter.desk.around import order_of
from starter.desk.board.outlook import Prospect, outlook
from starter.desk.colleagues import by_team, named_in
from starter.desk.forms import Form, active_first, form_for, names_lines
from starter.desk.offered import FIRST, of_case, of_task
from starter.desk.pages import Reader, page, reader_of
from starter.desk.replies import ReplyTemplates, values_for
from starter.desk.route import DeskRoute
from starter.desk.teams import team_names
from starter.desk.times import local
from starter.desk.valued import clock_name, valued
from starter.verbs import VERBS

router = APIRouter(prefix="/desk/cases/{case_id}", route_class=DeskRoute, include_in_schema=False)

TICKING = ("running", "paused")

NEWS = 5
"""How many of the newest lines are told when a page has brought itself up to date."""

HANDED = ("task_delegated", "task_forwarded", "task_nominated")
"""Lines of the timeline with which a task comes to somebody from somebody."""

Since = Annotated[int | None, Query(ge=0)]


@router.get("", name="desk_case")
async def show(
    request: Request, house: OurHouse, principal: Asking, view: View, done: str = "", since: Since = None
) -> Response:
    """The page of a case; a page that brings itself up to date tells with which line of the timeline it began."""
    reader = await reader_of(request)
    return await case_page(house, reader, principal, view, done=done if done in VERBS else None, since=since)


async def case_page(
    house: House,
    reader: Reader,
    principal: Principal,
    view: CaseView,
    *,
    status: int = 200,
    done: str | None = None,
    since: int | None = None,
    came_back: Form | None = None,
) -> Response:
    """The page; `came_back` is a form that was refused, and is shown with what was typed and why."""
    policy = await house.doors.service.policy(view.policy)
    language = reader.texts.language
    offered = [form_for(verb, view, policy, language) for verb in of_case(view, principal)]
    forms = with_returned([with_clocks(form, view, reader) for form in offered if form], came_back)
    lines = await lines_for(house, view, principal)
    tasks = [
        (task, task_forms(view, policy, principal, task, language, came_back, lines))
        for task in active_first(view.tasks)
    ]
    timeline = await house.doors.service.timeline(view.case_id)
    every = [*forms, *(form for _, own in tasks for form in own)]
    shown = {form.id for form in every}
    return page(
        reader,
        "case.html",
        status,
        here=f"/desk/cases/{view.case_id}",
        case=view,
        owed=still_owed(view, reader.now),
        next_promise=next_promise(view),
        next_update=_clock(view, ClockKind.STATUS_UPDATE),
        tasks=tasks,
        valued=partial(valued, reader),
        active=ACTIVE,
        first=[form for form in forms if form.verb in FIRST],
        more=[form for form in forms if form.verb not in FIRST],
        clocks=sorted(view.clocks, key=lambda clock: (clock.state not in TICKING, clock.why[0].at)),
        attachments=await house.doors.store.attachments.of_case(view.case_id),
        surveys=await house.doors.store.surveys.of_case(view.case_id),
        shown_kinds=SHOWN,
        timeline=list(reversed(timeline)),
        people=await by_team(house, reader, policy, named_in(every)),
        news=news_for(principal, timeline, since),
        handed={task.id: handed(task, timeline) for task in view.tasks},
        since=view.last_seq,
        outlooks=await outlooks_of(house, view, every, reader.now),
        drafts={task.id: draft_mark(task.draft) for task in view.tasks},
        # What was typed into a form that comes back stands in it as the page's own words: a refresh would take them.
        live=came_back is None,
        team_names=team_names(policy, language),
        done=done,
        templates=await templates_for(house, view, principal),
        # What was asked may not be offered any more; what was typed is kept all the same.
        misplaced=came_back if came_back and came_back.id not in shown else None,
        # A browser goes to where the form was sent; what is to be read first is the refusal.
        landing=(came_back.task_id or "said") if came_back and came_back.refusal else "",
    )


def news_for(principal: Principal, timeline: list[Entry], since: int | None) -> list[Entry]:
    """The newest lines that somebody else has written since a page was drawn."""
    fresh = [entry for entry in timeline if since is not None and entry.seq > since]
    return [entry for entry in fresh if entry.by != principal.name][-NEWS:]


async def outlooks_of(house: House, view: CaseView, forms: Iterable[Form], now: Instant) -> dict[str, list[Prospect]]:
    """What each other priority would do to the promises of the case, where somebody may give it one."""
    offered = [form for form in forms if form.verb == "change_priority"]
    if not offered:
        return {}
    priorities = [one for one, _ in offered[0].choices["priority"]]
    rows = await house.board.rows.cases([view.case_id])
    found = (await outlook(house, "change_priority", priorities, rows, now)).get(view.case_id)
    return {"change_priority": found} if found else {}


def draft_mark(draft: str | None) -> str:
    """What tells a draft from others, so that a browser knows whether words were typed before it was saved."""
    return hashlib.sha256(draft.encode()).hexdigest()[:12] if draft else ""


def handed(task: TaskView, timeline: list[Entry]) -> Entry | None:
    """The line that says who handed a task on last, and why."""
    lines = [entry for entry in timeline if entry.what in HANDED and entry.facts.get("task") == task.id]
    return lines[-1] if lines and lines[-1].facts.get("reason") else None


async def templates_for(house: House, view: CaseView, principal: Principal) -> list[tuple[str, str, str]]:
    """Templates of replies by what a form names them by, with name and words; those in the customer's language."""
    values = values_for(view, principal.name)
    kept = await ReplyTemplates(house.doors.store.engine).all()
    own = [one for one in kept if one.language is view.customer.language] or kept
    return [(one.key, one.name, one.filled(values)) for one in own]


async def lines_for(house: House, view: CaseView, principal: Principal) -> tuple[OrderLine, ...]:
    """The order's lines where somebody has a task that asks for them; the shop is asked only then."""
    mine = [task for task in view.tasks if task.state in ACTIVE and task.owner == principal.name]
    if not any(names_lines(view, task) for task in mine):
        return ()
    order = await order_of(house, view)
    return order.lines if isinstance(order, Order) else ()


def task_forms(
    view: CaseView,
    policy: Policy,
    principal: Principal,
    task: TaskView,
    language: Language,
    came_back: Form | None,
    lines: tuple[OrderLine, ...],
) -> list[Form]:
    """The forms of one task."""
    found = [form_for(verb, view, policy, language, task, lines) for verb in of_task(task, principal)]
    forms = with_returned([form for form in found if form], came_back)
    drafting = any(form.takes_draft for form in forms)
    return [form for form in forms if not (drafting and form.verb == "save_draft")]


def with_clocks(form: Form, view: CaseView, reader: Reader) -> Form:
    """A form that chooses among clocks, with what each is called, how it is and when it is due."""
    if "clock" not in form.choices:
        return form
    clocks = {clock.id: clock for clock in view.clocks}
    named = tuple((one, clock_label(clocks[one], reader)) for one, _ in form.choices["clock"])
    return replace(form, choices={**form.choices, "clock": named})


def clock_label(clock: ClockView, reader: Reader) -> str:
    """A clock as the list of clocks has it: what it is called, how it is, and when it is due."""
    due = local(clock.due, reader.now, reader.zone) if clock.due else ""
    parts = (clock_name(reader, clock.id), clock.task, reader.texts.name("clock_state", clock.state.value), due)
    return " · ".join(part for part in parts if part)


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


def still_owed(view: CaseView, now: Instant) -> list[ClockView]:
    """The clocks of promises that were due and that somebody must keep all the same; what ended is due no more."""
    late = [clock for clock in view.clocks if clock.kind in HUMAN_PROMISES and clock.due and clock.due < now]
    return sorted(late, key=lambda clock: clock.due or 0)


def _clock(view: CaseView, kind: ClockKind) -> ClockView | None:
    found = [clock for clock in view.clocks if clock.kind == kind and clock.state in TICKING and clock.due]
    return found[-1] if found else None
