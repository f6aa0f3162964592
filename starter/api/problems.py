"""Refusals as problem details (RFC 9457): one shape for everything that is not done, with our code to switch on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import CaseError, InvalidInputError
from starter.access.errors import RateLimitedError, UnauthenticatedError
from starter.api.statuses import status_of

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 2
"""Seconds after which it makes sense to ask again where somebody was not there."""

log = structlog.get_logger()


class WrongField(BaseModel):
    """A field, and what was expected of it."""

    field: str
    message: str


class Problem(BaseModel):
    """Why something was not done. `code` is stable; `detail` is a sentence for a person."""

    type: str = Field(description="urn:duecourse:problem: and the code")
    title: str = Field(description="the code in words")
    status: int
    code: str
    detail: str
    field: str | None = Field(default=None, description="the field that is wrong, where it is one")
    errors: list[WrongField] | None = Field(default=None, description="every field that is wrong, where several may be")
    details: dict[str, Any] = Field(default_factory=dict, description="the values behind the sentence")
    request_id: str | None = Field(default=None, description="as in the logs and in the header X-Request-Id")


class MalformedError(CaseError):
    """What came is not JSON, or not HTTP as we understand it."""

    code = "malformed"


class TooLargeError(CaseError):
    """The body is larger than any that makes sense here."""

    code = "too_large"


class MediaTypeError(CaseError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"


class NoSuchRouteError(CaseError):
    """Nothing is at this address."""

    code = "not_found"


class MethodError(CaseError):
    """This method means nothing at this address."""

    code = "method_not_allowed"


_OF_STATUS: dict[int, type[CaseError]] = {
    400: MalformedError,
    404: NoSuchRouteError,
    405: MethodError,
    413: TooLargeError,
    415: MediaTypeError,
}


def answer(request: Request, error: CaseError, *, headers: Mapping[str, str] | None = None) -> Response:
    """The response that says what was refused."""
    status = status_of(error)
    problem = Problem(
        type=f"urn:duecourse:problem:{error.code}",
        title=error.code.replace("_", " "),
        status=status.value,
        code=error.code,
        detail=error.message,
        field=str(error.details["field"]) if "field" in error.details else None,
        errors=_wrong(error, status),
        details={name: value for name, value in error.details.items() if name not in ("field", "errors")},
        request_id=getattr(request.state, "request_id", None),
    )
    log.info("request_refused", code=error.code, status=status.value, field=problem.field)
    content = json.dumps(problem.model_dump(mode="json", exclude_none=True), ensure_ascii=False).encode()
    return Response(content, status, {**_headers(error, status), **(headers or {})}, MEDIA_TYPE)


def _wrong(error: CaseError, status: HTTPStatus) -> list[WrongField] | None:
    """Every field that is wrong. One that is named alone is told as all others are, for whoever reads only these."""
    found = error.details.get("errors")
    if isinstance(found, list):
        return [WrongField.model_validate(one) for one in found]
    if status is not HTTPStatus.UNPROCESSABLE_ENTITY or "field" not in error.details:
        return None
    field = str(error.details["field"])
    return [WrongField(field=field, message=error.message.removeprefix(f"{field}: "))]


def _headers(error: CaseError, status: HTTPStatus) -> dict[str, str]:
    if isinstance(error, RateLimitedError):
        return {"Retry-After": str(error.details["retry_after"])}
    if isinstance(error, UnauthenticatedError):
        return {"WWW-Authenticate": 'Bearer realm="duecourse"'}
    return {"Retry-After": str(RETRY_AFTER)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}


async def refused(request: Request, error: Exception) -> Response:
    """A refusal of the domain or of ours."""
    assert isinstance(error, CaseError)
    return answer(request, error)


async def invalid(request: Request, error: Exception) -> Response:
    """What FastAPI found wrong with what was sent; every wrong field is named, and no value is repeated."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found[0]["type"] == "json_invalid":
        return answer(request, MalformedError(f"the body is not JSON: {found[0]['ctx']['error']}", field="body"))
    return answer(request, wrong_fields([(one["loc"], one["msg"]) for one in found]))


def wrong_fields(found: list[tuple[tuple[int | str, ...], str]]) -> InvalidInputError:
    """One refusal for all fields that are wrong, each given by its place and what was expected."""
    errors = [{"field": _field(place), "message": message.removeprefix("Value error, ")} for place, message in found]
    said = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
    return InvalidInputError(said, field=errors[0]["field"], errors=errors)


def _field(place: tuple[int | str, ...]) -> str:
    """`("body", "wanted", "items", 0)` as `wanted.items.0`."""
    where, *rest = place
    if where == "header":
        return "-".join(part.capitalize() for part in str(rest[0]).split("-"))
    return ".".join(str(part) for part in rest) or str(where)


async def not_handled(request: Request, error: Exception) -> Response:
    """What Starlette answers by itself: unknown routes and methods, bodies that are too large."""
    assert isinstance(error, HTTPException)
    return answer(request, of_status(error), headers=error.headers)


def of_status(error: HTTPException) -> CaseError:
    """What Starlette answers by itself, as a refusal of ours."""
    return _OF_STATUS.get(error.status_code, MalformedError)(error.detail)
