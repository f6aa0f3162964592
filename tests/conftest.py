"""What more than one folder of tests needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

from tests.medusa.shop import Shop, running_shop
from tests.postgres_server import postgres_server

BRINGING_UP_S = 600
MEDUSA = "medusa"
BROWSER = "tests/browser/"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket folder of this run's PostgreSQL."""
    with postgres_server() as socket_folder:
        yield socket_folder


@pytest.fixture(scope="session")
def medusa() -> Iterator[Shop]:
    """A real Medusa, freshly seeded; the tests of one run share it, each with orders of its own."""
    with running_shop() as shop:
        yield shop


def on_medusa() -> list[pytest.MarkDecorator]:
    """What marks a test on the real Medusa: the first waits for the installation."""
    return [pytest.mark.timeout(BRINGING_UP_S)]


class OneOfEach(LoadGroupScheduling):  # type: ignore[misc]
    """Gives all tests on the real Medusa to one process, and all with a browser, so that each is brought up once.

    They are told by their names: xdist 3.8 writes groups into ids where pytest 9.2 no longer keeps them.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BROWSER):
            return BROWSER
        return MEDUSA if MEDUSA in nodeid.lower() else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneOfEach:
    return OneOfEach(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(BROWSER):
            item.add_marker(pytest.mark.timeout(BRINGING_UP_S))
        if MEDUSA in getattr(item, "fixturenames", ()):
            if MEDUSA not in item.nodeid.lower():
                raise pytest.UsageError(f"{item.nodeid} uses Medusa: say so in its name, or two are brought up")
            for mark in on_medusa():
                item.add_marker(mark)
