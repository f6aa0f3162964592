"""Cases in a list, as Temporal's visibility store shows them: read and counted without asking any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from domain.catalog import CASE_TYPES
from domain.sla.spans import Instant
from runtime.search_attributes import (
    CASE_BREACHED,
    CASE_CHANNEL,
    CASE_DUE_AT,
    CASE_PRIORITY,
    CASE_STATUS,
    CASE_TEAM,
    CASE_TIER,
    CASE_TYPE,
)
from starter.refusals import translated


@dataclass(frozen=True)
class CaseLine:
    """A case in a list. `due` is when the next promise that a person keeps is due, milliseconds."""

    case_id: str
    case_type: str
    status: str
    tier: int | None
    team: str | None
    priority: str
    channel: str
    due: Instant | None
    breached: bool
    opened_at: Instant
    running: bool


async def read_lines(client: Client, query: str, limit: int | None) -> AsyncIterator[CaseLine]:
    """The cases that a visibility query finds, newest first, at most `limit`; None is all.

    Raises:
        UnavailableError: the server does not answer.
    """
    with translated():
        async for execution in client.list_workflows(_cases(query), limit=limit):
            yield _line(execution)


async def count_lines(client: Client, query: str) -> int:
    """How many cases a visibility query finds.

    Raises:
        UnavailableError: the server does not answer.
    """
    with translated():
        return (await client.count_workflows(_cases(query))).count


def _cases(query: str) -> str:
    types = ", ".join(f"'{name}'" for name in CASE_TYPES)
    base = f"CaseType IN ({types})"
    return f"{base} AND ({query})" if query else base


def _line(execution: WorkflowExecution) -> CaseLine:
    found = execution.typed_search_attributes
    due = found.get(CASE_DUE_AT)
    return CaseLine(
        case_id=execution.id,
        case_type=found.get(CASE_TYPE) or "",
        status=found.get(CASE_STATUS) or "received",
        tier=found.get(CASE_TIER),
        team=found.get(CASE_TEAM),
        priority=found.get(CASE_PRIORITY) or "",
        channel=found.get(CASE_CHANNEL) or "",
        due=int(due.timestamp() * 1000) if due else None,
        breached=bool(found.get(CASE_BREACHED)),
        opened_at=int(execution.start_time.timestamp() * 1000),
        running=execution.status is WorkflowExecutionStatus.RUNNING,
    )
