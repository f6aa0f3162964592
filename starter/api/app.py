"""The application: routes over the doors, each behind its rule, and every refusal in one shape."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
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
    files,
    following,
    lists,
    opening,
    problems,
    reference,
    signing_in,
    standing,
    webhooks,
)
from starter.api.house import House
from starter.api.once import AnsweredRequests
from starter.api.shell import Shell
from starter.desk import acting, case_page, history, inbox, policies
from starter.desk import files as desk_files
from starter.desk import signing_in as desk_signing_in
from starter.desk.board import acting as board_acting
from starter.desk.board import page as board
from starter.desk.customer import acting as customer_acting
from starter.desk.customer import case_page as customer_case_page
from starter.doors import Doors
from starter.live import LiveChanges

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
    reference,
    signing_in,
    webhooks,
    description,
)
DESK = (desk_signing_in, inbox, case_page, desk_files, acting, board, board_acting, history, policies)
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
        app.add_exception_handler(kind, answer)
    app.add_middleware(Shell)
    app.openapi = lambda: description.described(app)  # type: ignore[method-assign]  # FastAPI's own way to change the document
    return app


_REFUSALS: dict[type[Exception], Any] = {
    CaseError: problems.refused,
    RequestValidationError: problems.invalid,
    HTTPException: problems.not_handled,
}
