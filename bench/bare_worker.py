"""A worker for the bare workflows: the same store, adapters, activities, sandbox and settings as ours."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta

import structlog
from temporalio.worker import Worker

from activities.policies.archive import PolicyArchive
from activities.store.database import create_tables, open_database
from bench.bare import BareComplaintWorkflow, BareUpdatesWorkflow
from bench.bare_change import BareOrderChangeWorkflow
from bench.bare_return import BareReturnWorkflow
from runtime.connection import connect
from runtime.logs import configure_logs, telemetry
from runtime.settings import Settings
from starter.policy_loader import PolicyLoader
from starter.wiring import Adapters, activities_for
from worker import COLLECT_AFTER, READY

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Run until killed; a bench has no need of grace."""
    client = await connect(settings, runtime=telemetry())
    engine = open_database(settings.database, connections=10)
    await create_tables(engine)
    await PolicyLoader(PolicyArchive(engine)).load_all()
    async with Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[BareComplaintWorkflow, BareOrderChangeWorkflow, BareReturnWorkflow, BareUpdatesWorkflow],
        activities=activities_for(settings, engine, client, Adapters(settings, engine)),
        max_cached_workflows=settings.open_cases,
        max_concurrent_activities=settings.activity_slots,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.sticky_timeout),
    ):
        log.info(READY, task_queue=settings.task_queue)
        await asyncio.Event().wait()


def main() -> None:
    """Start with the settings of the environment."""
    settings = Settings()
    configure_logs(settings.log_format, settings.log_level)
    gc.set_threshold(*COLLECT_AFTER)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
