"""What a customer does on their page: writes, sends files, says yes or no, says what they think of the service."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from domain.errors import CaseError, LimitExceededError, WrongStatusError
from domain.messages import CaseView
from domain.requests import CustomerReply
from domain.survey import Survey
from starter.access.principals import Principal
from starter.access.rules import CUSTOMER_VERBS
from starter.api.house import Asking, House, OurHouse
from starter.api.problems import wrong_fields
from starter.api.statuses import status_of
from starter.desk.acting import carry
from starter.desk.customer.case_page import CameBack, OwnCase, case_page
from starter.desk.customer.offered import survey_round
from starter.desk.customer.route import CustomerRoute
from starter.desk.customer.uploads import FormWithFiles, attachments_of, posted_with_files
from starter.desk.customer.visitor import Visiting, Visitor
from starter.desk.fields import Filled
from starter.desk.pages import refusal_of, see_other
from starter.desk.posted import posted
from starter.refusals import UnavailableError

router = APIRouter(prefix="/my/{link}", route_class=CustomerRoute, include_in_schema=False)


def _route(verb: str) -> Callable[..., Awaitable[Response]]:
    async def endpoint(
        request: Request, house: OurHouse, principal: Asking, view: OwnCase, visitor: Visiting
    ) -> Response:
        filled = await posted(request)
        try:
            await carry(house, principal, view, verb, filled)
        except CaseError as error:
            return await _came_back(house, visitor, view, verb, filled, error)
        return _done(visitor, verb)

    return endpoint


for _verb in CUSTOMER_VERBS:
    router.add_api_route(f"/{_verb}", _route(_verb), methods=["POST"], name=f"my_{_verb}", response_model=None)


@router.post("/reply", name="my_reply", response_model=None)
async def reply(request: Request, house: OurHouse, principal: Asking, view: OwnCase, visitor: Visiting) -> Response:
    """Write to us, with files if there are any."""
    form = await posted_with_files(request, house.doors.settings.upload_bytes)
    try:
        await _write(house, principal, view, form)
    except CaseError as error:
        return await _came_back(house, visitor, view, "reply", form.fields, error)
    return _done(visitor, "reply")


async def _write(house: House, principal: Principal, view: CaseView, form: FormWithFiles) -> None:
    if form.fault:
        raise form.fault
    store, request_id = house.doors.store.attachments, form.fields.get("request_id") or uuid.uuid4().hex
    files = attachments_of(view.case_id, request_id, form.files)
    # Files alone say enough: then their names are what was said.
    text = form.fields.get("text", "").strip() or ", ".join(file.name for file in files)
    said = _reply(principal, request_id, text, tuple(file.id for file in files))
    most = house.doors.settings.uploads
    new = await store.keep(view.case_id, principal.id, files, most) if files else ()
    if new is None:
        raise LimitExceededError(f"expected at most {most} files for one case", field="files", limit=most)
    try:
        await house.doors.service.act(view.case_id, "customer_reply", said)
    except UnavailableError:
        raise  # nobody knows whether it was done, so the files stay for when it is sent again
    except CaseError:
        await store.drop(view.case_id, new)
        raise


def _reply(principal: Principal, request_id: str, text: str, files: tuple[str, ...]) -> CustomerReply:
    try:
        return CustomerReply(request_id=request_id, actor=principal.actor, text=text, attachments=files)
    except ValidationError as error:
        raise _wrong(error) from None


@router.post("/survey", name="my_survey", response_model=None)
async def survey(request: Request, house: OurHouse, view: OwnCase, visitor: Visiting) -> Response:
    """Say what I think of the service; the first answer counts."""
    filled = await posted(request)
    try:
        round_ = survey_round(view)
        if round_ is None:
            raise WrongStatusError("there is nothing to ask about yet", status=view.status)
        given = _survey(view, filled)
    except CaseError as error:
        return await _came_back(house, visitor, view, "survey", filled, error)
    await house.doors.store.surveys.write(view.case_id, view.case_type, round_, given)
    return _done(visitor, "survey")


def _survey(view: CaseView, filled: Filled) -> Survey:
    given = {name: filled[name].strip() for name in Survey.model_fields if filled.get(name, "").strip()}
    # Who said so to the case itself is not asked again, and would otherwise count twice.
    if view.facts.get("score") is not None:
        given.pop("csat", None)
    try:
        return Survey.model_validate(given)
    except ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: ValidationError) -> CaseError:
    found = error.errors(include_url=False, include_input=False)
    return wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found])


def _done(visitor: Visitor, what: str) -> Response:
    answer = see_other(f"{visitor.home}&done={what}#done")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


async def _came_back(
    house: House, visitor: Visitor, view: CaseView, what: str, filled: Filled, error: CaseError
) -> Response:
    # The case as it is now: what was refused often was so because it has moved on.
    now = await house.doors.service.snapshot(view.case_id)
    unknown = isinstance(error, UnavailableError) and filled.get("request_id")
    request_id = filled["request_id"] if unknown else uuid.uuid4().hex
    form = CameBack(what, filled, refusal_of(error, visitor.texts), request_id)
    return await case_page(house, visitor, now, status=status_of(error), came_back=form)
