"""Who is there and who is away, as people and systems said it, in the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.store.assignment_tables import ABSENCES, ASSIGNMENTS, PRESENCE
from activities.store.database import insert_new, upsert
from domain.assignment.duty import Presence, Told
from domain.sla.spans import Instant, Span


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from `begins_at` until `ends_at`."""

    id: str
    staff_id: str
    begins_at: Instant
    ends_at: Instant
    told_by: str
    told_at: Instant


class DutyBook:
    """The `presence` and `absences` tables."""

    def __init__(self, engine: AsyncEngine, *, clock: Clock = wall_clock) -> None:
        self._engine = engine
        self._clock = clock

    async def say(self, staff_id: str, state: Presence) -> None:
        """Somebody says whether they take work."""
        now = self._clock()
        own, said = PRESENCE.c.staff_id == staff_id, {"state": state.value, "heard_at": now}
        async with self._engine.begin() as connection:
            if not await insert_new(connection, PRESENCE, staff_id=staff_id, since=now, **said):
                await connection.execute(update(PRESENCE).where(own).values(heard_at=now))
                changed = update(PRESENCE).where(own & (PRESENCE.c.state != state.value))
                await connection.execute(changed.values(since=now, **said))

    async def heard(self, staff_id: str, counts_for: Span) -> Presence:
        """Somebody is still there, so what they said of themselves goes on to count, if it still did.

        Args:
            staff_id: whose desk is open.
            counts_for: how long something that was said counts; it is not written down anew each time.

        Returns:
            What they said, or offline if it does not count any more.
        """
        now, own = self._clock(), PRESENCE.c.staff_id == staff_id
        async with self._engine.connect() as connection:
            said = (await connection.execute(select(PRESENCE).where(own))).one_or_none()
        if said is None or said.heard_at < now - counts_for:
            return Presence.OFFLINE
        if said.heard_at < now - counts_for // 4:
            async with self._engine.begin() as connection:
                await connection.execute(update(PRESENCE).where(own).values(heard_at=now))
        return Presence(said.state)

    async def leave(self, staff_id: str) -> None:
        """Somebody has gone; of whoever never said anything there is nothing to say now."""
        here = (PRESENCE.c.staff_id == staff_id) & (PRESENCE.c.state != Presence.OFFLINE.value)
        async with self._engine.begin() as connection:
            gone = update(PRESENCE).where(here).values(state=Presence.OFFLINE.value, since=self._clock())
            await connection.execute(gone)

    async def excuse(
        self, absence_id: str, staff_id: str, begins_at: Instant, ends_at: Instant, *, told_by: str
    ) -> Absence:
        """Somebody is or will be away; what was said before under the same id is replaced."""
        absence = Absence(absence_id, staff_id, begins_at, ends_at, told_by, self._clock())
        async with self._engine.begin() as connection:
            await upsert(connection, ABSENCES, [asdict(absence)])
        return absence

    async def absence(self, absence_id: str) -> Absence | None:
        """What is on record under an id."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(ABSENCES).where(ABSENCES.c.id == absence_id))).one_or_none()
        return Absence(**row._mapping) if row else None

    async def take_back(self, absence_id: str) -> bool:
        """An absence does not hold any more; returns whether there was one."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(ABSENCES).where(ABSENCES.c.id == absence_id))
        return gone.rowcount == 1

    async def absences(self, people: Collection[str]) -> list[Absence]:
        """The absences of people that are not over, soonest first."""
        waiting = (ABSENCES.c.ends_at > self._clock()) & ABSENCES.c.staff_id.in_(people)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(ABSENCES).where(waiting).order_by(ABSENCES.c.begins_at))
        return [Absence(**row._mapping) for row in rows]

    async def told(self, people: Collection[str]) -> dict[str, Told]:
        """What is on record of people at this instant."""
        presences = select(PRESENCE).where(PRESENCE.c.staff_id.in_(people))
        given = (
            select(ASSIGNMENTS.c.staff_id, func.max(ASSIGNMENTS.c.at).label("last"))
            .where(ASSIGNMENTS.c.staff_id.in_(people))
            .group_by(ASSIGNMENTS.c.staff_id)
        )
        async with self._engine.connect() as connection:
            said = {row.staff_id: row for row in await connection.execute(presences)}
            last = {row.staff_id: int(row.last) for row in await connection.execute(given)}
        away = await self._away(people)
        return {
            person: Told(
                presence=Presence(said[person].state) if person in said else Presence.OFFLINE,
                heard_at=said[person].heard_at if person in said else 0,
                absent_until=away.get(person),
                last_given=last.get(person, 0),
            )
            for person in people
        }

    async def _away(self, people: Collection[str]) -> dict[str, Instant]:
        """Until when those who are away now are so."""
        now, until = self._clock(), dict[str, Instant]()
        for absence in await self.absences(people):
            if absence.begins_at <= max(now, until.get(absence.staff_id, now)):
                until[absence.staff_id] = max(absence.ends_at, until.get(absence.staff_id, 0))
        return until
