"""Every case that was ever opened. Temporal forgets closed cases after its retention; this table does not.

A door reserves the case id first, then starts the workflow, then marks it started. A crash in between leaves an
opening that is not started, which a sweep finds; the request is kept with it until then, so nobody has to ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.database import AnyRow, insert_new
from activities.store.tables import CASE_ORDERS, OPENINGS
from domain.sla.spans import Instant, Span


@dataclass(frozen=True, slots=True)
class Opening:
    """An opened case.

    Attributes:
        source: the door or system that it came through.
        reference: that system's own name for it, if it gave one.
        request_hash: identity of the request's content: the same case id with another one must be refused.
        request: the request as JSON, until the workflow has started.
    """

    case_id: str
    source: str
    reference: str | None
    request_hash: str
    opened_at: Instant
    started: bool
    request: str | None = field(default=None, repr=False)


class OpeningRegister:
    """The `openings` table."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def reserve(
        self,
        case_id: str,
        *,
        source: str,
        reference: str | None,
        request_hash: str,
        request: str | None = None,
        hears_of: str | None = None,
    ) -> tuple[bool, Opening]:
        """Reserve a case id; of several at once exactly one gets True.

        `hears_of` is the order whose events the case is told. It is written down in the same transaction, for a case
        that runs without standing there would never hear of anything.

        Returns:
            Whether it is new, and the opening as it stands: on a repeat the first one's, for the caller to compare.
        """
        async with self._engine.begin() as connection:
            new = await insert_new(
                connection,
                OPENINGS,
                case_id=case_id,
                source=source,
                reference=reference,
                request_hash=request_hash,
                request=request,
                opened_at=self._clock(),
                started=False,
            )
            if hears_of:
                await insert_new(connection, CASE_ORDERS, case_id=case_id, order_id=hears_of, open=True, known="[]")
            row = (await connection.execute(select(OPENINGS).where(OPENINGS.c.case_id == case_id))).one()
        return new, _opening(row)

    async def mark_started(self, case_id: str) -> None:
        """The workflow runs; its history has the request now, so the copy here goes."""
        own = update(OPENINGS).where(OPENINGS.c.case_id == case_id)
        async with self._engine.begin() as connection:
            await connection.execute(own.values(started=True, request=None))

    async def get(self, case_id: str) -> Opening | None:
        """The opening of a case, or None."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(OPENINGS).where(OPENINGS.c.case_id == case_id))).one_or_none()
        return None if row is None else _opening(row)

    async def unstarted(self, *, older_than: Span = 0, limit: int = 100) -> list[Opening]:
        """Reserved longer than `older_than` milliseconds ago and not started, oldest first."""
        left = OPENINGS.c.started.is_(False) & (OPENINGS.c.opened_at <= self._clock() - older_than)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(OPENINGS).where(left).order_by(OPENINGS.c.opened_at).limit(limit))
            return [_opening(row) for row in rows]


def _opening(row: AnyRow) -> Opening:
    return Opening(
        case_id=row.case_id,
        source=row.source,
        reference=row.reference,
        request_hash=row.request_hash,
        opened_at=row.opened_at,
        started=row.started,
        request=row.request,
    )
