"""The board's counts: nobody waits for new ones, and however many look, they are counted once."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from readmodel.board import BoardRows, Cell, Load
from starter.counted import TOO_OLD, BoardBook


class Rows:
    """Counts how often it is asked; answers when it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.broken = False

    async def cells(self, at: int) -> list[Cell]:
        self.asked += 1
        await self.may_answer.wait()
        if self.broken:
            raise OSError("no database")
        return []

    async def loads(self) -> list[Load]:
        return []


def book(rows: Rows, fresh_for: float) -> BoardBook:
    times = iter(range(1, 100))
    return BoardBook(cast(BoardRows, rows), clock=lambda: next(times), fresh_for=fresh_for)


async def test_many_who_look_at_once_have_it_counted_once() -> None:
    rows = Rows()
    counted = book(rows, 60)
    assert {(await look)[0] for look in [counted.look() for _ in range(20)]} == {1}
    assert rows.asked == 1


async def test_first_who_look_wait_for_the_same_counts() -> None:
    rows = Rows()
    counted = book(rows, 60)
    looks = await asyncio.gather(*(counted.look() for _ in range(5)))
    assert ({at for at, _, _ in looks}, rows.asked) == ({1}, 1)


async def test_old_counts_are_shown_while_new_ones_are_made() -> None:
    rows = Rows()
    counted = book(rows, 0)
    assert (await counted.look())[0] == 1
    rows.may_answer.clear()
    await asyncio.sleep(0.01)
    assert [(await counted.look())[0] for _ in range(5)] == [1] * 5
    await asyncio.sleep(0)
    assert rows.asked == 2
    rows.may_answer.set()
    await asyncio.sleep(0.01)
    assert (await counted.look())[0] == 2


async def test_counts_that_cannot_be_made_anew_are_not_shown_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    counted = book(rows, 0)
    await counted.look()
    rows.broken = True
    await asyncio.sleep(0.01)
    assert (await counted.look())[0] == 1
    await asyncio.sleep(0.01)
    monkeypatch.setattr("starter.counted.TOO_OLD", -TOO_OLD)
    with pytest.raises(OSError, match="no database"):
        await counted.look()
