"""Routes of pages: behind the same gate as the API's, but a refusal is a page, and strangers are asked to sign in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from domain.errors import CaseError
from starter.access.errors import RateLimitedError, UnauthenticatedError
from starter.api.guarded import BY_ITSELF, GuardedRoute
from starter.api.problems import of_status, wrong_fields
from starter.api.statuses import status_of
from starter.desk.onward import page_at
from starter.desk.pages import page, phrased, reader_of, refusal_of

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
    return await refused_page(request, as_refusal(error))


def as_refusal(error: Exception) -> CaseError:
    """What FastAPI and Starlette refuse by themselves, said as we do."""
    if isinstance(error, RequestValidationError):
        return wrong_fields([(one["loc"], one["msg"]) for one in error.errors()])
    if isinstance(error, HTTPException):
        return of_status(error)
    assert isinstance(error, CaseError)
    return error


async def refused_page(request: Request, error: CaseError) -> Response:
    """The page that says what was refused; it asks strangers to sign in, and then goes on where they wanted to."""
    status, reader = status_of(error), await reader_of(request)
    log.info("request_refused", code=error.code, status=status, field=error.details.get("field"))
    if not isinstance(error, UnauthenticatedError):
        refusal = refusal_of(error, reader.texts)
        answer = page(reader, "refused.html", status, refusal=refusal, asked=request.method)
        if BY_ITSELF in request.headers:
            answer.headers[REFUSAL] = quote(f"{refusal.title}: {phrased(reader, refusal.detail) or refusal.detail}")
        if isinstance(error, RateLimitedError):
            answer.headers["Retry-After"] = str(error.details["retry_after"])
        return answer
    sent = request.method != "GET"
    onward = page_at(request.url.path)
    answer = page(reader, "sign_in.html", status, onward=onward, staff_id="", signed_out=sent)
    # A part of a page that refreshes itself must not turn into a form for signing in.
    answer.headers["HX-Refresh"] = "true"
    return answer
