"""One server for the run, one world for each module; each test opens cases of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.policy import Policy
from starter.policies.publish import publishable
from tests.changes import Shop
from tests.histories.recording import record
from tests.world import World, running_world, time_skipping_server


@pytest.fixture(scope="session")
async def virtual_time() -> AsyncIterator[WorkflowEnvironment]:
    async with time_skipping_server() as env:
        yield env


@pytest.fixture(scope="session")
def charter() -> Policy:
    return publishable("charter").policy


@pytest.fixture(scope="module")
async def shared_world(
    virtual_time: WorkflowEnvironment, charter: Policy, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with running_world(virtual_time, tmp_path_factory.mktemp("world"), charter) as world:
        yield world


@pytest.fixture
async def world(shared_world: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """The module's world; with RECORD=1 the histories of the cases that the test opened are kept."""
    shared_world.opened.clear()
    shared_world.others.clear()
    yield shared_world
    await record(request.node.name, shared_world)


@pytest.fixture
def changed(charter: Policy) -> Callable[..., Policy]:
    """The charter with other clock rules: `changed(status_update={"cadence": "fixed"})`."""

    def change(name: str = "changed", **clocks: dict[str, Any]) -> Policy:
        document = charter.model_dump(mode="json")
        document["name"] = name
        for kind, rule in clocks.items():
            document["complaint"]["clocks"][kind].update(rule)
        return Policy.model_validate(document)

    return change


@pytest.fixture
def own_world(virtual_time: WorkflowEnvironment, tmp_path: Path) -> Callable[..., Any]:
    """A world of its own for a test that needs another policy or other adapters."""

    def make(policy: Policy, **how: Any) -> Any:
        home = tmp_path / policy.name
        home.mkdir()
        return running_world(virtual_time, home, policy, **how)

    return make


@pytest.fixture
def shop(world: World) -> Shop:
    """The embedded shop of the module's world."""
    return Shop(world)
