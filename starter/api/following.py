"""Cases are followed live: server-sent events say which ones have changed, to whoever may see them."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from domain.errors import CaseError
from domain.sla.spans import Instant
from readmodel.rows import Change
from starter.access.gate import concerns
from starter.api.answers import READS, problems
from starter.api.guarded import GuardedRoute, known
from starter.api.house import CASE_ID, Asking, OurHouse

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["events"])

CHANGED, MISSED = "case_changed", "changes_missed"
KNOWN_AGAIN_AFTER = 30.0
"""Seconds after which it is seen whether somebody who follows still may."""

Seconds = Annotated[int, Query(ge=0, le=3_600, description="when to end the stream; 0 tells what is new, and ends")]
Seen = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID", ge=0, description="of the last event that was seen: what came after it is told first"
    ),
]
After = Annotated[
    int | None,
    Query(ge=0, description="tell first what came after the event of this id; a `Last-Event-ID` counts before it"),
]


async def _place(house: OurHouse, principal: Asking) -> AsyncIterator[None]:
    """Kept until the stream is over."""
    with house.live.place_of(principal.id):
        yield


class CaseChanged(BaseModel):
    """A case is shown otherwise, since its turn at `at`; `what` are the lines that its timeline has since then."""

    case_id: str
    at: Instant
    seq: int
    what: tuple[str, ...]


@router.get(
    "/events/stream",
    operation_id="follow_changes",
    response_class=EventSourceResponse,
    responses=problems(*READS, 422),
    dependencies=[Depends(_place)],
)
async def follow_changes(
    request: Request,
    house: OurHouse,
    principal: Asking,
    case_id: Annotated[str | None, Query(pattern=CASE_ID, description="follow this case only")] = None,
    seconds: Seconds = 3_600,
    after: After = None,
    seen: Seen = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow cases live: `case_changed` names one that has changed, `changes_missed` says to look at everything anew.

    The truth is asked of the case itself. A stream that ended is taken up again with `Last-Event-ID`.
    """
    # Many desks open at once must not all be looked up again at the same change.
    looked = time.monotonic() - random.uniform(0, KNOWN_AGAIN_AFTER)  # noqa: S311 - no secret
    async with aclosing(house.live.follow(after if seen is None else seen, seconds)) as looks:
        async for look in looks:
            if time.monotonic() - looked > KNOWN_AGAIN_AFTER:
                try:
                    principal, looked = await known(request, house), time.monotonic()
                except CaseError:
                    return
            if look.missed:
                yield ServerSentEvent(event=MISSED, id=str(look.number), data={})
            for change in look.changes:
                if case_id in (None, change.case_id) and concerns(principal, change):
                    yield ServerSentEvent(event=CHANGED, id=str(change.number), data=_told(change))
            # Also where nothing concerned them: they go on from here.
            yield ServerSentEvent(id=str(look.number))


def _told(change: Change) -> CaseChanged:
    what = tuple(line.what for line in change.lines)
    return CaseChanged(case_id=change.case_id, at=change.at, seq=change.seq, what=what)
