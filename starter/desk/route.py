"""Routes of pages: behind the same gate as the API's, but a refusal is a page, and strangers are asked to sign in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from domain.errors import CaseError, NotAllowedError
from starter.access.errors import RateLimitedError, UnauthenticatedError
from starter.api.guarded import BY_ITSELF, GuardedRoute
from starter.api.house import house_of
from starter.api.problems import of_status, wrong_fields
from starter.api.statuses import status_of
from starter.desk.onward import page_at
from starter.desk.pages import Reader, Refusal, page, phrased, reader_of, refusal_of, see_other
from starter.desk.teams import team_names

log = structlog.get_logger()

REFUSAL = "X-Refusal"
"""Why a page could not bring itself up to date, for `desk.js` to say; percent-encoded, for headers know no Chinese."""


class DeskRoute(GuardedRoute):
    """A guarded route that answers with pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate, with refusals as pages."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except (CaseError, RequestValidationError) as error:
                return await as_page(request, error)

        return shown


def at_the_desk(request: Request) -> bool:
    """Whether somebody looks at a page, who has no use for JSON."""
    return request.url.path == "/desk" or request.url.path.startswith("/desk/")


async def as_page(request: Request, error: Exception) -> Response:
    """Whatever is refused under the desk's addresses, as a page; unknown addresses and wrong methods are among it."""
    if _reloads_a_form(request, error):
        # A browser that reloads what a form led to has none to send: it wants the case that had the form.
        return see_other(page_at(request.url.path))
    return await refused_page(request, as_refusal(error))


def _reloads_a_form(request: Request, error: Exception) -> bool:
    asked = request.method == "GET" and request.url.path.startswith("/desk/cases/")
    return asked and isinstance(error, HTTPException) and error.status_code == 405


def as_refusal(error: Exception) -> CaseError:
    """What FastAPI and Starlette refuse by themselves, said as we do."""
    if isinstance(error, RequestValidationError):
        return wrong_fields([(one["loc"], one["msg"]) for one in error.errors()])
    if isinstance(error, HTTPException):
        return of_status(error)
    assert isinstance(error, CaseError)
    return error


async def _told_where(request: Request, error: CaseError, refusal: Refusal, reader: Reader) -> Refusal:
    """Of a case that is with another team, that team by its name: whoever had the page open has done nothing wrong."""
    team = error.details.get("team")
    if error.code != NotAllowedError.code or team is None:
        return refusal
    named = team_names(await house_of(request).gate.staff.policy(), reader.texts.language)
    return Refusal(reader.texts.say("case.elsewhere", team=named.get(str(team), team)), "", {})


async def refused_page(request: Request, error: CaseError) -> Response:
    """The page that says what was refused; it asks strangers to sign in, and then goes on where they wanted to."""
    status, reader = status_of(error), await reader_of(request)
    log.info("request_refused", code=error.code, status=status, field=error.details.get("field"))
    if not isinstance(error, UnauthenticatedError):
        refusal = await _told_where(request, error, refusal_of(error, reader.texts), reader)
        answer = page(reader, "refused.html", status, refusal=refusal, asked=request.method)
        if BY_ITSELF in request.headers:
            detail = phrased(reader, refusal.detail) or refusal.detail
            answer.headers[REFUSAL] = quote(": ".join(part for part in (refusal.title, detail) if part))
        if isinstance(error, RateLimitedError):
            answer.headers["Retry-After"] = str(error.details["retry_after"])
        return answer
    sent = request.method != "GET"
    onward = page_at(request.url.path)
    answer = page(reader, "sign_in.html", status, onward=onward, staff_id="", signed_out=sent)
    # A part of a page that refreshes itself must not turn into a form for signing in.
    answer.headers["HX-Refresh"] = "true"
    return answer
