"""Files of customers, at the desk."""

from __future__ import annotations

from fastapi import APIRouter, Response

from starter.api.files import FileId, handed_out
from starter.api.house import CaseId, OurHouse
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk/cases/{case_id}/files", route_class=DeskRoute, include_in_schema=False)


@router.get("/{file_id}", name="desk_file")
async def file(case_id: CaseId, file_id: FileId, house: OurHouse) -> Response:
    """A file that lies beside a case."""
    return handed_out(await house.doors.store.attachments.content(case_id, file_id))
