"""Signing in and out on a page, the choice of language, and the files that pages are dressed with."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from domain.errors import CaseError, InvalidInputError
from domain.people import Language
from starter.access.accounts import LONGEST_PASSWORD
from starter.access.languages import Languages
from starter.access.sessions import LASTS
from starter.api.guarded import SESSION_COOKIE, address_of, require_own_site
from starter.api.house import Asking, OurHouse
from starter.api.problems import NoSuchRouteError
from starter.api.signing_in import set_cookie, sign_out_of
from starter.api.statuses import status_of
from starter.desk.onward import onward_of
from starter.desk.pages import page, reader_of, refusal_of, see_other
from starter.desk.posted import posted
from starter.desk.route import DeskRoute
from starter.desk.static_files import KEPT, static_file

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)


@router.get("/static/{name}", name="desk_static")
async def static(name: str) -> Response:
    """A file that pages are dressed with; its name changes with its content."""
    found = static_file(name)
    if found is None:
        raise NoSuchRouteError("there is no such file")
    return Response(found.content, headers={"Cache-Control": KEPT}, media_type=found.media_type)


@router.get("/sign-in", name="desk_sign_in_page")
async def sign_in_page(request: Request) -> Response:
    """Where people sign in."""
    return page(await reader_of(request), "sign_in.html", onward="/desk", staff_id="")


@router.post("/sign-in", name="desk_sign_in")
async def sign_in(request: Request, house: OurHouse) -> Response:
    """Sign in, and go on to where somebody wanted to."""
    require_own_site(request)
    filled = await posted(request)
    staff_id, password = filled.get("staff_id", "").strip()[:64], filled.get("password", "")[:LONGEST_PASSWORD]
    try:
        token, _ = await house.gate.sign_in(staff_id, password, address_of(request))
    except CaseError as error:
        reader = await reader_of(request)
        shown = {"onward": onward_of(filled.get("onward", "")), "staff_id": staff_id}
        return page(reader, "sign_in.html", status_of(error), refusal=refusal_of(error, reader.texts), **shown)
    answer = see_other(onward_of(filled.get("onward", "")))
    set_cookie(answer, house, token, LASTS // 1000)
    return answer


@router.post("/sign-out", name="desk_sign_out")
async def sign_out(request: Request, house: OurHouse) -> Response:
    """Sign out, here and now; harmless where nobody is signed in."""
    require_own_site(request)
    if token := request.cookies.get(SESSION_COOKIE):
        await sign_out_of(house, token)
    answer = see_other("/desk/sign-in")
    set_cookie(answer, house, "", 0)
    return answer


@router.post("/language", name="desk_language")
async def choose_language(request: Request, house: OurHouse, principal: Asking) -> Response:
    """Read the desk in another language, from now on and everywhere."""
    filled = await posted(request)
    try:
        language = Language(filled.get("language", ""))
    except ValueError:
        raise InvalidInputError(f"language: expected one of {', '.join(Language)}", field="language") from None
    await Languages(house.doors.store.engine).choose(principal.name, language)
    return see_other(onward_of(filled.get("onward", "")))
