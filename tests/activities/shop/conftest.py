"""The shops that the contracts are tested on. An adapter for another shop joins the parameters with its `Stage`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.activities.shop.medusa_stage import MedusaStage, Stockroom
from tests.activities.shop.stage import EmbeddedStage, Stage
from tests.conftest import on_medusa
from tests.medusa.shop import Shop


@pytest.fixture(params=["embedded_sqlite", "embedded_postgres", pytest.param("real_medusa", marks=on_medusa())])
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


@pytest.fixture(scope="session")
def stockroom(medusa: Shop) -> Stockroom:
    """What the one Medusa of the test run sells."""
    return Stockroom(medusa)


@pytest.fixture
async def real_medusa(medusa: Shop, stockroom: Stockroom, sqlite_engine: AsyncEngine) -> AsyncIterator[MedusaStage]:
    """A real Medusa, with an empty record of ours."""
    stage = MedusaStage(medusa, stockroom, sqlite_engine)
    yield stage
    await stage.aclose()
