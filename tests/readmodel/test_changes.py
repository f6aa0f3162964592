"""Changes: who is concerned, which lines are new, and an order in which nothing is overlooked."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import open_database
from domain.tasks import TaskState
from readmodel.migrating import restore
from readmodel.model import ReadModel
from readmodel.rows import Change
from readmodel.tables import CASES
from tests.readmodel.projections import NOW, entry, projection, task


async def told(model: ReadModel, after: int = 0) -> list[tuple[str, list[int]]]:
    """The changes behind a number: which case, and its new lines."""
    return [(one.case_id, [line.seq for line in one.lines]) for one in await model.changes(after)]


async def last(model: ReadModel) -> Change:
    return (await model.changes(await model.newest_change() - 1))[0]


async def test_change_names_everybody_whom_it_concerns_before_and_after(model: ReadModel) -> None:
    held = task(1, team="legal", owner="legal-01", state=TaskState.RESERVED)
    await model.write(projection(tasks=(held,), team="online", entries=(entry(1),)))
    given = task(1, team="phone", owner="phone-01", state=TaskState.RESERVED)
    await model.write(projection(seq=2, at=NOW + 1, tasks=(given,), team="phone", entries=(entry(2),)))
    change = await last(model)
    assert (change.case_id, change.at, change.seq) == ("C1", NOW + 1, 2)
    assert (change.teams, change.people) == (("legal", "online", "phone"), ("legal-01", "phone-01"))
    assert [(line.seq, line.what) for line in change.lines] == [(2, "task_offered")]


async def test_what_changes_nothing_is_no_change(model: ReadModel) -> None:
    same = projection(entries=(entry(1),))
    await model.write_all([same, same])
    await model.write(same)
    assert await told(model) == [("C1", [1])]


async def test_latecomer_is_a_change_of_the_lines_that_were_missing(model: ReadModel) -> None:
    await model.write(projection(seq=3, at=NOW + 3, entries=(entry(3),)))
    late = projection(seq=2, at=NOW + 2, entries=(entry(1), entry(2)))
    assert not await model.write(late)
    assert not await model.write(late)
    assert await told(model) == [("C1", [3]), ("C1", [1, 2])]


async def test_putting_a_case_right_tells_only_the_lines_that_nobody_was_told(model: ReadModel) -> None:
    await model.write(projection(seq=3, entries=(entry(1), entry(3))))
    whole = projection(seq=3, status="closed", entries=(entry(1), entry(2), entry(3, what="case_closed")))
    assert await model.replace(whole, (NOW, 3))
    assert await told(model) == [("C1", [1, 3]), ("C1", [2, 3])]


async def test_case_that_is_removed_is_a_change_for_those_who_had_it(model: ReadModel) -> None:
    await model.write(projection(team="online", entries=(entry(1),)))
    await model.remove("C1")
    await model.remove("C1")
    assert [one.teams for one in await model.changes(0)] == [("online",), ("online",)]


async def test_reader_overlooks_nothing_that_several_write_at_once(engine: AsyncEngine) -> None:
    engines = [open_database(engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    reader, writing, seen = ReadModel(engine), True, list[str]()

    async def read() -> None:
        place = 0
        while writing or await reader.newest_change() > place:
            for change in await reader.changes(place, limit=7):
                place = change.number
                seen.append(change.case_id)

    async def write(number: int) -> None:
        model = ReadModel(engines[number])
        for turn in range(15):
            await model.write_all([projection(f"C{number}-{turn}-{case}") for case in range(3)])

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(4)))
    writing = False
    await reading
    assert sorted(seen) == sorted(
        f"C{number}-{turn}-{case}" for number in range(4) for turn in range(15) for case in range(3)
    )
    for one in engines:
        await one.dispose()


async def test_numbers_go_on_growing_when_the_tables_are_made_anew(model: ReadModel, engine: AsyncEngine) -> None:
    await model.write(projection())
    before = await model.newest_change()
    await asyncio.sleep(0.01)
    async with engine.begin() as connection:
        await connection.run_sync(CASES.drop)
    assert await restore(engine)
    await model.write(projection())
    assert await model.newest_change() > before


async def test_what_everybody_has_read_is_forgotten_but_for_the_last(model: ReadModel) -> None:
    for turn in range(4):
        await model.write(projection(f"C{turn}"))
    second, newest = (await model.changes(0))[1].number, await model.newest_change()
    assert await model.forget_changes(second) == 2
    assert await model.forget_changes(newest + 9) == 1
    assert [one.number for one in await model.changes(0)] == [newest]
    await model.remove("C3")
    assert await model.newest_change() == newest + 1
