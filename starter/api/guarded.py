"""A route that lets nobody in whom its rule does not name: asked before a byte of the body is read."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json
from structlog.contextvars import bind_contextvars

from domain.errors import NotAllowedError
from starter.access.gate import is_bound, permit, permit_case
from starter.access.principals import Principal
from starter.access.rules import RULES, Rule
from starter.api.house import House, house_of, require_number
from starter.api.problems import MalformedError, MediaTypeError, TooLargeError

LARGEST_BODY = 262_144
"""Bytes. The longest words of a person are 20,000 characters, which are 80,000 bytes at the most."""

SESSION_COOKIE = "duecourse_session"
BY_ITSELF = "X-Refresh"
"""A header of requests that no person made: a page brings itself up to date."""

EVENTS = "text/event-stream"
"""What a page accepts that follows cases live; it does so by itself, too."""

CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")
OWN_SITE = ("same-origin", "none")


class GuardedRoute(APIRoute):
    """A route with the rule that stands under its name.

    Raises:
        LookupError: when it is made, if no rule has its name.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        super().__init__(path, endpoint, **how)
        if self.name not in RULES:
            raise LookupError(f"no rule says who may use the route {self.name}: add it to starter/access/rules.py")

    @property
    def rule(self) -> Rule:
        """Who may use it."""
        return RULES[self.name]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            request.state.principal = request.state.view = None
            if not self.rule.public:
                await self.let_in(request)
            if self.body_field is None:
                return await handler(request)
            return await handler(await _with_json(request))

        return guarded

    async def let_in(self, request: Request) -> None:
        """Find out who asks, and refuse whoever the rule does not let in; the request's state says who it was.

        Raises:
            CaseError: nobody knows them, they may not, or they ask too often.
        """
        house = house_of(request)
        principal = await known(request, house)
        bind_contextvars(principal=principal.id)
        await house.gate.limiter.request(principal.id)
        permit(principal, self.rule)
        request.state.principal = principal
        if case_id := request.path_params.get("case_id"):
            await _let_to_case(request, house, principal, case_id)


async def known(request: Request, house: House) -> Principal:
    """Who asks, by the key or the session that they show.

    Raises:
        UnauthenticatedError: neither is good, or there is none.
        NotAllowedError: it came from another site, or the account is of somebody who is in no team any more.
    """
    shown = _key(request.headers.get("authorization"))
    session = request.cookies.get(SESSION_COOKIE)
    if shown is None and session and request.method not in CHANGES_NOTHING:
        require_own_site(request)
    # A page that refreshes itself keeps nobody signed in who has gone home.
    by_itself = BY_ITSELF in request.headers or EVENTS in request.headers.get("accept", "")
    return await house.gate.known(key=shown, session=session, address=address_of(request), used=not by_itself)


def _key(header: str | None) -> str | None:
    """The key in a header. Whoever shows one is judged by it, even if it is none: a session does not make up for it."""
    if header is None:
        return None
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def require_own_site(request: Request) -> None:
    """Refuse what a page of another site makes a browser send along with our cookie.

    Raises:
        NotAllowedError: it came from there, as the browser says itself.
    """
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITE:
        raise NotAllowedError("this came from another site", field="Sec-Fetch-Site")
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise NotAllowedError("this came from another site", field="Origin")


def address_of(request: Request) -> str:
    """Where a request comes from, as far as the connection tells."""
    return request.client.host if request.client else "unknown"


async def _let_to_case(request: Request, house: House, principal: Principal, case_id: str) -> None:
    require_number(case_id)
    # What the read model shows as theirs, they saw a moment ago; only what it does not is worth asking the case for.
    if is_bound(principal) and not await house.doors.store.readmodel.concerns(
        case_id, teams=principal.teams, staff_id=principal.name
    ):
        view = await house.doors.service.snapshot(case_id)
        permit_case(principal, view)
        request.state.view = view


class _Received(Request):
    """A request whose body was read and understood."""

    _body: bytes
    _json: Any


async def _with_json(request: Request) -> Request:
    """The request with its body as JSON: strictly, because what is no text or no number breaks something later.

    Raises:
        MediaTypeError: it is not declared as JSON.
        TooLargeError: more than any request has.
        MalformedError: it is no JSON, or has characters that no text has.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MediaTypeError("expected a body with Content-Type: application/json", field="Content-Type")
    received = _Received(request.scope, request.receive)
    received._body = await whole_body(request)
    try:
        received._json = from_json(received._body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedError(f"the body is not JSON: {error}", field="body") from None
    if b"\\u0000" in received._body and has_nul(received._json):
        raise MalformedError("the body has a text with the character U+0000, which is none", field="body")
    return received


async def whole_body(request: Request) -> bytes:
    """A body, given up on as soon as it is larger than any.

    Raises:
        TooLargeError: it is.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise TooLargeError(f"expected a body of at most {LARGEST_BODY} bytes", field="body")
        parts.append(part)
    return b"".join(parts)


def has_nul(content: object) -> bool:
    """Whether a text somewhere in JSON has the character that PostgreSQL cannot store."""
    if isinstance(content, str):
        return "\x00" in content
    if isinstance(content, dict):
        return any(has_nul(name) or has_nul(value) for name, value in content.items())
    return isinstance(content, list) and any(has_nul(item) for item in content)
