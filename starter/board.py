"""The figures of the live board: what is open by type, tier and status, what is due soonest, what was said last.

The server counts; of however many cases only the few that are due soonest are read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from activities.clock import wall_clock
from domain.catalog import CASE_TYPES, COMPLAINT, CaseType
from domain.policy import Policy
from domain.sla.spans import HOUR, MINUTE, SECOND, Instant, Span, say_instant
from starter.case_lines import CaseLine
from starter.case_service import CaseService
from starter.doors import Doors
from starter.feed import Letter, Told
from starter.listing import RUNNING, soonest_first

LOOK_AHEAD: tuple[Span, ...] = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 48 * HOUR)
READ_AT_MOST = 1_000


@dataclass(frozen=True)
class Board:
    """The house at one instant. `counts` are open cases by type, tier (None where a type has none) and status."""

    at: Instant
    counts: dict[tuple[str, int | None, str], int]
    open: int
    breached: int
    ended: int
    soonest: list[CaseLine]
    letters: list[Letter]
    notices: list[Told]

    def of(self, case_type: str, tier: int | None = None) -> int:
        """Open cases of a type, of one of its tiers if given."""
        cells = self.counts.items()
        return sum(count for (name, number, _), count in cells if name == case_type and tier in (None, number))


async def look(doors: Doors, policy: Policy, rows: int = 12) -> Board:
    """The board as it is now, with `rows` lines of what is due soonest and of what was said last.

    Raises:
        UnavailableError: the server does not answer.
    """
    service, now = doors.service, wall_clock()
    cells = [cell for case_type in CASE_TYPES.values() for cell in _cells(case_type, policy)]
    wanted = [_query(*cell) for cell in cells]
    whole = [RUNNING, f"{RUNNING} AND CaseBreached = true"]
    found = await asyncio.gather(*(service.count(query) for query in (*whole, *wanted)))
    return Board(
        at=now,
        counts={cell: count for cell, count in zip(cells, found[len(whole) :], strict=True) if count},
        open=found[0],
        breached=found[1],
        # Not the runs that ended: a case that was reopened has one of these and is under way all the same.
        ended=max(await doors.store.readmodel.count() - found[0], 0),
        soonest=await _soonest(service, now, rows),
        letters=await doors.store.feed.letters(limit=rows),
        notices=await doors.store.feed.notices(limit=rows),
    )


def _cells(case_type: CaseType, policy: Policy) -> list[tuple[str, int | None, str]]:
    tiers = sorted(policy.complaint.tiers) if case_type is COMPLAINT else (None,)
    return [(case_type.name, tier, status) for tier in tiers for status in case_type.under_way]


def _query(case_type: str, tier: int | None, status: str) -> str:
    in_tier = "" if tier is None else f" AND CaseTier = {tier}"
    return f"{RUNNING} AND CaseType = '{case_type}' AND CaseStatus = '{status}'{in_tier}"


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
