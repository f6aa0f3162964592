"""Writing what cases show: gathered, never in anybody's way, and through whatever the database does meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError
from structlog.testing import capture_logs

from activities.projection import writer as writers
from activities.projection.writer import AT_ONCE, ProjectionWriter
from domain.projection import Projection
from tests.readmodel.projections import NOW, entry, projection

LOCKED = OperationalError("insert", {}, Exception("database is locked"))


class Shelf:
    """A read model that keeps what it was given, and fails as often as it was told to."""

    def __init__(self, *failures: Exception) -> None:
        self.batches: list[list[Projection]] = []
        self.failures = list(failures)
        self.unfit: set[str] = set()
        self.begun = 0
        self.open = asyncio.Event()
        self.open.set()

    async def write_all(self, projections: Sequence[Projection]) -> int:
        self.begun += 1
        await self.open.wait()
        if self.failures:
            raise self.failures.pop(0)
        if self.unfit & {one.case.case_id for one in projections}:
            raise DataError("insert", {}, Exception("no such number"))
        self.batches.append(list(projections))
        return len(projections)

    @property
    def written(self) -> list[tuple[str, int]]:
        return [(one.case.case_id, one.seq) for batch in self.batches for one in batch]

    async def holds(self, count: int) -> None:
        for _ in range(1_000):
            if len(self.written) >= count:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"only {self.written}")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "FIRST_PAUSE", 0.02)


async def test_turns_of_a_case_are_gathered_into_its_newest_with_all_lines() -> None:
    shelf = Shelf()
    writer = ProjectionWriter(shelf, gather=0.05)
    async with writer.writing():
        writer.take(projection(seq=2, at=NOW + 2, entries=(entry(2),)))
        writer.take(projection(seq=1, at=NOW + 1, entries=(entry(1),)))
        writer.take(projection("C2", seq=1))
        await shelf.holds(2)
    assert [[(one.case.case_id, one.seq) for one in batch] for batch in shelf.batches] == [[("C1", 2), ("C2", 1)]]
    assert [line.seq for line in shelf.batches[0][0].entries] == [1, 2]


async def test_taking_neither_waits_nor_fails_while_the_database_hangs() -> None:
    shelf = Shelf()
    shelf.open.clear()
    writer = ProjectionWriter(shelf, gather=0.001)
    async with writer.writing():
        writer.take(projection("C0"))
        await asyncio.sleep(0.02)
        threads = [threading.Thread(target=writer.take, args=(projection(f"C{n}"),)) for n in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(1)
            assert not thread.is_alive()
        shelf.open.set()
        await shelf.holds(9)
    assert sorted(shelf.written) == [(f"C{n}", 1) for n in range(9)]


@pytest.mark.parametrize(
    "failure", [LOCKED, ProgrammingError("x", {}, Exception("no table")), ConnectionRefusedError(), TimeoutError()]
)
async def test_what_cannot_be_written_waits_until_the_database_is_back(failure: Exception) -> None:
    shelf = Shelf(failure, failure)
    writer = ProjectionWriter(shelf, gather=0.001)
    with capture_logs() as logs:
        async with writer.writing():
            writer.take(projection(seq=1, entries=(entry(1),)))
            await asyncio.sleep(0.01)
            writer.take(projection(seq=2, at=NOW + 1, entries=(entry(2),)))
            await shelf.holds(1)
    assert shelf.written == [("C1", 2)]
    assert [line.seq for line in shelf.batches[0][0].entries] == [1, 2]
    assert [log["event"] for log in logs] == ["read_model_away"]


async def test_one_that_cannot_be_written_at_all_keeps_no_other_out() -> None:
    shelf = Shelf()
    shelf.unfit = {"C2"}
    writer = ProjectionWriter(shelf, gather=0.001)
    with capture_logs() as logs:
        async with writer.writing():
            for number in range(1, 4):
                writer.take(projection(f"C{number}"))
            await shelf.holds(2)
    assert shelf.written == [("C1", 1), ("C3", 1)]
    assert [(log["event"], log["case_id"]) for log in logs] == [("projection_refused", "C2")]


async def test_many_cases_are_written_in_batches() -> None:
    shelf = Shelf()
    writer = ProjectionWriter(shelf, gather=0.01)
    async with writer.writing():
        for number in range(2 * AT_ONCE + 1):
            writer.take(projection(f"C{number}"))
        await shelf.holds(2 * AT_ONCE + 1)
    assert [len(batch) for batch in shelf.batches] == [AT_ONCE, AT_ONCE, 1]


async def test_what_waits_is_written_before_the_end() -> None:
    shelf = Shelf()
    writer = ProjectionWriter(shelf, gather=60)
    async with writer.writing():
        writer.take(projection())
    assert shelf.written == [("C1", 1)]


async def test_write_under_way_is_let_finish_at_the_end() -> None:
    shelf = Shelf()
    shelf.open.clear()
    writer = ProjectionWriter(shelf, gather=0.001)
    async with writer.writing():
        writer.take(projection())
        await asyncio.sleep(0.02)
        asyncio.get_running_loop().call_later(0.05, shelf.open.set)
    assert shelf.batches == [[projection()]]
    assert shelf.begun == 1


async def test_end_does_not_wait_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "LAST_WORDS", 0.05)
    shelf = Shelf()
    shelf.open.clear()
    writer = ProjectionWriter(shelf, gather=0.001)
    with capture_logs() as logs:
        async with asyncio.timeout(2), writer.writing():
            writer.take(projection())
            await asyncio.sleep(0.02)
    assert [(log["event"], log["cases"]) for log in logs] == [("projections_not_written", 1)]


async def test_write_that_hangs_is_given_up_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "WITHIN", 0.02)
    shelf = Shelf()
    shelf.open.clear()
    writer = ProjectionWriter(shelf, gather=0.001)
    async with writer.writing():
        writer.take(projection())
        await asyncio.sleep(0.06)
        shelf.open.set()
        await shelf.holds(1)
    assert shelf.written == [("C1", 1)]


async def test_of_too_many_the_oldest_give_up_their_place() -> None:
    shelf = Shelf()
    writer = ProjectionWriter(shelf, gather=60, most_waiting=3)
    with capture_logs() as logs:
        async with writer.writing():
            for number in range(5):
                writer.take(projection(f"C{number}"))
    assert shelf.written == [("C2", 1), ("C3", 1), ("C4", 1)]
    assert [log["event"] for log in logs] == ["projections_given_up"] * 2


async def test_taking_after_the_loop_has_gone_is_no_failure() -> None:
    def in_a_loop_that_ends() -> ProjectionWriter:
        async def make() -> ProjectionWriter:
            return ProjectionWriter(Shelf())

        return asyncio.run(make())

    writer = await asyncio.to_thread(in_a_loop_that_ends)
    writer.take(projection())
