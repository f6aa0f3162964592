"""Comparing what is shown with what is so, and putting it right."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.database import open_database
from domain.projection import Projection
from domain.tasks import TaskState
from readmodel.comparing import Difference, differences
from readmodel.migrating import migrate, restore
from readmodel.model import ReadModel
from tests.readmodel.conftest import empty
from tests.readmodel.projections import NOW, clock, entry, lives, projection, task

RIGHT = projection(
    seq=2,
    tasks=(task(1), task(2)),
    clocks=(clock(1),),
    entries=(entry(1), entry(2)),
)


def with_case(**fields: object) -> Projection:
    return RIGHT.model_copy(update={"case": RIGHT.case.model_copy(update=fields)})


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (RIGHT, []),
        (RIGHT.model_copy(update={"at": NOW + 9}), []),
        (RIGHT.model_copy(update={"seq": 1}), [Difference("seq", 1, 2)]),
        (with_case(status="closed"), [Difference("status", "closed", "in_progress")]),
        (with_case(tasks=(task(1),)), [Difference("task T2", None, "there")]),
        (with_case(tasks=(task(2), task(1))), []),
        (with_case(tasks=(*RIGHT.case.tasks, task(3))), [Difference("task T3", "there", None)]),
        (
            with_case(tasks=(task(1, state=TaskState.RESERVED, owner="a"), task(2))),
            [Difference("task T1 state", "reserved", "ready"), Difference("task T1 owner", "a", None)],
        ),
        (with_case(clocks=(clock(1, due=NOW),)), [Difference("clock tier:1 due", NOW, None)]),
        (RIGHT.model_copy(update={"entries": (entry(1),)}), [Difference("entry 2", None, "task_offered")]),
        (
            RIGHT.model_copy(update={"entries": (entry(1), entry(2, what="other"), entry(3))}),
            [Difference("entry 2", "other", "task_offered"), Difference("entry 3", "task_offered", None)],
        ),
    ],
)
def test_differences_are_named_and_only_they(shown: Projection, expected: list[Difference]) -> None:
    assert differences(shown, RIGHT) == expected


def test_words_are_compared_as_the_database_keeps_them() -> None:
    odd = projection(subject="a\x00b", entries=(entry(1, text="c\x00d"),))
    kept = projection(subject="a\ufffdb", entries=(entry(1, text="c\ufffdd"),))
    assert differences(kept, odd) == []


@given(life=lives())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_was_written_whole_does_not_differ(
    model: ReadModel, engine: AsyncEngine, life: list[Projection]
) -> None:
    await empty(engine)
    for one in life:
        await model.write(one)
    lines = {line.seq: line for one in life for line in one.entries}
    whole = life[-1].model_copy(update={"entries": tuple(lines[seq] for seq in sorted(lines))})
    shown = await model.projection("C1")
    assert shown
    assert shown.version == whole.version
    assert differences(shown, whole) == []


async def test_wrong_row_is_replaced_even_by_what_is_older_and_stray_lines_go(model: ReadModel) -> None:
    wrong = projection(seq=9, at=NOW + 99, status="closed", entries=(entry(1, what="other"), entry(9)))
    await model.write(wrong)
    assert await model.replace(RIGHT, wrong.version)
    shown = await model.projection("C1")
    assert shown
    assert (shown.version, differences(shown, RIGHT)) == (RIGHT.version, [])


async def test_row_that_was_written_meanwhile_is_left_alone(model: ReadModel) -> None:
    await model.write(projection(seq=1, at=NOW))
    newer = projection(seq=5, at=NOW + 5, status="closed", entries=(entry(5),))
    await model.write(newer)
    assert not await model.replace(RIGHT, (NOW, 1))
    assert not await model.replace(RIGHT, None)
    assert await model.projection("C1") == newer


async def test_missing_case_is_put_in(model: ReadModel) -> None:
    assert await model.replace(RIGHT, None)
    shown = await model.projection("C1")
    assert shown
    assert differences(shown, RIGHT) == []


async def test_forgotten_case_leaves_nothing_behind(model: ReadModel) -> None:
    await model.write(RIGHT)
    await model.write(projection("C2", entries=(entry(1),)))
    await model.remove("C1")
    assert await model.projection("C1") is None
    assert await model.timeline("C1") == []
    assert await model.timeline("C2") == [entry(1)]


async def test_numbers_come_in_their_order_a_page_at_a_time(model: ReadModel) -> None:
    await model.write_all([projection(f"C{n}", open=n != 2) for n in range(5)])
    first = await model.open_by_id(limit=3)
    assert first == [("C0", True), ("C1", True), ("C2", False)]
    assert await model.open_by_id(after=first[-1][0], limit=3) == [("C3", True), ("C4", True)]


@pytest.mark.parametrize(
    "lost", [["shown_tasks"], ["shown_cases", "shown_case_teams", "shown_tasks", "shown_clocks", "shown_timeline"]]
)
async def test_deleted_tables_are_made_anew_and_whole_ones_left_alone(empty_url: str, lost: list[str]) -> None:
    engine = open_database(empty_url)
    await migrate(engine)
    model = ReadModel(engine)
    await model.write(RIGHT)
    assert not await restore(engine)
    assert await model.case("C1")
    async with engine.begin() as connection:
        for table in lost:
            await connection.execute(text(f"DROP TABLE {table}"))
    assert await restore(engine)
    assert await model.case("C1") is None
    assert await model.write(RIGHT)
    await engine.dispose()
