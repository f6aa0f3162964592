"""The application: routes over the doors, each behind its rule, and every refusal in one shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from activities.subscriptions.addresses import AddressGuard
from domain.errors import CaseError
from starter.access.gate import Gate
from starter.api import (
    auditing,
    cases,
    customers,
    description,
    events,
    exports,
    figures,
    files,
    following,
    lists,
    opening,
    problems,
    reference,
    reports,
    signing_in,
    staff,
    standing,
    trying,
    webhooks,
)
from starter.api.house import House
from starter.api.once import AnsweredRequests
from starter.api.shell import Shell
from starter.desk import (
    acting,
    around,
    audit,
    case_page,
    history,
    inbox,
    policies,
    policy_trial,
    presence,
    replies_page,
    search,
    vouching,
)
from starter.desk import figures as desk_figures
from starter.desk import files as desk_files
from starter.desk import signing_in as desk_signing_in
from starter.desk import webhooks as desk_webhooks
from starter.desk.board import acting as board_acting
from starter.desk.board import page as board
from starter.desk.customer import acting as customer_acting
from starter.desk.customer import case_page as customer_case_page
from starter.desk.customer.route import as_customer_page, on_their_page
from starter.desk.route import as_page, at_the_desk
from starter.doors import Doors
from starter.live import LiveChanges

Answering: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]
"""Turns what was refused into an answer."""

VERSION = "1"
ROOMS = (
    standing,
    opening,
    lists,
    cases,
    auditing,
    files,
    events,
    following,
    customers,
    staff,
    reference,
    figures,
    exports,
    reports,
    trying,
    signing_in,
    webhooks,
    description,
)
DESK = (
    desk_signing_in,
    vouching,
    inbox,
    search,
    case_page,
    around,
    replies_page,
    desk_files,
    acting,
    board,
    board_acting,
    history,
    audit,
    policy_trial,
    policies,
    desk_figures,
    desk_webhooks,
    presence,
)
CUSTOMER = (customer_case_page, customer_acting)


def make_app(doors: Doors, gate: Gate | None = None, *, secure: bool = False) -> FastAPI:
    """The application over these doors.

    Args:
        doors: open as long as the application runs.
        gate: by default that of the store.
        secure: browsers reach it by TLS, so cookies are for TLS only.
    """
    app = FastAPI(title="Duecourse", version=VERSION, openapi_url=None, redirect_slashes=False)
    app.state.house = House(
        doors,
        gate or Gate.of(doors.store),
        AnsweredRequests(doors.store.engine),
        LiveChanges(doors.store.readmodel),
        AddressGuard(doors.settings.hook_networks),
        secure,
    )
    for room in (*ROOMS, *DESK, *CUSTOMER):
        app.router.routes.extend(room.router.routes)
    for kind, answer in _REFUSALS.items():
        app.add_exception_handler(kind, _for_whom_it_is(answer))
    app.add_middleware(Shell)
    app.openapi = lambda: description.described(app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    return app


def _for_whom_it_is(answer: Answering) -> Answering:
    async def answered(request: Request, error: Exception) -> Response:
        if on_their_page(request):
            return await as_customer_page(request, error)
        return await (as_page if at_the_desk(request) else answer)(request, error)

    return answered


_REFUSALS: dict[type[Exception], Answering] = {
    CaseError: problems.refused,
    RequestValidationError: problems.invalid,
    HTTPException: problems.not_handled,
}
