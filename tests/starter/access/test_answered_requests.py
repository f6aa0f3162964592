"""Requests that no case remembers are answered once."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.errors import RequestIdReusedError
from starter.api.once import KEPT, AnsweredRequests
from tests.starter.access.conftest import MovedClock


class Body(BaseModel):
    subject: str = "It leaks"


@pytest.fixture
def answered(engine: AsyncEngine, clock: MovedClock) -> AnsweredRequests:
    return AnsweredRequests(engine, clock=clock)


async def test_answer_is_given_again_and_the_first_one_counts(answered: AnsweredRequests) -> None:
    assert await answered.before("shop", "k", "open", Body()) is None
    assert await answered.before("shop", "k", "open", Body()) is None
    assert await answered.remember("shop", "k", "first") == "first"
    assert await answered.remember("shop", "k", "second") == "first"
    assert await answered.before("shop", "k", "open", Body()) == "first"
    assert await answered.before("crm", "k", "open", Body()) is None


async def test_request_that_comes_twice_at_once_is_done_once(answered: AnsweredRequests) -> None:
    done: list[str] = []

    async def do() -> str:
        await asyncio.sleep(0)
        done.append("once")
        return f"answer {len(done)}"

    answers = await asyncio.gather(*(answered.once("shop", "k", "open", Body(), do) for _ in range(5)))
    assert (done, set(answers)) == (["once"], {"answer 1"})


async def test_request_that_came_to_nothing_is_done_by_whoever_waited(answered: AnsweredRequests) -> None:
    async def fails() -> str:
        await asyncio.sleep(0)
        raise ConnectionError

    async def does() -> str:
        return "done"

    failed, answer = await asyncio.gather(
        answered.once("shop", "k", "open", Body(), fails),
        answered.once("shop", "k", "open", Body(), does),
        return_exceptions=True,
    )
    assert isinstance(failed, ConnectionError)
    assert answer == "done"


@pytest.mark.parametrize(("route", "body"), [("open", Body(subject="other")), ("close", Body())])
async def test_key_with_other_content_is_refused(answered: AnsweredRequests, route: str, body: Body) -> None:
    await answered.before("shop", "k", "open", Body())
    with pytest.raises(RequestIdReusedError):
        await answered.before("shop", "k", route, body)


async def test_old_answers_go_and_younger_ones_stay(answered: AnsweredRequests, clock: MovedClock) -> None:
    await answered.before("shop", "old", "open", Body())
    clock.now += KEPT
    await answered.before("shop", "young", "open", Body())
    clock.now += 1
    assert await answered.forget_old() == 1
    with pytest.raises(RequestIdReusedError):
        await answered.before("shop", "young", "open", Body(subject="other"))
