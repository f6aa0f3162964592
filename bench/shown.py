"""The desk over a read model with a million tasks, on either database: whole pages over HTTP, by people signed in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import httpx
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    false,
    insert,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from bench.api import ABOUT, p99, running_api, signed_in
from bench.ground import Ground, running_ground
from bench.ratios import Figure
from bench.saying import say
from domain.policy import Policy
from domain.sla.spans import DAY, HOUR, MINUTE
from readmodel.migrating import migrate
from readmodel.tables import CASE_TEAMS, CASES, NEVER, TASKS
from tests.postgres_server import new_database, postgres_server

OPEN_ONE_IN = 20
"""Of so many cases one is open: two million requests a year that take a day or two leave no more."""

AGENT, SUPERVISOR = "online-01", "supervisor-01"

PAGES: Mapping[str, tuple[str, str]] = {
    "inbox": (AGENT, "/desk"),
    "board": (SUPERVISOR, "/desk/board"),
    "list_tasks": (AGENT, "/v1/tasks?open=true"),
    "list_cases": (SUPERVISOR, "/v1/cases?open=true&breached=true"),
}
"""By the name of the figure: who asks for what."""


async def fill(engine: AsyncEngine, policy: Policy, tasks: int) -> None:
    """Write so many tasks, two to a case, without the cases that they would belong to."""
    await migrate(engine)
    now, numbers = wall_clock(), _numbers(tasks // 2)
    number = cast(numbers.c.i, BigInteger)
    is_open = number % OPEN_ONE_IN == 0
    team = _one_of(number // OPEN_ONE_IN, sorted(policy.teams))
    opened = now - number * 7_919 % (365 * DAY)
    due = case((is_open, now - 2 * HOUR + number * 104_729 % (2 * DAY)), else_=literal(NEVER, BigInteger))
    case_id = literal("C") + cast(number, String)
    shown: dict[str, ColumnElement[Any]] = {
        "case_id": case_id,
        "seq": literal(1),
        "at": opened,
        "case_type": literal("complaint"),
        "status": case((is_open, literal("in_progress")), else_=literal("closed")),
        "open": is_open,
        "tier": 1 + number // OPEN_ONE_IN % 3,
        "team": team,
        "priority": literal("normal"),
        "channel": _one_of(number, ["chat", "email", "phone", "social"]),
        "policy": literal(policy.version),
        "customer_id": literal("K") + cast(number % 500_000, String),
        "subject": literal("The kettle leaks at the spout"),
        "opened_at": opened,
        "closed_at": case((is_open, null()), else_=opened + HOUR),
        "due_at": due,
        "breached": number // OPEN_ONE_IN % 10 == 0,
        "linked": literal("[]"),
        "awaits": case((is_open, literal("queue")), else_=literal("nobody")),
        "at_risk_from": case((is_open, due - 2 * HOUR), else_=due),
        "teams": team,
    }
    of_team = {name: shown[name] for name in ("team", "case_id", "open", "due_at", "opened_at")}
    async with engine.begin() as connection:
        await connection.execute(insert(CASES).from_select(list(shown), select(*shown.values())))
        await connection.execute(insert(CASE_TEAMS).from_select(list(of_team), select(*of_team.values())))
        for which, active in (("T1", false()), ("T2", is_open)):
            task: dict[str, ColumnElement[Any]] = {
                "case_id": case_id,
                "task_id": literal(which),
                "case_type": literal("complaint"),
                "kind": literal("resolve"),
                "title": literal("Resolve the complaint"),
                "team": team,
                "tier": shown["tier"],
                "state": case((active, literal("ready")), else_=literal("completed")),
                "active": active,
                "owner": case((and_(is_open, number // OPEN_ONE_IN % 7 == 0), literal(AGENT)), else_=null()),
                "offered_at": opened,
                "ended_at": case((active, null()), else_=opened + 10 * MINUTE),
                "due_at": due,
            }
            await connection.execute(insert(TASKS).from_select(list(task), select(*task.values())))
    # What either database does by itself sooner or later: look at what it has, and clear up behind the writer.
    tidying = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(tidying))


def _numbers(count: int) -> CTE:
    first = select(literal(1).label("i")).cte("numbers", recursive=True)
    return first.union_all(select(first.c.i + 1).where(first.c.i < count))


def _one_of(number: ColumnElement[int], names: list[str]) -> ColumnElement[str]:
    return case(*((number % len(names) == at, literal(name)) for at, name in enumerate(names)))


@asynccontextmanager
async def grounds(policy: Policy) -> AsyncIterator[dict[str, Ground]]:
    """A ground on SQLite and one on PostgreSQL."""
    with postgres_server() as socket_folder:
        url = await new_database(socket_folder, "shown")
        async with running_ground(policy) as sqlite, running_ground(policy, store_url=url) as postgresql:
            yield {"sqlite": sqlite, "postgresql": postgresql}


async def with_many_tasks(policy: Policy, tasks: int, looks: int) -> list[Figure]:
    """Milliseconds of each page, one look after the other."""
    figures: list[Figure] = []
    async with grounds(policy) as both:
        for name, ground in both.items():
            began = time.monotonic()
            await fill(ground.engine, policy, tasks)
            say(f"{name}: {tasks} tasks written in {time.monotonic() - began:.0f} s")
            # Nobody is limited here: one person looks as often as a department does.
            async with running_api(ground, api_rate="1000000/minute") as address:
                for page, (staff_id, path) in PAGES.items():
                    async with signed_in(ground, address, staff_id) as person:
                        taken = [await _look(person, path) for _ in range(looks)]
                    unit = f"ms, {tasks:,} tasks"
                    figures += [
                        Figure(f"{page}_{name}_p50", median(taken), None, unit, about=ABOUT),
                        Figure(f"{page}_{name}_p99", p99(taken), None, unit, 200, about=ABOUT),
                    ]
    return figures


async def _look(person: httpx.AsyncClient, path: str) -> float:
    began = time.perf_counter()
    (await person.get(path)).raise_for_status()
    return 1_000 * (time.perf_counter() - began)
