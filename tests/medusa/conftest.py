"""A connection to the shop for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.medusa.counter import Counter
from tests.medusa.shop import Shop


@pytest.fixture
def counter(medusa: Shop) -> Iterator[Counter]:
    """Somebody who knows the shop."""
    with medusa.admin() as admin:
        yield Counter(medusa, admin)
