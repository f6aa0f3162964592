"""People sign in with a local account; the browser keeps a cookie that no script reads and no other site sends."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from activities.assignment.duty_book import DutyBook
from domain.messages import Identifier
from starter.access.accounts import LONGEST_PASSWORD
from starter.access.principals import Principal
from starter.access.sessions import LASTS
from starter.api.answers import READS, Me, problems
from starter.api.guarded import SESSION_COOKIE, GuardedRoute, address_of, require_own_site
from starter.api.house import Asking, House, OurHouse

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["signing in"])


class SignIn(BaseModel):
    """A local account's id and password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    staff_id: Identifier
    password: Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_PASSWORD)]


@router.post("/session", status_code=201, operation_id="sign_in", responses=problems(400, 401, 403, 413, 415, 422, 429))
async def sign_in(body: SignIn, request: Request, response: Response, house: OurHouse) -> Me:
    """Sign in; the session is in a cookie, ends after half an hour of silence, and after twelve hours in any case."""
    require_own_site(request)
    token, principal = await house.gate.sign_in(body.staff_id, body.password.get_secret_value(), address_of(request))
    set_cookie(response, house, token, LASTS // 1000)
    return me_of(principal)


@router.delete("/session", status_code=204, operation_id="sign_out", responses=problems(403))
async def sign_out(request: Request, response: Response, house: OurHouse) -> None:
    """Sign out, here and now; harmless where nobody is signed in."""
    require_own_site(request)
    if token := request.cookies.get(SESSION_COOKIE):
        await sign_out_of(house, token)
    set_cookie(response, house, "", 0)


async def sign_out_of(house: House, token: str) -> None:
    """End a session; whoever leaves is given no more tasks."""
    staff_id = await house.gate.sessions.staff_id(token, used=False)
    await house.gate.sessions.end(token)
    if staff_id is not None:
        await DutyBook(house.doors.store.engine).leave(staff_id)


@router.get("/me", operation_id="me", responses=problems(*READS))
async def me(principal: Asking) -> Me:
    """Who asks, as this door knows them."""
    return me_of(principal)


def me_of(principal: Principal) -> Me:
    """A principal, as it may be shown to itself."""
    return Me(id=principal.id, role=principal.role, teams=principal.teams, scopes=tuple(sorted(principal.scopes)))


def set_cookie(response: Response, house: House, token: str, max_age: int) -> None:
    """Have the browser keep a session's token for so many seconds; with 0 it forgets it."""
    response.set_cookie(
        SESSION_COOKIE, token, max_age=max_age, path="/", httponly=True, samesite="strict", secure=house.secure
    )
