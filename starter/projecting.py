"""What a worker's cases show, on its way into the read model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from activities.projection.writer import ProjectionWriter
from activities.store.database import open_database
from readmodel.model import ReadModel
from runtime.projected import take_no_more, take_projections
from runtime.settings import Settings
from starter.figures.keeping import FactKeeper


@asynccontextmanager
async def projecting(settings: Settings) -> AsyncIterator[ProjectionWriter]:
    """Write into the read model what the cases of this process show, until the context ends."""
    # Connections of its own: no activity waits for one that the read model has.
    engine = open_database(settings.database, connections=2)
    writer = ProjectionWriter(ReadModel(engine))
    take_projections(settings.task_queue, writer.take)
    counting = asyncio.create_task(FactKeeper(engine).keep_counting())
    try:
        async with writer.writing():
            yield writer
    finally:
        take_no_more(settings.task_queue, writer.take)
        counting.cancel()
        with suppress(asyncio.CancelledError):
            await counting
        await engine.dispose()
