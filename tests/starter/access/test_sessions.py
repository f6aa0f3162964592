"""Sessions: a token in the browser, its hash in the store, and two ends."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.store.access_tables import SESSIONS
from starter.access.sessions import IDLE, LASTS, Sessions
from tests.starter.access.conftest import MovedClock


@pytest.fixture
def sessions(engine: AsyncEngine, clock: MovedClock) -> Sessions:
    return Sessions(engine, clock=clock)


async def test_session_is_of_who_signed_in_until_they_sign_out(sessions: Sessions) -> None:
    token, other = await sessions.begin("online-01"), await sessions.begin("online-02")
    assert await sessions.staff_id(token) == "online-01"
    await sessions.end(token)
    assert await sessions.staff_id(token) is None
    assert await sessions.staff_id(other) == "online-02"
    assert await sessions.staff_id("made-up") is None


async def test_token_is_not_in_the_store(sessions: Sessions, engine: AsyncEngine) -> None:
    token = await sessions.begin("online-01")
    async with engine.connect() as connection:
        row = (await connection.execute(select(SESSIONS))).one()
    assert token not in str(row)
    assert await sessions.staff_id(row.token_hash) is None


async def test_session_that_is_not_used_is_over_after_half_an_hour(sessions: Sessions, clock: MovedClock) -> None:
    token = await sessions.begin("online-01")
    clock.now += IDLE
    assert await sessions.staff_id(token) is None


async def test_page_that_refreshes_itself_keeps_nobody_signed_in(sessions: Sessions, clock: MovedClock) -> None:
    token = await sessions.begin("online-01")
    clock.now += IDLE // 2
    assert await sessions.staff_id(token, used=False) == "online-01"
    clock.now += IDLE // 2
    assert await sessions.staff_id(token, used=False) is None


async def test_session_that_is_used_lasts_twelve_hours_and_no_longer(sessions: Sessions, clock: MovedClock) -> None:
    token, began = await sessions.begin("online-01"), clock.now
    while clock.now < began + LASTS - IDLE:
        clock.now += IDLE - 1
        assert await sessions.staff_id(token) == "online-01"
    clock.now = began + LASTS
    assert await sessions.staff_id(token) is None


async def test_person_is_signed_out_everywhere_at_once(sessions: Sessions) -> None:
    tokens = [await sessions.begin("online-01") for _ in range(2)]
    other = await sessions.begin("online-02")
    await sessions.end_all("online-01")
    assert [await sessions.staff_id(token) for token in (*tokens, other)] == [None, None, "online-02"]


async def test_sessions_that_are_over_go_when_somebody_signs_in(
    sessions: Sessions, engine: AsyncEngine, clock: MovedClock
) -> None:
    await sessions.begin("online-01")
    clock.now += LASTS
    await sessions.begin("online-02")
    async with engine.connect() as connection:
        assert (await connection.execute(select(SESSIONS.c.staff_id))).scalars().all() == ["online-02"]
