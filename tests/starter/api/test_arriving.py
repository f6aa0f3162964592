"""Whoever says that they take new work is told to the tasks that wait for somebody, and to no others."""

from __future__ import annotations

from typing import Any, cast

import pytest
from temporalio.client import Client

from domain.assignment.duty import Presence
from domain.errors import WrongStatusError
from starter.arriving import say_presence
from starter.doors import Doors, Store
from tests.domain.assigning import pushing
from tests.readmodel.projections import projection, task
from tests.starter.command_line import ListeningService

WAITING: dict[str, tuple[Any, ...]] = {
    "CCAMEAAAAAAAA2": (task(1), task(2, state="reserved", owner="vip-1")),
    "CCAMEAAAAAAAA3": (task(1, team="legal"),),
    "CCAMEAAAAAAAA4": (task(1, due=1),),
}
PUSHED = pushing(push={"quality": {}, "vip": {}})


@pytest.fixture
async def told(store: Store) -> ListeningService:
    for case_id, tasks in WAITING.items():
        teams = tuple(one if one.team == "legal" else one.model_copy(update={"team": "quality"}) for one in tasks)
        await store.readmodel.write(projection(case_id, tasks=teams))
    return ListeningService()


def doors(store: Store, service: ListeningService) -> Doors:
    return Doors(store.settings, store, cast(Client, None), service)


async def test_tasks_that_wait_in_teams_that_push_hear_of_whoever_comes(store: Store, told: ListeningService) -> None:
    await say_presence(doors(store, told), PUSHED, "quality-01", Presence.AVAILABLE)
    assert told.queries == ["T1 of CCAMEAAAAAAAA4", "T1 of CCAMEAAAAAAAA2"]


@pytest.mark.parametrize(("person", "state"), [("quality-01", "busy"), ("legal-01", "available"), ("x", "available")])
async def test_nobody_hears_of_who_takes_nothing_or_takes_from_a_queue(
    store: Store, told: ListeningService, person: str, state: str
) -> None:
    await say_presence(doors(store, told), PUSHED, person, Presence(state))
    assert told.queries == []


async def test_case_that_is_over_by_then_is_no_failure(store: Store, told: ListeningService) -> None:
    told.refuses = lambda _: WrongStatusError("over")
    await say_presence(doors(store, told), PUSHED, "quality-01", Presence.AVAILABLE)
    assert told.queries == []
