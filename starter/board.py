"""The figures of the live board: what is open by tier and status, what is due soonest, what was said last.

The server counts; of however many cases only the few that are due soonest are read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from activities.clock import wall_clock
from domain.complaint.machine import OVER, UNRESOLVED
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE, SECOND, Instant, Span, say_instant
from starter.case_lines import CaseLine
from starter.case_service import CaseService
from starter.doors import Doors
from starter.feed import Letter, Told
from starter.listing import RUNNING, soonest_first

SHOWN_STATUSES = (*(status.value for status in UNRESOLVED if status not in OVER), "resolved")
"""Statuses of open cases as search attributes show them."""

LOOK_AHEAD: tuple[Span, ...] = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 48 * HOUR)
READ_AT_MOST = 1_000


@dataclass(frozen=True)
class Board:
    """The house at one instant. `counts` are open cases by tier and status."""

    at: Instant
    counts: dict[tuple[int, str], int]
    open: int
    breached: int
    ended: int
    soonest: list[CaseLine]
    letters: list[Letter]
    notices: list[Told]


async def look(doors: Doors, policy: Policy, rows: int = 12) -> Board:
    """The board as it is now, with `rows` lines of what is due soonest and of what was said last.

    Raises:
        UnavailableError: the server does not answer.
    """
    service, now = doors.service, wall_clock()
    cells = [(tier, status) for tier in sorted(policy.complaint.tiers) for status in SHOWN_STATUSES]
    wanted = [f"{RUNNING} AND CaseTier = {tier} AND CaseStatus = '{status}'" for tier, status in cells]
    whole = [RUNNING, f"{RUNNING} AND CaseBreached = true", "ExecutionStatus != 'Running'"]
    found = await asyncio.gather(*(service.count(query) for query in (*whole, *wanted)))
    return Board(
        at=now,
        counts={cell: count for cell, count in zip(cells, found[len(whole) :], strict=True) if count},
        open=found[0],
        breached=found[1],
        ended=found[2],
        soonest=await _soonest(service, now, rows),
        letters=await doors.store.feed.letters(limit=rows),
        notices=await doors.store.feed.notices(limit=rows),
    )


async def _soonest(service: CaseService, now: Instant, rows: int) -> list[CaseLine]:
    """Visibility cannot sort: widen the look ahead until it holds enough, then sort what lies in it."""
    query = RUNNING
    for span in LOOK_AHEAD:
        until = say_instant((now + span) // SECOND * SECOND).replace(" ", "T")
        query = f"{RUNNING} AND CaseDueAt <= '{until}'"
        if await service.count(query) >= rows:
            break
    lines = [line async for line in service.cases(query, limit=READ_AT_MOST)]
    return soonest_first(lines)[:rows]
