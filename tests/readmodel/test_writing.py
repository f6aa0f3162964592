"""Writing: the newest projection of a case stands, in whatever order and however often they come."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import open_database
from domain.projection import Projection
from domain.tasks import TaskState
from readmodel.model import ReadModel
from readmodel.tables import CASES, CHANGES, CLOCKS, METADATA, TASKS, TIMELINE
from tests.readmodel.conftest import empty
from tests.readmodel.projections import NOW, clock, entry, lives, projection, task


async def standing(engine: AsyncEngine) -> dict[str, list[Any]]:
    """Everything that the tables hold but for what was written when."""
    async with engine.connect() as connection:
        return {
            name: sorted(map(tuple, (await connection.execute(select(table))).all()), key=repr)
            for name, table in METADATA.tables.items()
            if table is not CHANGES
        }


async def test_first_projection_is_written_whole(model: ReadModel) -> None:
    first = projection(
        seq=2,
        tasks=(task(owner="online-01", state=TaskState.RESERVED, due=NOW + 5),),
        clocks=(clock(task="T1", due=NOW + 5),),
        entries=(entry(1), entry(2, text="It leaks", public=True)),
        linked=("D1",),
        due=NOW + 5,
    )
    assert await model.write(first)
    row = await model.case("C1")
    assert row is not None
    kept = first.case.model_dump(exclude={"tasks", "clocks"})
    derived = {"awaits": "person", "at_risk_from": NOW + 5 - 450_000, "teams": ("online",)}
    assert row.model_dump() == kept | derived | {"seq": 2, "at": NOW}
    assert [one.model_dump(exclude={"case_id"}) for one in await model.clocks("C1")] == [
        one.model_dump() for one in first.case.clocks
    ]
    assert await model.timeline("C1") == list(first.entries)


async def test_newer_projection_replaces_tasks_and_clocks_and_adds_lines(model: ReadModel, engine: AsyncEngine) -> None:
    await model.write(projection(seq=1, tasks=(task(1), task(2)), clocks=(clock(1),), entries=(entry(1),)))
    newer = projection(seq=2, at=NOW + 1, tasks=(task(3),), clocks=(clock(2),), entries=(entry(2),), status="closed")
    assert await model.write(newer)
    rows = await standing(engine)
    assert [row[1] for row in rows[TASKS.name]] == ["T3"]
    assert [row[1] for row in rows[CLOCKS.name]] == ["tier:2"]
    assert [line.seq for line in await model.timeline("C1")] == [1, 2]
    assert await model.timeline("C1", after=1) == [entry(2)]


async def test_repeat_changes_nothing(model: ReadModel, engine: AsyncEngine) -> None:
    same = projection(seq=1, tasks=(task(),), entries=(entry(1),))
    assert await model.write(same)
    before = await standing(engine)
    assert not await model.write(same)
    assert await standing(engine) == before


async def test_latecomer_changes_nothing_but_adds_the_lines_that_are_missing(model: ReadModel) -> None:
    await model.write(projection(seq=3, at=NOW + 2, entries=(entry(3),), status="closed", tasks=(task(2),)))
    assert not await model.write(projection(seq=2, at=NOW + 1, entries=(entry(1), entry(2)), tasks=(task(1),)))
    row = await model.case("C1")
    assert row is not None
    assert (row.status, row.seq) == ("closed", 3)
    assert [line.seq for line in await model.timeline("C1")] == [1, 2, 3]


async def test_workflow_that_was_reset_is_the_truth_though_it_has_fewer_lines(model: ReadModel) -> None:
    await model.write(projection(seq=9, at=NOW, status="closed"))
    assert await model.write(projection(seq=5, at=NOW + 1, status="in_progress"))


async def test_zero_characters_are_no_obstacle(model: ReadModel) -> None:
    await model.write(projection(subject="a\x00b", entries=(entry(1, text="c\x00d", facts={"said": "e\x00f"}),)))
    row = await model.case("C1")
    assert row is not None
    assert row.subject == "a\ufffdb"
    assert [(line.text, line.facts) for line in await model.timeline("C1")] == [("c\ufffdd", {"said": "e\x00f"})]


@given(life=lives(), order=st.randoms(use_true_random=False), twice=st.lists(st.integers(0, 5), max_size=4))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_and_repetition_ends_in_the_newest(
    model: ReadModel, engine: AsyncEngine, life: list[Projection], order: Any, twice: list[int]
) -> None:
    await empty(engine)
    for one in life:
        await model.write(one)
    in_order = await standing(engine)
    await empty(engine)
    shuffled = life + [life[number % len(life)] for number in twice]
    order.shuffle(shuffled)
    for one in shuffled:
        await model.write(one)
    assert await standing(engine) == in_order
    newest = await model.case("C1")
    assert newest is not None
    assert (newest.seq, newest.at, newest.status) == (life[-1].seq, life[-1].at, life[-1].case.status)


async def test_writers_at_once_end_in_the_newest(engine: AsyncEngine) -> None:
    engines = [engine, *(open_database(engine.url.render_as_string(hide_password=False)) for _ in range(3))]
    models = [ReadModel(one) for one in engines]
    batches = [
        [
            projection(f"C{case}", seq=turn, at=NOW + turn, tasks=(task(turn),), entries=(entry(turn),))
            for case in range(5)
        ]
        for turn in range(1, 13)
    ]
    written = await asyncio.gather(
        *(models[number % 4].write_all(batch[:: 1 if number % 2 else -1]) for number, batch in enumerate(batches))
    )
    rows = await standing(engine)
    assert sorted((row[0], row[1]) for row in rows[CASES.name]) == [(f"C{case}", 12) for case in range(5)]
    assert sorted((row[0], row[1]) for row in rows[TASKS.name]) == [(f"C{case}", "T12") for case in range(5)]
    assert len(rows[TIMELINE.name]) == 60
    assert 5 <= sum(written) <= 60
    for one in engines[1:]:
        await one.dispose()


async def test_batch_is_written_whole_or_not_at_all(model: ReadModel) -> None:
    broken = projection("C2").model_copy(update={"seq": None})
    with pytest.raises(Exception, match=r"(?i)null|none"):
        await model.write_all([projection("C1"), broken])
    assert await model.case("C1") is None
