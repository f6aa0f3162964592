"""The shops that the contracts are tested on. An adapter for another shop joins the parameters with its `Stage`."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.activities.shop.stage import EmbeddedStage, Stage


@pytest.fixture(params=["embedded_sqlite", "embedded_postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """A shop of each kind in turn."""
    opened: Stage = request.getfixturevalue(request.param)
    return opened


@pytest.fixture
def embedded_sqlite(sqlite_engine: AsyncEngine) -> EmbeddedStage:
    """The embedded shop in SQLite."""
    return EmbeddedStage(sqlite_engine)


@pytest.fixture
def embedded_postgres(postgres_engine: AsyncEngine) -> EmbeddedStage:
    """The embedded shop in PostgreSQL."""
    return EmbeddedStage(postgres_engine)
