"""Routes of pages: behind the same gate as the API's, but a refusal is a page, and strangers are asked to sign in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response

from domain.errors import CaseError
from starter.access.errors import RateLimitedError, UnauthenticatedError
from starter.api.guarded import GuardedRoute
from starter.api.statuses import status_of
from starter.desk.pages import page, reader_of, refusal_of

log = structlog.get_logger()


class DeskRoute(GuardedRoute):
    """A guarded route that answers with pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate, with refusals as pages."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except CaseError as error:
                return await refused_page(request, error)

        return shown


async def refused_page(request: Request, error: CaseError) -> Response:
    """The page that says what was refused; it asks strangers to sign in, and then goes on where they wanted to."""
    status, reader = status_of(error), await reader_of(request)
    log.info("request_refused", code=error.code, status=status, field=error.details.get("field"))
    if not isinstance(error, UnauthenticatedError):
        answer = page(reader, "refused.html", status, refusal=refusal_of(error, reader.texts))
        if isinstance(error, RateLimitedError):
            answer.headers["Retry-After"] = str(error.details["retry_after"])
        return answer
    onward = request.url.path if request.method == "GET" else "/desk"
    answer = page(reader, "sign_in.html", status, onward=onward, staff_id="")
    # A part of a page that refreshes itself must not turn into a form for signing in.
    answer.headers["HX-Refresh"] = "true"
    return answer
