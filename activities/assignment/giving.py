"""Giving a task to somebody: what is known of everybody is read, one is chosen, and it is on record before they know.

Of two tasks that are given in the same moment the second sees the first: a choice is made under a lock, and what was
given lately counts as in hand even before the case that it belongs to has moved on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.assignment.duty_book import DutyBook
from activities.assignment.port import InHand, PolicyInForce, Workload
from activities.clock import Clock, wall_clock
from activities.store.assignment_tables import ASSIGNMENTS
from activities.store.database import insert_new, is_postgresql
from domain.assignment.choosing import Choice, choose
from domain.assignment.duty import Duty, Told, duty_of
from domain.assignment.need import AssignmentOrder
from domain.people import Channel
from domain.policy import Policy
from domain.sla.spans import SECOND, Instant, Span

SETTLES_WITHIN: Span = 10 * SECOND
"""How long a task counts as in hand for having been given; by then everybody who shows tasks has heard of it."""

_CHOOSING = 0x_D0E_A551
"""The PostgreSQL advisory lock under which somebody is chosen."""


class Giving:
    """Chooses among the people of the policy in force, and remembers whom."""

    def __init__(
        self, engine: AsyncEngine, policy: PolicyInForce, workload: Workload, *, clock: Clock = wall_clock
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._workload = workload
        self._clock = clock
        self._book = DutyBook(engine, clock=clock)

    async def give(self, order: AssignmentOrder) -> Choice:
        """Choose somebody for a task; an order that comes again is answered as before."""
        if known := await self._given(order.key):
            return known
        policy = await self._policy()
        team = policy.teams.get(order.need.team)
        people = tuple(team.present) if team else ()
        told, shown = await self._book.told(people), await self._workload.in_hand(people)
        async with self._engine.begin() as connection:
            await _one_at_a_time(connection)
            hands = {*shown, *await self._fresh(connection, people)}
            choice = choose(order.need, self._team(people, policy, told, hands), policy.assignment)
            if choice.person:
                await self._remember(connection, order, choice)
        return choice

    def _team(
        self, people: Iterable[str], policy: Policy, told: dict[str, Told], hands: Collection[InHand]
    ) -> list[Duty]:
        now: Instant = self._clock()
        in_hand: dict[str, Counter[Channel]] = defaultdict(Counter)
        for one in hands:
            in_hand[one.person][one.channel] += 1
        return [duty_of(person, policy, told[person], in_hand[person], now) for person in people]

    async def _given(self, key: str) -> Choice | None:
        wanted = select(ASSIGNMENTS.c.choice).where(ASSIGNMENTS.c.key == key)
        async with self._engine.connect() as connection:
            found = (await connection.execute(wanted)).scalar_one_or_none()
        return Choice.model_validate_json(found) if found else None

    async def _fresh(self, connection: AsyncConnection, people: Collection[str]) -> list[InHand]:
        """What these people were given lately."""
        recent = ASSIGNMENTS.c.at > self._clock() - SETTLES_WITHIN
        wanted = select(ASSIGNMENTS).where(ASSIGNMENTS.c.staff_id.in_(people) & recent)
        rows = await connection.execute(wanted)
        return [InHand(row.staff_id, row.case_id, row.task_id, Channel(row.channel)) for row in rows]

    async def _remember(self, connection: AsyncConnection, order: AssignmentOrder, choice: Choice) -> None:
        await insert_new(
            connection,
            ASSIGNMENTS,
            key=order.key,
            case_id=order.case_id,
            task_id=order.task,
            staff_id=choice.person,
            channel=order.need.channel.value,
            choice=choice.model_dump_json(),
            at=self._clock(),
        )


async def _one_at_a_time(connection: AsyncConnection) -> None:
    """Whoever chooses has what others have just chosen before their eyes."""
    if is_postgresql(connection):
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHOOSING})
    else:
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
