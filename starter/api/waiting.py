"""What the API answers before Temporal has answered for the first time: it is alive, and can do nothing yet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from starter.api.answers import Standing
from starter.api.problems import answer
from starter.api.shell import Shell
from starter.refusals import UnavailableError

ALIVE = "/health"


def waiting_app() -> ASGIApp:
    """The application that the whole one replaces. Whoever restarts what does not answer must not restart this."""
    return Shell(_answered)


async def _answered(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    if request.url.path == ALIVE and request.method in ("GET", "HEAD"):
        response: Response = JSONResponse(Standing(status="ok").model_dump())
    else:
        response = answer(request, UnavailableError("Temporal has not answered yet", part="temporal"))
    # Nobody is to keep a connection to what is about to be replaced: their next request would find it closed.
    response.headers["Connection"] = "close"
    await response(scope, receive, send)
