"""The read model beside Temporal: every difference is named, and a rebuild makes it whole while cases run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner

from domain.policy import Policy
from domain.requests import AddNote
from readmodel.tables import CASES, CLOCKS, METADATA, TASKS, TIMELINE
from starter.cli import app
from starter.cli.exits import ExitCode
from starter.doors import Doors, open_doors, open_store
from starter.shown.comparison import Finding
from starter.shown.rebuilding import all_findings, rebuild
from tests.readmodel.projections import projection
from tests.world import AGENT, NUMBERS, OpenCase, World, running_world
from workflows.readmodel import ReadModelCheckWorkflow


@pytest.fixture
async def world(virtual_time: WorkflowEnvironment, charter: Policy, tmp_path: Path) -> AsyncIterator[World]:
    """A world with a queue of its own: what is compared is everything in it."""
    home = tmp_path / f"compared-{next(NUMBERS)}"
    home.mkdir()
    async with running_world(virtual_time, home, charter) as made:
        yield made


@asynccontextmanager
async def doors(world: World) -> AsyncIterator[Doors]:
    async with open_store(world.settings) as store:
        yield Doors(world.settings, store, world.client, world.service)


async def alike(world: World) -> list[Finding]:
    """What differs; `all_findings` lets what is on its way settle."""
    async with doors(world) as opened:
        return (await all_findings(opened))[1]


async def closed(world: World) -> OpenCase:
    case = await world.open()
    for step in (case.claim, case.solve, case.accept, case.summarise):
        await step()
    await case.quiet()
    return case


async def meddle(world: World, *statements: Any) -> None:
    async with world.engine.begin() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_every_difference_is_named_and_put_right(world: World) -> None:
    right, wrong, gone, over = [await world.open(), await world.open(), await world.open(), await closed(world)]
    await wrong.claim()
    assert await alike(world) == []
    mine = {table: table.c.case_id == wrong.case_id for table in (CASES, TASKS, CLOCKS, TIMELINE)}
    lost = [delete(table).where(table.c.case_id == gone.case_id) for table in METADATA.tables.values()]
    await meddle(
        world,
        update(CASES).where(mine[CASES]).values(status="closed", open=False),
        update(TASKS).where(mine[TASKS]).values(owner="nobody"),
        delete(CLOCKS).where(mine[CLOCKS], CLOCKS.c.kind == "tier"),
        delete(TIMELINE).where(mine[TIMELINE], TIMELINE.c.seq == 2),
        # Newer than anything that the case has shown: what never was, and no turn of the case overwrites at once.
        update(CASES).where(CASES.c.case_id == over.case_id).values(at=CASES.c.at + 10**12, open=True),
        *lost,
    )
    async with doors(world) as opened:
        await opened.store.readmodel.write(projection("C404"))
        found = {finding.case_id: finding for finding in (await all_findings(opened))[1]}
        assert found.keys() == {wrong.case_id, gone.case_id, over.case_id, "C404"}
        assert {one.where for one in found[wrong.case_id].differences} == {
            "status",
            "open",
            "task T1 owner",
            "clock tier:1",
            "entry 2",
        }
        assert [(one.where, one.shown, one.truth) for one in found[over.case_id].differences] == [("open", True, False)]
        assert (found[gone.case_id].lacking, found["C404"].lacking) == ("read model", "Temporal")
        made = await rebuild(opened)
        assert (made.tables, made.written, made.removed) == (False, 3, 1)
        assert (await all_findings(opened))[1] == []
        assert await opened.store.readmodel.case("C404") is None
    await right.claim()
    assert await alike(world) == []


async def test_rebuild_after_the_tables_were_deleted_under_load_ends_equal_to_the_cases(world: World) -> None:
    cases = [await world.open() for _ in range(6)]
    over = await closed(world)
    stop = asyncio.Event()

    async def work(case: OpenCase) -> None:
        await case.claim()
        while not stop.is_set():
            await case.ask("add_note", AddNote, AGENT, text="Still on it.")
            await asyncio.sleep(0.02)

    working = [asyncio.create_task(work(case)) for case in cases]
    await asyncio.sleep(0.3)
    async with world.engine.begin() as connection:
        await connection.run_sync(METADATA.drop_all)
    await asyncio.sleep(0.3)
    async with doors(world) as opened:
        made = await rebuild(opened)
        assert made.tables
        assert await opened.store.readmodel.case(over.case_id) is not None
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.gather(*working)
    for case in cases:
        await case.quiet()
    assert await alike(world) == []
    async with doors(world) as opened:
        shown = await opened.store.readmodel.projection(cases[0].case_id)
        assert shown
        assert [line.seq for line in shown.entries] == list(range(1, shown.seq + 1))


async def test_check_of_the_schedule_mends_and_raises_the_alarm_once_for_what_one_side_lacks(world: World) -> None:
    case, other = await world.open(), await world.open()
    assert await alike(world) == []
    gone = [delete(table).where(table.c.case_id == case.case_id) for table in METADATA.tables.values()]
    await meddle(world, update(TASKS).where(TASKS.c.case_id == other.case_id).values(owner="nobody"), *gone)
    async with doors(world) as opened:
        await opened.store.readmodel.write(projection("C404"))
    reports = []
    for number in range(2):
        queue = world.settings.task_queue
        run = await world.client.start_workflow(
            ReadModelCheckWorkflow.run, id=f"check-{queue}-{number}", task_queue=queue
        )
        reports.append(await run.result())
    assert reports[0].model_dump() == {"compared": 3, "mended": 2, "lacking": ("C404", case.case_id)}
    assert reports[1].model_dump() == {"compared": 3, "mended": 0, "lacking": ("C404",)}
    alarms = [row for row in await world.notices() if row.key.startswith("read-model-check:")]
    assert [(row.recipient, row.notice) for row in alarms] == [("team:supervisors", "alarm")] * 2
    abouts = sorted(json.loads(row.items)[0]["about"] for row in alarms)
    assert abouts == ["Temporal does not know C404", f"the read model lacked {case.case_id}, and has them now"]


async def test_commands_leave_with_codes_that_say_whether_it_differed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"TEMPORAL_ADDRESS": world.client.service_client.config.target_host}
    monkeypatch.setattr("starter.cli.session.doors", lambda: open_doors(world.settings, environment=environment))
    monkeypatch.setattr("starter.shown.comparison.SETTLES_WITHIN", 0.1)
    case = await world.open()
    assert await alike(world) == []
    await meddle(world, update(CASES).where(CASES.c.case_id == case.case_id).values(status="closed"))
    code, out = await run("check")
    assert (code, f"{case.case_id}  status: shown is closed, true is in_progress" in out) == (ExitCode.DIFFERENT, True)
    code, out = await run("check", "--json")
    differences = [{"where": "status", "shown": "closed", "truth": "in_progress"}]
    differing = [{"case_id": case.case_id, "lacking": None, "differences": differences}]
    assert (code, json.loads(out)) == (ExitCode.DIFFERENT, {"compared": 1, "differing": differing})
    code, out = await run("rebuild")
    assert (code, out) == (ExitCode.OK, "1 cases compared, 1 written, 0 removed\n")
    code, out = await run("rebuild", "--json")
    assert (code, json.loads(out)) == (ExitCode.OK, {"tables": False, "compared": 1, "written": 0, "removed": 0})
    assert await run("check") == (ExitCode.OK, "1 cases compared, 0 differ\n")


async def run(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `duecourse readmodel ARGUMENTS`, in a thread and so in a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["readmodel", *arguments])
    return result.exit_code, result.stdout
