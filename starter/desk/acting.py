"""Asking something of a case with a form. What is refused comes back as the page it came from, with what was typed."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from domain.errors import CaseError
from domain.messages import Answer, CaseView
from starter.access.principals import Principal
from starter.access.rules import DESK_RULES, VERB_RULES
from starter.api.bodies import content_of
from starter.api.cases import ask, let_to_target
from starter.api.house import Asking, House, OurHouse, View
from starter.api.problems import wrong_fields
from starter.api.statuses import status_of
from starter.desk.case_page import case_page
from starter.desk.fields import Filled, read
from starter.desk.forms import Form, body_model, draft_of, fields_for
from starter.desk.inbox import inbox_page
from starter.desk.pages import reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute
from starter.refusals import UnavailableError
from starter.verbs import VERBS

router = APIRouter(prefix="/desk/cases/{case_id}", route_class=DeskRoute, include_in_schema=False)


def _route(verb: str) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, house: OurHouse, principal: Asking, view: View) -> Response:
        filled = await posted(request)
        try:
            await carry(house, principal, view, verb, await _with_draft(request, view, verb, filled))
        except CaseError as error:
            return await _refused(request, house, principal, view, verb, filled, error)
        if filled.get("from") == "inbox" and verb != "claim_task":
            return see_other("/desk")
        return see_other(f"/desk/cases/{view.case_id}?done={verb}#{filled.get('task_id') or 'said'}"[:200])

    return endpoint


async def carry(house: House, principal: Principal, view: CaseView, verb: str, filled: Filled) -> Answer:
    """Carry what was filled in to the case, as the API does with a body.

    Raises:
        CaseError: whatever the door or the case refuses.
    """
    task_id = filled.get("task_id")
    said: dict[str, object] = read(fields_for(verb, view, task_id), filled)
    said = {"form": said} if verb == "complete_task" else said
    try:
        body = body_model(verb).model_validate({"task_id": task_id, **said} if task_id else said)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found]) from None
    fields = await content_of(body, VERBS[verb], house.gate.staff)
    await let_to_target(house, principal, fields)
    own = {"request_id": filled.get("request_id") or uuid.uuid4().hex, "actor": principal.actor}
    return await ask(house, view.case_id, verb, {**fields, **own})


async def _with_draft(request: Request, view: CaseView, verb: str, filled: Filled) -> Filled:
    """A draft is what stands in the task's form, unless it has a form of its own."""
    if not _of_task_form(verb, filled):
        return filled
    fields = fields_for("complete_task", view, filled.get("task_id"))
    return {**filled, "draft": draft_of(fields, filled, (await reader_of(request)).texts)}


def _of_task_form(verb: str, filled: Filled) -> bool:
    return verb == "save_draft" and "draft" not in filled


async def _refused(
    request: Request, house: House, principal: Principal, view: CaseView, verb: str, filled: Filled, error: CaseError
) -> Response:
    if filled.get("from") == "inbox":
        return await inbox_page(request, house, principal, error=error, about=view)
    reader = await reader_of(request)
    # The case as it is now: what was refused often was so because it has moved on.
    now = await house.doors.service.snapshot(view.case_id)
    if _of_task_form(verb, filled):
        # From here on it is the task's form again, which asks for something else.
        verb, filled = "complete_task", {name: value for name, value in filled.items() if name != "request_id"}
    form = returned(verb, now, filled, error)
    form = replace(form, refusal=refusal_of(error, reader.texts))
    return await case_page(house, reader, principal, now, status=status_of(error), came_back=form)


def returned(verb: str, view: CaseView, filled: Filled, error: CaseError | None) -> Form:
    """The form as it was sent. Where nobody answered it keeps its name, so that sending it again does nothing twice.

    Without an error it has not been asked yet, and keeps its name as well.
    """
    task_id = filled.get("task_id") or None
    open_still = (error is None or isinstance(error, UnavailableError)) and filled.get("request_id")
    request_id = filled["request_id"] if open_still else uuid.uuid4().hex
    return Form(verb, task_id, fields_for(verb, view, task_id), request_id, filled, {}, sent=True)


for _verb in VERB_RULES:
    if f"desk_{_verb}" in DESK_RULES:
        router.add_api_route(f"/{_verb}", _route(_verb), methods=["POST"], name=f"desk_{_verb}", response_model=None)
