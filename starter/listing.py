"""Lists of cases by visibility query. Only enumerated values and identifiers ever become part of a query."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from domain.catalog import CASE_TYPES
from domain.errors import InvalidInputError
from domain.people import Channel
from starter.case_lines import CaseLine

OVER = tuple(dict.fromkeys(status for case_type in CASE_TYPES.values() for status in case_type.over))
STATUSES = tuple(dict.fromkeys((*(status for one in CASE_TYPES.values() for status in one.under_way), *OVER)))
"""What `CaseStatus` can be, of whatever type the case is."""

CHANNELS = tuple(channel.value for channel in Channel)
RUNNING = "ExecutionStatus = 'Running'"
MOST = 10_000
"""Cases that a list reads at the most: visibility sorts nothing, so all that match are read and sorted here."""

AT_ONCE = 100
"""Cases whose runs are asked for in one query."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Wanted:
    """Which cases a list shows; what is None is not asked about. `ended` includes those that are over."""

    type: str | None = None
    status: str | None = None
    tier: int | None = None
    team: str | None = None
    channel: str | None = None
    breached: bool | None = None
    ended: bool = False

    def query(self) -> str:
        """As a visibility query.

        Raises:
            InvalidInputError: a value that cannot be; names the field and what was expected.
        """
        parts = [] if self.ended or self.status in OVER else [RUNNING]
        if self.type is not None:
            parts.append(f"CaseType = '{_one_of('type', self.type, tuple(CASE_TYPES))}'")
        if self.status is not None:
            parts.append(f"CaseStatus = '{_one_of('status', self.status, STATUSES)}'")
        if self.channel is not None:
            parts.append(f"CaseChannel = '{_one_of('channel', self.channel, CHANNELS)}'")
        if self.tier is not None:
            parts.append(f"CaseTier = {int(self.tier)}")
        if self.team is not None:
            parts.append(f"CaseTeam = '{_identifier('team', self.team)}'")
        if self.breached is not None:
            parts.append(f"CaseBreached = {'true' if self.breached else 'false'}")
        return " AND ".join(parts)


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InvalidInputError(
            f"{field}: expected one of {', '.join(allowed)}; got {value!r}", field=field, expected=allowed
        )
    return value


def _identifier(field: str, value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise InvalidInputError(f"{field}: expected letters, digits and ._- only; got {value!r}", field=field)
    return value


def newest_runs(lines: Iterable[CaseLine]) -> list[CaseLine]:
    """One line for each case: that of the run which is under way, else of the one that began last.

    A case that was reopened after its end goes on in a run of its own, and Temporal lists both.
    """
    found: dict[str, CaseLine] = {}
    for line in sorted(lines, key=lambda line: (line.running, line.opened_at)):
        found[line.case_id] = line
    return [*found.values()]


async def as_they_stand(found: Iterable[CaseLine], cases: Callable[[str], AsyncIterator[CaseLine]]) -> list[CaseLine]:
    """One line for each case whose newest run is among those that were found.

    A query looks at each run by itself: it finds the end of a case that was reopened since, too.

    Args:
        found: what a query found.
        cases: reads all runs that a query finds.

    Raises:
        UnavailableError: the server does not answer.
    """
    lines = newest_runs(found)
    over = [line.case_id for line in lines if not line.running and _IDENTIFIER.fullmatch(line.case_id)]
    newest: dict[str, CaseLine] = {}
    for begin in range(0, len(over), AT_ONCE):
        ids = ", ".join(f"'{case_id}'" for case_id in over[begin : begin + AT_ONCE])
        runs = newest_runs([run async for run in cases(f"WorkflowId IN ({ids})")])
        newest |= {run.case_id: run for run in runs}
    return [line for line in lines if newest.get(line.case_id, line).opened_at == line.opened_at]


def soonest_first(lines: list[CaseLine]) -> list[CaseLine]:
    """By what is due next; cases with nothing due come last, the oldest of them first."""
    return sorted(lines, key=lambda line: (line.due is None, line.due or 0, line.opened_at, line.case_id))
