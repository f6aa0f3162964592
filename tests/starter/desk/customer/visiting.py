"""A customer at their page: with a good link, over a service that only listens."""

from __future__ import annotations

import itertools
from typing import Any

from httpx import Response

from activities.clock import wall_clock
from domain.messages import CaseView, ClockView
from domain.people import CustomerProfile, Language
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, Instant
from tests.starter.api.calling import CASE, NOON, Api, view_of
from tests.starter.command_line import CUSTOMER

ENGLISH = CustomerProfile(id=CUSTOMER, language=Language.EN, zone="Asia/Shanghai")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7 <script>alert(1)</script>"
_NUMBERS = itertools.count(1)


def case(status: str = "in_progress", case_type: str = "complaint", **changed: Any) -> CaseView:
    """A case of a customer who reads English."""
    facts = {"solution": None, "goodwill": None, "score": None, "reopened": 0, **changed.pop("facts", {})}
    given = {"customer": ENGLISH, "status": status, "case_type": case_type, "facts": facts}
    return view_of(**{**given, **changed})


def ticking(kind: ClockKind, due: Instant) -> ClockView:
    """A clock that runs until an instant."""
    return ClockView(
        id=kind.value,
        kind=kind,
        state=ClockState.RUNNING,
        calendar="always",
        budget=DAY,
        consumed=0,
        left=DAY,
        due=due,
        next_step=None,
        next_step_at=None,
        task=None,
        why=[],
    )


def link(api: Api, case_id: str = CASE, until: Instant | None = None) -> str:
    """Where the page of a case is."""
    assert api.gate.links
    address = api.gate.links.to(case_id, wall_clock() + HOUR if until is None else until).address
    return "/my/" + address.rpartition("/")[2]


async def page(api: Api, view: CaseView, query: str = "") -> str:
    """The page of a case as its customer sees it."""
    api.service.view = view
    answered = await api.http.get(f"{link(api)}{query}")
    assert answered.status_code == 200, answered.text
    return answered.text


async def send(api: Api, what: str, **fields: str) -> Response:
    """Send a form of the page."""
    given = {"request_id": f"c{next(_NUMBERS)}", **fields}
    return await api.http.post(f"{link(api)}/{what}", data=given)


async def write(api: Api, text: str = "", *files: tuple[str, bytes], request_id: str | None = None) -> Response:
    """Write to us with files, as a browser does: with an empty one where none was chosen."""
    sent = [("files", (name, content, "application/octet-stream")) for name, content in files or (("", b""),)]
    given = {"request_id": request_id or f"c{next(_NUMBERS)}", "text": text}
    return await api.http.post(f"{link(api)}/reply", data=given, files=sent)


__all__ = ["CASE", "CUSTOMER", "ENGLISH", "NOON", "PDF", "PNG", "case", "link", "page", "send", "ticking", "write"]
