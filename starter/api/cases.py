"""A case is shown and asked: one route for each verb, with the domain's own request as its body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import ValidationError

from domain.complaint.messages import Merge, Reopen
from domain.errors import NotAllowedError
from domain.messages import Answer, CaseView, Request
from starter.access.gate import is_bound, permit_case
from starter.access.principals import Principal
from starter.api.answers import READS, WRITES, TimelinePage, problems
from starter.api.bodies import body_of, content_of
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, CaseId, House, OurHouse, RequestId, View, require_number
from starter.api.problems import wrong_fields
from starter.verbs import VERBS, asked_of

router = APIRouter(prefix="/v1/cases/{case_id}", route_class=GuardedRoute, tags=["cases"])


@router.get("", operation_id="show_case", responses=problems(*READS, 404, 422))
async def show_case(view: View) -> CaseView:
    """Everything about a case at this instant: status, tasks, clocks with their why, promises."""
    return view


@router.get("/timeline", operation_id="show_timeline", responses=problems(*READS, 404, 422))
async def show_timeline(case_id: CaseId, house: OurHouse) -> TimelinePage:
    """Everything that happened to a case, in order."""
    return TimelinePage(entries=await house.doors.service.timeline(case_id))


async def ask(house: House, case_id: str, verb: str, fields: dict[str, Any]) -> Answer:
    """Carry a request to its case.

    Raises:
        CaseError: whatever the case refuses.
    """
    service = house.doors.service
    if VERBS[verb] is Merge:
        return await service.merge(case_id, **fields)
    try:
        request = VERBS[verb](**fields)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_fields([(("body", *one["loc"]), one["msg"]) for one in found]) from None
    if isinstance(request, Reopen):
        return await service.reopen(case_id, request)
    return await service.act(case_id, verb, request)


async def let_to_target(house: House, principal: Principal, fields: dict[str, Any]) -> None:
    """Refuse to name another case to somebody who may not see that one."""
    if "target" not in fields:
        return
    require_number(fields["target"], "target")
    if is_bound(principal):
        try:
            permit_case(principal, await house.doors.service.snapshot(fields["target"]))
        except NotAllowedError as error:
            raise NotAllowedError(error.message, **{**error.details, "field": "target"}) from None


def _route(verb: str, model: type[Request]) -> Callable[..., Awaitable[Answer]]:
    body_model = body_of(model)

    async def endpoint(case_id: str, body: Any, key: str, house: House, principal: Principal) -> Answer:
        fields = await content_of(body, model, house.gate.staff)
        await let_to_target(house, principal, fields)
        return await ask(house, case_id, verb, {**fields, "request_id": key, "actor": principal.actor})

    endpoint.__annotations__ |= {
        "case_id": CaseId,
        "body": Annotated[body_model, Body()],
        "key": RequestId,
        "house": OurHouse,
        "principal": Asking,
    }
    return endpoint


for _verb, _model in VERBS.items():
    router.add_api_route(
        f"/{_verb}",
        _route(_verb, _model),
        methods=["POST"],
        name=_verb,
        operation_id=_verb,
        response_model=Answer,
        summary=_verb.replace("_", " ").capitalize(),
        description=f"{_model.__doc__}\n\nAsked of: {', '.join(asked_of(_verb))}.",
        responses=problems(*WRITES, 404, 409),
    )
