"""Cases are opened: 201 for a new one, 200 for what was handed in before, under the caller's own reference."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel

from domain.people import Role
from starter.access.principals import DESK, Principal
from starter.api.answers import IDEMPOTENT, WRITES, OpenedCase, problems
from starter.api.bodies import body_of
from starter.api.guarded import GuardedRoute
from starter.api.house import Asking, House, OurHouse, Reference, RequestId
from starter.new_complaint import NewComplaint
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn
from starter.opening import Opened

New = NewComplaint | NewOrderChange | NewReturn
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["opening"])

_FILLED_IN = frozenset({"source", "asked_by"})
_OPTIONAL: dict[str, Any] = {"reference": (Reference | None, None)}
_WAYS: dict[str, tuple[str, type[New]]] = {
    "open_complaint": ("/complaints", NewComplaint),
    "open_order_change": ("/order-changes", NewOrderChange),
    "open_return": ("/returns", NewReturn),
}
"""By the name of what the service is asked, and of the route."""


def _filled_in(model: type[New], body: BaseModel, principal: Principal, request_id: str) -> New:
    """What was handed in, with where it comes from and who of the staff enters it."""
    system = principal.role is Role.SYSTEM
    by: dict[str, Any] = {} if system or "asked_by" not in model.model_fields else {"asked_by": principal.name}
    fields: dict[str, Any] = {name: getattr(body, name) for name in type(body).model_fields}
    # People share a source, and two of them may give their requests the same names.
    own = request_id if system else f"{principal.name}:{request_id}"
    reference = fields.pop("reference") or own
    return model(**fields, **by, source=principal.name if system else DESK, reference=reference)


def _route(name: str) -> Callable[..., Awaitable[OpenedCase]]:
    _, model = _WAYS[name]
    body_model = body_of(model, without=_FILLED_IN, **_OPTIONAL)

    async def endpoint(body: Any, key: Any, house: House, principal: Principal, response: Response) -> OpenedCase:
        async def open_once() -> str:
            open_: Callable[[New], Awaitable[Opened]] = getattr(house.doors.service, name)
            opened = await open_(_filled_in(model, body, principal, key))
            return OpenedCase(case_id=opened.case_id, created=opened.created, open=opened.open).model_dump_json()

        answer = OpenedCase.model_validate_json(await house.answered.once(principal.id, key, name, body, open_once))
        response.status_code = 201 if answer.created else 200
        response.headers["Location"] = f"/v1/cases/{answer.case_id}"
        return answer

    endpoint.__annotations__ |= {
        "body": Annotated[body_model, Body()],
        "key": RequestId,
        "house": OurHouse,
        "principal": Asking,
        "response": Response,
    }
    return endpoint


for _name, (_path, _model) in _WAYS.items():
    router.add_api_route(
        _path,
        _route(_name),
        methods=["POST"],
        name=_name,
        operation_id=_name,
        status_code=201,
        response_model=OpenedCase,
        summary=_name.replace("_", " ").capitalize(),
        description=_model.__doc__ or "",
        response_description="It is new",
        responses={
            200: {
                "description": "It was there already, with the same content",
                "model": OpenedCase,
                "headers": IDEMPOTENT,
            },
            201: {"headers": IDEMPOTENT},
            **problems(*WRITES, 409),
        },
    )
