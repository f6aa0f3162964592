"""Rows that nobody needs any more: of cases that ended long ago, and the shop's events that were told long ago.

What stays are timelines, compensations, what customers thought of it, and that the case was ever opened: the record of
what was promised and kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from temporalio.client import WorkflowExecutionStatus

from activities.clock import wall_clock
from activities.notifications.port import message_id
from activities.store.assignment_tables import ASSIGNMENTS
from activities.store.customer_tables import ATTACHMENTS
from activities.store.shop_tables import SHOP_EVENTS
from activities.store.tables import CASE_ORDERS, DELIVERIES, DELIVERY_CHECKS, EFFECTS, OUTBOX
from domain.errors import CaseNotFoundError, InvalidInputError
from domain.sla.spans import Instant, Span, say_span
from starter.doors import Doors
from starter.refusals import translated

BATCH = 200
"""Cases of one transaction: few enough not to hold up a worker that writes meanwhile."""

OF_CASES = (EFFECTS, DELIVERIES, DELIVERY_CHECKS, CASE_ORDERS, ATTACHMENTS, ASSIGNMENTS)
"""The tables whose rows name their case; those of the outbox are found by the ids of its messages."""


@dataclass
class Pruned:
    """How many rows went, or would go, by table; and of how many cases."""

    cases: int
    rows: Counter[str]
    deleted: bool


Runs = Callable[[str], Awaitable[bool]]
"""Whether a case is still open."""


async def prune(doors: Doors, older_than: Span, *, really: bool = False) -> Pruned:
    """Remove the rows of cases that ended, if the newest of a case is older than a span; without `really` count only.

    Args:
        doors: store and server; whether a case has ended is asked of the server.
        older_than: milliseconds; at least as long as a closed case may be reopened.
        really: delete what was found, batch by batch; a run that is cut short goes on with the next one.

    Raises:
        InvalidInputError: the span is shorter than the time in which cases may be reopened.
        UnavailableError: the server does not answer.
    """
    window = (await doors.store.policy()).complaint.reopen_within
    if older_than < window:
        raise InvalidInputError(f"closed cases may be reopened for {say_span(window)}", field="older_than")

    async def runs(case_id: str) -> bool:
        try:
            with translated(case_id):
                described = await doors.client.get_workflow_handle(case_id).describe()
        except CaseNotFoundError:
            return False
        return described.status is WorkflowExecutionStatus.RUNNING

    domain = doors.settings.message_domain
    return await prune_rows(doors.store.engine, runs, wall_clock() - older_than, domain, really=really)


async def prune_rows(engine: AsyncEngine, runs: Runs, before: Instant, message_domain: str, *, really: bool) -> Pruned:
    """Count, and with `really` delete, the rows of cases that do not run and were last written about before an instant.

    So do the events of the shop from before it that were told. `message_domain` is the right-hand side of the ids under
    which the outbox keeps messages.
    """
    found = Pruned(cases=0, rows=Counter(), deleted=really)
    async for batch in _quiet_cases(engine, before):
        ended = [case_id for case_id in batch if not await runs(case_id)]
        async with engine.begin() as connection:
            await _take(connection, ended, message_domain, found)
        found.cases += len(ended)
    async with engine.begin() as connection:
        # A case remembers the events it was told, so one that the shop repeats after this is dropped there.
        await _take_rows(connection, SHOP_EVENTS, SHOP_EVENTS.c.told & (SHOP_EVENTS.c.at < before), found)
    return found


async def _quiet_cases(engine: AsyncEngine, before: Instant) -> AsyncIterator[list[str]]:
    """Cases all of whose rows are from before an instant, in batches.

    A server that has forgotten a case cannot say that it ended, nor can a wrong one; but who is still owed something is
    written to, so a case that is open has younger rows.
    """
    last = ""
    while True:
        page = select(EFFECTS.c.case_id).distinct().where(EFFECTS.c.case_id > last)
        async with engine.connect() as connection:
            ids = list((await connection.execute(page.order_by(EFFECTS.c.case_id).limit(BATCH))).scalars())
            if not ids:
                return
            written = union_all(
                select(EFFECTS.c.case_id, func.coalesce(EFFECTS.c.done_at, EFFECTS.c.begun_at).label("at")),
                select(DELIVERIES.c.case_id, DELIVERIES.c.at),
                select(DELIVERY_CHECKS.c.case_id, DELIVERY_CHECKS.c.at),
                select(ATTACHMENTS.c.case_id, ATTACHMENTS.c.at),
            ).subquery()
            newest = select(written.c.case_id).where(written.c.case_id.in_(ids)).group_by(written.c.case_id)
            quiet = list((await connection.execute(newest.having(func.max(written.c.at) < before))).scalars())
        last = ids[-1]
        yield sorted(quiet)


async def _take(connection: AsyncConnection, cases: list[str], message_domain: str, found: Pruned) -> None:
    """Count the rows of these cases by table, and delete them if that is wanted."""
    keys = await connection.execute(select(EFFECTS.c.key).where(EFFECTS.c.case_id.in_(cases)))
    messages = [message_id(key, message_domain) for key in keys.scalars()]
    wanted = [(table, table.c.case_id.in_(cases)) for table in OF_CASES]
    # A case may have had thousands of messages, and neither database takes more than some 32,000 values at once.
    parts = (messages[start : start + BATCH] for start in range(0, len(messages), BATCH))
    wanted += [(OUTBOX, OUTBOX.c.message_id.in_(part)) for part in parts]
    for table, condition in wanted:
        await _take_rows(connection, table, condition, found)


async def _take_rows(connection: AsyncConnection, table: Table, condition: ColumnElement[bool], found: Pruned) -> None:
    rows = (await connection.execute(select(func.count()).select_from(table).where(condition))).scalar_one()
    if rows:
        found.rows[table.name] += rows
    if found.deleted:
        await connection.execute(delete(table).where(condition))
