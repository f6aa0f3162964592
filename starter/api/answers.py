"""What routes answer with, and how OpenAPI says so: only what is declared here can come."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from domain.people import Role
from domain.timeline import Entry
from starter.api.problems import MEDIA_TYPE

KNOWN = (401, 403, 429)
"""Of every route that not everybody may use."""

READS = (*KNOWN, 503)
WRITES = (400, *KNOWN, 413, 415, 422, 503)
IDEMPOTENT = {"Location": {"description": "where the case is shown", "schema": {"type": "string"}}}


class OpenedCase(BaseModel):
    """The case of what was handed in; `created` is false where it was there already, `open` where it is over."""

    case_id: str
    created: bool
    # What was remembered by an earlier version does not say it.
    open: bool = True


class TimelinePage(BaseModel):
    """Everything that happened to a case, in order."""

    entries: list[Entry]


class Me(BaseModel):
    """Who asks, as this door knows them."""

    id: str
    role: Role
    teams: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


class Standing(BaseModel):
    """That a part of the house works."""

    status: str = Field(examples=["ok"])


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route can answer with, as OpenAPI has them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted({*statuses})}
