"""What more than one folder of tests needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.medusa.shop import Shop, running_shop

BRINGING_UP_S = 600


@pytest.fixture(scope="session")
def medusa() -> Iterator[Shop]:
    """A real Medusa, freshly seeded; the tests of one run share it, each with orders of its own."""
    with running_shop() as shop:
        yield shop


def on_medusa() -> list[pytest.MarkDecorator]:
    """What marks a test on the real Medusa: one process runs all of these, and the first waits for the installation."""
    return [pytest.mark.xdist_group("medusa"), pytest.mark.timeout(BRINGING_UP_S)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "medusa" in getattr(item, "fixturenames", ()):
            for mark in on_medusa():
                item.add_marker(mark)
