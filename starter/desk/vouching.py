"""Signing in at the company's OpenID Connect server: there, and back with a code that only this browser can use.

Who signs out there is told to us by the server itself (OpenID Connect Back-Channel Logout 1.0).
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from activities.assignment.duty_book import DutyBook
from domain.errors import CaseError
from starter.access.oidc.flow import LASTS as ATTEMPT_LASTS
from starter.access.oidc.flow import Attempt, Flow
from starter.access.oidc.vouching import Vouching
from starter.access.sessions import LASTS
from starter.api.guarded import address_of
from starter.api.house import House, OurHouse
from starter.api.problems import NoSuchRouteError
from starter.api.signing_in import set_cookie
from starter.api.statuses import status_of
from starter.desk.onward import onward_of
from starter.desk.pages import page, reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk/oidc", route_class=DeskRoute, include_in_schema=False)

COOKIE = "duecourse_sign_in"
PATH = "/desk/oidc"
NOT_KEPT = {"Cache-Control": "no-store"}

log = structlog.get_logger()


@router.get("", name="desk_vouch")
async def vouch(request: Request, house: OurHouse, onward: str = "/desk") -> Response:
    """Send the browser to the server, to sign in there."""
    url, attempt = await _flow(house).begin(_back_at(request, house), onward_of(onward))
    answer = see_other(url)
    _keep(answer, house, attempt.kept, ATTEMPT_LASTS)
    return answer


@router.get("/callback", name="desk_vouched")
async def vouched(request: Request, house: OurHouse) -> Response:
    """Let in whom the server has let in, and go on to where they wanted to."""
    attempt, reader = Attempt.of(request.cookies.get(COOKIE)), await reader_of(request)
    onward = onward_of(attempt.onward if attempt else "/desk")
    try:
        claims = await _flow(house).finish(attempt, _back_at(request, house), dict(request.query_params))
        token, _ = await house.gate.vouched(claims)
    except CaseError as error:
        await house.gate.limiter.wrong_key(address_of(request))
        shown = {"refusal": refusal_of(error, reader.texts), "onward": onward, "staff_id": ""}
        answer = page(reader, "sign_in.html", status_of(error), **shown)
    else:
        # A page of ours that goes on by itself: after a redirect from another site the session's strict cookie is
        # not sent.
        answer = page(reader, "signed_in.html", onward=onward)
        set_cookie(answer, house, token, LASTS // 1000)
    _keep(answer, house, "", 0)
    return answer


@router.post("/backchannel-logout", name="desk_logged_out_there")
async def logged_out_there(request: Request, house: OurHouse) -> Response:
    """End the sessions that the server says are over there; it comes by itself, without a browser."""
    vouching = _vouching(house)
    try:
        people = await vouching.log_out((await posted(request)).get("logout_token", ""))
    except CaseError as error:
        # Whatever it is, the standard knows this status only.
        log.info("logout_refused", code=error.code)
        refusal = {"error": "invalid_request", "error_description": error.message}
        return JSONResponse(refusal, 400, NOT_KEPT)
    for staff_id in people:
        await DutyBook(house.doors.store.engine).leave(staff_id)
    log.info("logged_out_there", people=len(people))
    return Response(headers=NOT_KEPT)


def _vouching(house: House) -> Vouching:
    if house.gate.vouching is None:
        raise NoSuchRouteError("nobody signs in elsewhere here")
    return house.gate.vouching


def _flow(house: House) -> Flow:
    return _vouching(house).flow


def _back_at(request: Request, house: House) -> str:
    """Where the server sends the browser back to; it knows this address beforehand."""
    known = house.doors.settings.public_url or f"{urlsplit(str(request.url)).scheme}://{request.url.netloc}"
    return f"{known.rstrip('/')}{PATH}/callback"


def _keep(answer: Response, house: House, kept: str, seconds: int) -> None:
    # Lax: the browser comes back from another site, and must bring it along.
    answer.set_cookie(COOKIE, kept, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=house.secure)
