"""Routes of the customer's page: the link in the path says who asks, and of which case; refusals are pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from structlog.contextvars import bind_contextvars

from domain.errors import CaseError
from domain.people import Role
from starter.access.errors import RateLimitedError, UnauthenticatedError
from starter.access.gate import permit
from starter.access.principals import Principal
from starter.api.guarded import CHANGES_NOTHING, GuardedRoute, address_of
from starter.api.house import house_of
from starter.api.statuses import status_of
from starter.desk.customer.visitor import own_page, stranger
from starter.desk.pages import refusal_of
from starter.desk.route import as_refusal

log = structlog.get_logger()


class CustomerRoute(GuardedRoute):
    """A guarded route for whoever has a link: they are the customer of its case, and of no other.

    The link is not kept by the browser as a cookie would be, so no other site can make it act for the customer.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, behind the gate, with refusals as pages."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except (CaseError, RequestValidationError) as error:
                return await as_customer_page(request, error)

        return shown

    async def let_in(self, request: Request) -> None:
        """Let in whoever has a good link; the case is looked at once."""
        house = house_of(request)
        # A customer's id has no place in a log; which case it was stands in the lines of what was done.
        bind_contextvars(principal=Role.CUSTOMER.value)
        writes = request.method not in CHANGES_NOTHING
        shown = await house.gate.shown(request.path_params["link"], address_of(request), writes=writes)
        view = await house.doors.service.snapshot(shown.case_id)
        principal = Principal(view.customer.id, Role.CUSTOMER)
        permit(principal, self.rule)
        request.state.principal, request.state.view, request.state.until = principal, view, shown.until


def on_their_page(request: Request) -> bool:
    """Whether it is a customer who asked, who has no use for JSON."""
    return request.url.path.startswith("/my/")


async def as_customer_page(request: Request, error: Exception) -> Response:
    """Whatever is refused under the addresses of customers' pages; unknown addresses and wrong methods are among it."""
    return refused_page(request, as_refusal(error))


def refused_page(request: Request, error: CaseError) -> Response:
    """The page that says what was refused, without a word of what stands on others."""
    status, visitor = status_of(error), stranger(request)
    log.info("request_refused", code=error.code, status=status, field=error.details.get("field"))
    # Nobody signs in here: what was wrong is the link.
    no_link = isinstance(error, UnauthenticatedError)
    title = visitor.texts.say("my.no_link") if no_link else refusal_of(error, visitor.texts).title
    answer = own_page(visitor, "customer_refused.html", status, title=title)
    if isinstance(error, RateLimitedError):
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    return answer
