"""The audit page: every promise of a case held against its history, with when it was due and how late it was kept."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter, Request, Response

from starter.api.house import CaseId, OurHouse, View
from starter.audit.findings import Finding, Verdict
from starter.desk.pages import page, reader_of
from starter.desk.route import DeskRoute

router = APIRouter(prefix="/desk/cases/{case_id}/audit", route_class=DeskRoute, include_in_schema=False)

_FIRST = (Verdict.BROKEN, Verdict.MISSED, Verdict.RUNNING, Verdict.KEPT)
"""What somebody looks for stands above what went well."""


@router.get("", name="desk_case_audit")
async def audit(request: Request, house: OurHouse, case_id: CaseId, view: View) -> Response:
    """The promises, those that were not kept first."""
    found, reader = await house.doors.service.audit(case_id), await reader_of(request)
    counts = Counter(one.verdict for one in found.findings)
    return page(
        reader,
        "audit.html",
        here=f"/desk/cases/{case_id}/audit",
        case=view,
        counts=[(verdict, counts[verdict]) for verdict in _FIRST],
        findings=sorted(found.findings, key=_order),
        verdicts=Verdict,
    )


def _order(one: Finding) -> tuple[int, int]:
    return _FIRST.index(one.verdict), one.due_at or 0
