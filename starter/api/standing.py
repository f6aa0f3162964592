"""Whether the house stands: alive for whoever restarts it, ready for whoever sends it requests."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from starter.api.answers import Standing, problems
from starter.api.guarded import GuardedRoute
from starter.api.house import House, OurHouse
from starter.refusals import UnavailableError

ANSWERS_WITHIN = 2.0
"""Seconds that store and server get to say that they are there."""

router = APIRouter(route_class=GuardedRoute, tags=["standing"])


@router.get("/health", operation_id="health")
@router.head("/health", name="health", include_in_schema=False)
async def health() -> Standing:
    """This process answers."""
    return Standing(status="ok")


@router.get("/ready", operation_id="ready", responses=problems(503))
@router.head("/ready", name="ready", include_in_schema=False)
async def ready(house: OurHouse) -> Standing:
    """The store and Temporal answer, too."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            await asyncio.gather(_store(house), _temporal(house))
    except (SQLAlchemyError, OSError, TimeoutError):
        raise UnavailableError("the store does not answer", part="store") from None
    except RPCError:
        raise UnavailableError("Temporal does not answer", part="temporal") from None
    return Standing(status="ok")


async def _store(house: House) -> None:
    async with house.doors.store.engine.connect() as connection:
        await connection.execute(select(1))


async def _temporal(house: House) -> None:
    within = timedelta(seconds=ANSWERS_WITHIN)
    if not await house.doors.client.service_client.check_health(timeout=within):
        raise UnavailableError("Temporal does not answer", part="temporal")
