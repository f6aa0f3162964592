"""Following what changes: at once, from where somebody was, and never in anybody else's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from activities.store.database import open_database
from readmodel.migrating import migrate
from readmodel.model import ReadModel
from readmodel.rows import Change
from starter import live
from starter.live import LiveChanges, Look
from tests.readmodel.projections import projection

SOON = 0.01


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[ReadModel]:
    engine = open_database(f"sqlite+aiosqlite:///{tmp_path}/rows.db")
    await migrate(engine)
    yield ReadModel(engine)
    await engine.dispose()


def named(look: Look) -> list[str]:
    return [change.case_id for change in look.changes]


async def test_follower_hears_of_a_change_as_soon_as_it_is_written(model: ReadModel) -> None:
    await model.write(projection("C0"))
    async with aclosing(LiveChanges(model, every=SOON).follow(None, 10)) as looks:
        assert named(await anext(looks)) == []
        for case_id in ("C1", "C2"):
            await model.write(projection(case_id))
            assert named(await anext(looks)) == [case_id]


async def test_who_comes_back_hears_first_what_happened_meanwhile(model: ReadModel) -> None:
    await model.write(projection("C0"))
    changes = LiveChanges(model, every=SOON)
    async with aclosing(changes.follow(None, 10)) as looks:
        place = (await anext(looks)).number
    for case_id in ("C1", "C2"):
        await model.write(projection(case_id))
    found = [look async for look in changes.follow(place, 0)]
    assert [(named(look), look.missed) for look in found] == [(["C1", "C2"], False)]
    assert [named(look) async for look in changes.follow(found[0].changes[0].number, 0)] == [["C2"]]


async def test_who_follows_from_what_was_newest_misses_nothing_that_came_before_they_followed(model: ReadModel) -> None:
    changes = LiveChanges(model, every=SOON)
    assert await changes.newest() == 0
    await model.write(projection("C0"))
    drawn = await changes.newest()
    await model.write(projection("C1"))
    async with aclosing(changes.follow(drawn, 10)) as looks:
        assert named(await anext(looks)) == ["C1"]
        drawn = await changes.newest()
        await model.write(projection("C2"))
        assert named(await anext(looks)) == ["C2"]
        assert [named(look) async for look in changes.follow(drawn, 0)] == [["C2"]]


@pytest.mark.parametrize("place", [1, 2**62])
async def test_who_was_away_for_too_long_is_told_that_they_missed_something(model: ReadModel, place: int) -> None:
    for number in range(5):
        await model.write(projection(f"C{number}"))
    [look] = [look async for look in LiveChanges(model, kept=2).follow(place, 0)]
    assert (look.missed, look.changes, look.number) == (True, (), await model.newest_change())


async def test_follower_who_is_slow_holds_up_nobody_and_misses_what_is_not_kept(model: ReadModel) -> None:
    changes = LiveChanges(model, every=SOON, kept=3)
    async with aclosing(changes.follow(None, 10)) as slow, aclosing(changes.follow(None, 10)) as quick:
        await anext(slow)
        await anext(quick)
        for number in range(6):
            await model.write(projection(f"C{number}"))
            assert named(await anext(quick)) == [f"C{number}"]
        assert (await anext(slow)).missed
        await model.write(projection("C9"))
        assert named(await anext(slow)) == ["C9"]


async def test_stream_ends_after_its_time_and_when_everybody_is_sent_away(
    model: ReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AROUND", SOON)
    changes = LiveChanges(model, every=SOON)
    assert 2 <= len([look async for look in changes.follow(None, 0.3)]) <= 40
    async with aclosing(changes.follow(None, 10)) as looks:
        await anext(looks)
        changes.close()
        assert [look async for look in looks] == []
    assert [look async for look in changes.follow(None, 10)] == []


async def test_database_that_goes_away_is_waited_for(model: ReadModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AGAIN_AFTER", SOON)
    failed, right = asyncio.Event(), model.changes

    async def away(after: int, *, limit: int = 500) -> list[Change]:
        if not failed.is_set():
            failed.set()
            raise OperationalError("select", {}, Exception("gone"))
        return await right(after, limit=limit)

    async with aclosing(LiveChanges(model, every=SOON).follow(None, 10)) as looks:
        await anext(looks)
        monkeypatch.setattr(model, "changes", away)
        await failed.wait()
        await model.write(projection("C1"))
        assert named(await anext(looks)) == ["C1"]


async def test_nothing_is_read_when_nobody_follows(model: ReadModel, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = LiveChanges(model, every=SOON)
    async with aclosing(changes.follow(None, 10)) as looks:
        await anext(looks)
    asked = 0
    right = model.changes

    async def counted(after: int, *, limit: int = 500) -> list[Change]:
        nonlocal asked
        asked += 1
        return await right(after, limit=limit)

    monkeypatch.setattr(model, "changes", counted)
    await asyncio.sleep(5 * SOON)
    assert asked == 0
