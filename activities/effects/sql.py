"""The ledger in the store. Each call is one transaction, each decision one conditional statement."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.clock import Clock, wall_clock
from activities.effects.port import (
    LEASE,
    AttemptSupersededError,
    Begun,
    Effect,
    EffectPhase,
    EffectState,
)
from activities.store.database import AnyRow, insert_new
from activities.store.tables import EFFECTS
from domain.sla.spans import Instant, Span

_OPEN = EFFECTS.c.phase != EffectPhase.DONE.value


class SqlEffectLedger:
    """`EffectLedger` over the `effects` table, in SQLite and PostgreSQL.

    Workers' clocks may differ by a few seconds: the lease only spares an attempt the trouble, the fence decides.
    """

    def __init__(self, engine: AsyncEngine, *, lease: Span = LEASE, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._lease = lease
        self._clock = clock

    async def begin(self, key: str, case_id: str, kind: str) -> Begun:
        while True:
            now = self._clock()
            async with self._engine.begin() as connection:
                if await self._first(connection, key, case_id, kind, now):
                    return Begun(EffectState.NEW, attempt=1)
                known = await _read(connection, key)
                assert known is not None, "no row of the ledger is deleted while its case runs"
                begun = known.begun_again(now)
                if begun.attempt == known.attempt or await self._take_over(connection, known, now):
                    return begun

    async def mark_handed_over(self, key: str, attempt: int) -> None:
        await self._fenced(key, attempt, phase=EffectPhase.HANDED_OVER.value)

    async def renew(self, key: str, attempt: int) -> None:
        await self._fenced(key, attempt, lease_until=self._clock() + self._lease)

    async def finish(self, key: str, attempt: int, result: str) -> None:
        await self._fenced(
            key, attempt, phase=EffectPhase.DONE.value, result=result, lease_until=0, done_at=self._clock()
        )

    async def abandon(self, key: str, attempt: int) -> None:
        await self._change(_current(key, attempt), phase=EffectPhase.BEGUN.value, lease_until=0)

    async def release(self, key: str, attempt: int) -> None:
        await self._change(_current(key, attempt), lease_until=0)

    async def get(self, key: str) -> Effect | None:
        async with self._engine.connect() as connection:
            return await _read(connection, key)

    async def _first(self, connection: AsyncConnection, key: str, case_id: str, kind: str, now: Instant) -> bool:
        return await insert_new(
            connection,
            EFFECTS,
            key=key,
            case_id=case_id,
            kind=kind,
            phase=EffectPhase.BEGUN.value,
            attempt=1,
            lease_until=now + self._lease,
            begun_at=now,
        )

    async def _take_over(self, connection: AsyncConnection, known: Effect, now: Instant) -> bool:
        unchanged = _current(known.key, known.attempt) & (EFFECTS.c.phase == known.phase.value)
        statement = update(EFFECTS).where(unchanged)
        taken = statement.values(attempt=known.attempt + 1, lease_until=now + self._lease)
        return (await connection.execute(taken)).rowcount == 1

    async def _fenced(self, key: str, attempt: int, **values: object) -> None:
        if not await self._change(_current(key, attempt), **values):
            raise AttemptSupersededError(key, attempt)

    async def _change(self, where: ColumnElement[bool], **values: object) -> bool:
        async with self._engine.begin() as connection:
            return (await connection.execute(update(EFFECTS).where(where).values(**values))).rowcount == 1


def _current(key: str, attempt: int) -> ColumnElement[bool]:
    return (EFFECTS.c.key == key) & (EFFECTS.c.attempt == attempt) & _OPEN


async def _read(connection: AsyncConnection, key: str) -> Effect | None:
    row = (await connection.execute(select(EFFECTS).where(EFFECTS.c.key == key))).one_or_none()
    return None if row is None else _effect(row)


def _effect(row: AnyRow) -> Effect:
    return Effect(
        key=row.key,
        case_id=row.case_id,
        kind=row.kind,
        phase=EffectPhase(row.phase),
        attempt=row.attempt,
        lease_until=row.lease_until,
        result=row.result,
    )
