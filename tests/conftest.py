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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "medusa" in getattr(item, "fixturenames", ()):
            # One process runs all of these, so that one shop is enough; its first test waits for the installation.
            item.add_marker(pytest.mark.xdist_group("medusa"))
            item.add_marker(pytest.mark.timeout(BRINGING_UP_S))
