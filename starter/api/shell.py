"""What surrounds every request: its id, a line in the log without anything personal, and headers that protect."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

log = structlog.get_logger()

REQUEST_ID = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

PROBES = ("/health", "/ready")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""With every answer: it is kept by nobody, read as what it says it is, and shown in no frame."""

BROKEN = (
    b'{"type":"urn:duecourse:problem:unexpected","title":"unexpected","status":500,"code":"unexpected",'
    b'"detail":"something went wrong here; the log says what, under the id in X-Request-Id"}'
)

BROKEN_PAGE = (
    "<!doctype html><title>Duecourse</title><h1>Something went wrong here · 系统出错了</h1>"
    "<p>Nobody knows whether it was done. Go back and look · 无法确定是否完成，请返回查看。</p>"
)
BROKEN_DESK = f'{BROKEN_PAGE}<p><a href="/desk">Duecourse</a></p>'

_TEXT = b"text/html; charset=utf-8"


def _broken(path: str) -> tuple[bytes, bytes]:
    """What whoever asked there can read of code that broke, with its media type."""
    if path.startswith("/desk"):
        return _TEXT, BROKEN_DESK.encode()
    return (_TEXT, BROKEN_PAGE.encode()) if path.startswith("/my/") else (b"application/problem+json", BROKEN)


class Shell:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Request(scope).headers.get(REQUEST_ID, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with bound_contextvars(request_id=request_id):
            await self._answered(scope, receive, _Sending(send, request_id))

    async def _answered(self, scope: Scope, receive: Receive, sending: _Sending) -> None:
        began = time.perf_counter()
        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("request_failed")
            if not sending.begun:
                await sending.failed(*_broken(scope["path"]))
        route: Any = scope.get("route")
        # Whoever probes does so every few seconds.
        tell = log.debug if scope["path"] in PROBES else log.info
        tell(
            "request",
            method=scope["method"],
            # The pattern and not the path: ids of customers stand in paths.
            route=getattr(route, "path", None),
            status=sending.status,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )


class _Sending:
    """Passes an answer on, with our headers."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._id = request_id
        self.status: int | None = None

    @property
    def begun(self) -> bool:
        return self.status is not None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            headers = MutableHeaders(scope=message)
            for name, value in {**HEADERS, REQUEST_ID: self._id}.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def failed(self, media_type: bytes, body: bytes) -> None:
        """Answer for code that did not."""
        headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
        await self({"type": "http.response.start", "status": 500, "headers": headers})
        await self({"type": "http.response.body", "body": body})
