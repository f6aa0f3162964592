"""What customers brought to a case: their files, so that nothing in them runs, and what they thought of it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from activities.attachments.kinds import ENDINGS, SHOWN
from activities.attachments.port import Attachment
from domain.sla.spans import Instant
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import CaseId, OurHouse
from starter.api.problems import NoSuchRouteError

router = APIRouter(prefix="/v1/cases/{case_id}", route_class=GuardedRoute, tags=["from customers"])

FileId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="id of a file, as in the list")]

ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Even if a browser took a file for a page, nothing in it would run or reach anything."""

_READ = ConfigDict(from_attributes=True)
_HANDED_OUT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in ENDINGS},
    }
}


class File(BaseModel):
    """A file that a customer sent; `size` is in bytes."""

    model_config = _READ

    id: str
    name: str
    media_type: str
    size: int
    at: Instant


class Files(BaseModel):
    """The files of a case, oldest first."""

    files: list[File]


class Rating(BaseModel):
    """What a customer answered: CSAT 1 to 5, NPS 0 to 10, CES 1 to 7. `round` counts reopenings."""

    model_config = _READ

    round: int
    at: Instant
    csat: int | None
    nps: int | None
    ces: int | None
    text: str | None


class Ratings(BaseModel):
    """What the customer of a case thought of the service, round after round."""

    surveys: list[Rating]


@router.get("/files", operation_id="list_files", responses=problems(*READS, 404, 422))
async def list_files(case_id: CaseId, house: OurHouse) -> Files:
    """The files that the customer of a case sent."""
    found = await house.doors.store.attachments.of_case(case_id)
    return Files(files=[File.model_validate(one) for one in found])


@router.get(
    "/files/{file_id}",
    operation_id="show_file",
    responses={**_HANDED_OUT, **problems(*READS, 404, 422)},
    response_class=Response,
)
async def show_file(case_id: CaseId, file_id: FileId, house: OurHouse) -> Response:
    """A file that the customer of a case sent."""
    return handed_out(await house.doors.store.attachments.content(case_id, file_id))


@router.get("/surveys", operation_id="list_surveys", responses=problems(*READS, 404, 422))
async def list_surveys(case_id: CaseId, house: OurHouse) -> Ratings:
    """What the customer of a case thought of the service."""
    found = await house.doors.store.surveys.of_case(case_id)
    return Ratings(surveys=[Rating.model_validate(one) for one in found])


def handed_out(found: tuple[Attachment, bytes] | None) -> Response:
    """A file as an answer: pictures to be looked at, all else to be kept.

    Raises:
        NoSuchRouteError: there is none.
    """
    if found is None:
        raise NoSuchRouteError("there is no such file")
    about, content = found
    way = "inline" if about.media_type in SHOWN else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(about.name, safe='')}",
        "Content-Security-Policy": ALONE,
    }
    return Response(content, headers=headers, media_type=about.media_type)
