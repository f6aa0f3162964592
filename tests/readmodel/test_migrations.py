"""Migrations: they end in exactly the tables of the code, on either database, whoever starts at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from activities.store.database import create_tables, open_database
from domain.attention import Awaits
from domain.catalog import CASE_TYPES
from domain.sla.rules import ClockKind
from domain.tasks import TaskState
from readmodel import migrating
from readmodel.migrating import NEWEST, VERSIONS, migrate, present
from readmodel.model import ReadModel
from readmodel.rows import CasesWanted
from readmodel.tables import METADATA
from tests.readmodel.projections import NOW, clock, projection, task

SCRIPTS = Path(migrating.__file__).with_name("migrations")


def differences(connection: Connection) -> list[object]:
    options = {"version_table": VERSIONS, "compare_type": True, "compare_server_default": True}
    found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)
    return found


def test_newest_version_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_heads() == [NEWEST]


async def test_migrations_end_in_exactly_the_tables_of_the_code(empty_url: str) -> None:
    engine = open_database(empty_url)
    await migrate(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(present) == NEWEST
    await engine.dispose()


async def test_several_may_migrate_at_once_beside_the_tables_of_the_store(empty_url: str) -> None:
    engines = [open_database(empty_url) for _ in range(5)]
    await asyncio.gather(*(step(engine) for engine in engines for step in (create_tables, migrate)))
    async with engines[0].connect() as connection:
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        assert names > {*METADATA.tables, VERSIONS}
        assert await connection.run_sync(present) == NEWEST
    for engine in engines:
        await engine.dispose()


async def test_second_start_migrates_nothing(empty_url: str) -> None:
    engine = open_database(empty_url)
    for _ in range(2):
        await migrate(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_migrations_can_be_taken_back(empty_url: str) -> None:
    engine = open_database(empty_url)
    await migrate(engine)
    async with engine.begin() as connection:
        await connection.run_sync(_downgrade)
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == [VERSIONS]
    await engine.dispose()


def _downgrade(connection: Connection, to: str = "base") -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.downgrade(config, to)


async def test_teams_of_cases_that_stood_there_before_are_found(empty_url: str) -> None:
    engine = open_database(empty_url)
    await migrate(engine)
    model = ReadModel(engine)
    await model.write(projection("C1", team="online", tasks=(task(1, team="legal"), task(2, team="online"))))
    await model.write(projection("C2", team="phone"))
    async with engine.begin() as connection:
        await connection.run_sync(_downgrade, "0001")
    await migrate(engine)
    of = [
        [row.case_id for row in (await model.cases(CasesWanted(team=team))).items]
        for team in ("legal", "online", "phone")
    ]
    assert of == [["C1"], ["C1"], ["C2"]]
    await engine.dispose()


async def test_board_of_cases_that_stood_there_before_is_what_a_case_of_today_says(empty_url: str) -> None:
    engine = open_database(empty_url)
    await migrate(engine)
    model = ReadModel(engine)
    kinds, states = list(ClockKind), list(TaskState)
    crowd = [
        projection(
            f"C{number:03}",
            case_type=case_type.name,
            status=status,
            open=status not in case_type.over,
            team=f"team-{number % 3}",
            tasks=tuple(task(n, state=states[(number + n) % 7 % 6], team=f"team-{n}") for n in range(number % 3)),
            clocks=(clock(1, kind=kinds[number % len(kinds)], due=NOW + number), clock(2, due=NOW, breached_at=NOW)),
        )
        for case_type in CASE_TYPES.values()
        for number, status in enumerate((*case_type.under_way, *case_type.over), start=100 * len(case_type.name))
    ]
    await model.write_all(crowd)
    before = (await model.cases(CasesWanted(limit=200))).items
    async with engine.begin() as connection:
        await connection.run_sync(_downgrade, "0002")
    await migrate(engine)
    assert (await model.cases(CasesWanted(limit=200))).items == before
    assert len({row.awaits for row in before}) == len(Awaits)
    await engine.dispose()
