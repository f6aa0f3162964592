"""The worker: the composition root that plugs settings, store, adapters, activities and workflows together.

Nothing imports this module; it is started as a program, in any number, on as many machines as one likes.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.policies.archive import PolicyArchive
from activities.store.database import create_tables, open_database
from readmodel.migrating import migrate
from runtime.connection import connect, register_search_attributes
from runtime.gauges import watch_open_cases
from runtime.health import Health
from runtime.logs import configure_logs, telemetry
from runtime.settings import Settings
from starter.policy_loader import PolicyLoader
from starter.projecting import projecting
from starter.standing import keep_standing
from starter.wiring import Adapters, activities_for
from workflows.complaint import ComplaintWorkflow
from workflows.delivery import DeliveryProblemWorkflow
from workflows.digest import StaffDigestWorkflow
from workflows.events import EventRelayWorkflow, ReconcileWorkflow, SubscriberWorkflow
from workflows.order_change import OrderChangeWorkflow
from workflows.readmodel import ReadModelCheckWorkflow
from workflows.reports import ReportWorkflow
from workflows.returns import ReturnWorkflow

log = structlog.get_logger()

WORKFLOWS = [
    ComplaintWorkflow,
    OrderChangeWorkflow,
    ReturnWorkflow,
    DeliveryProblemWorkflow,
    StaffDigestWorkflow,
    EventRelayWorkflow,
    SubscriberWorkflow,
    ReconcileWorkflow,
    ReadModelCheckWorkflow,
    ReportWorkflow,
]

READY = "worker_ready"
"""The log event that says that the worker takes work; `duecourse up` waits for it."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds before a worker that lost its server begins again; doubled each time."""

STEADY = 60.0
"""A worker that ran this many seconds begins again with the first pause."""

COLLECT_AFTER = (20_000, 10, 50)
"""Thresholds of Python's garbage collector. By default it looks through all open cases so often that opening a case
takes a third longer when a thousand are open."""


@asynccontextmanager
async def plugged_worker(
    settings: Settings, client: Client, plug: Callable[[Settings, AsyncEngine], Adapters] = Adapters
) -> AsyncIterator[Worker]:
    """A worker with everything plugged in, to be run within the context."""
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings.database, connections=10)
    adapters = plug(settings, engine)
    loader = PolicyLoader(PolicyArchive(engine))
    try:
        await create_tables(engine)
        await migrate(engine)
        await adapters.ports.check()
        await loader.load_all()
        async with projecting(settings):
            yield Worker(
                client,
                task_queue=settings.task_queue,
                workflows=WORKFLOWS,
                activities=activities_for(settings, engine, client, adapters),
                max_cached_workflows=settings.open_cases,
                max_concurrent_activities=settings.activity_slots,
                sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.sticky_timeout),
                graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_grace),
            )
    finally:
        loader.close()
        await adapters.close()
        await engine.dispose()


@asynccontextmanager
async def running_worker(
    settings: Settings, client: Client, plug: Callable[[Settings, AsyncEngine], Adapters] = Adapters
) -> AsyncIterator[Worker]:
    """A worker with everything plugged in, polling until the context ends; then it drains within the grace time."""
    async with plugged_worker(settings, client, plug) as worker, worker:
        yield worker


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then hand over open work and stop.

    Raises:
        ValueError: the settings, or the search attributes of the namespace, cannot be worked with.
        OSError: nothing can listen at the address for its health.
    """
    stop, health = asyncio.Event(), Health()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with health.told(settings.health_address):
        await _until(stop, settings, health)


async def _until(stop: asyncio.Event, settings: Settings, health: Health) -> None:
    stopping = asyncio.create_task(stop.wait())
    working = asyncio.create_task(_keep_working(settings, stop, health))
    await asyncio.wait({stopping, working}, return_when=asyncio.FIRST_COMPLETED)
    log.info("worker_stopping")
    health.stop()
    stopping.cancel()
    # Drains a worker that polls, and breaks off at once what only waits for a server.
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    log.info("worker_stopped")


async def _keep_working(settings: Settings, stop: asyncio.Event, health: Health) -> None:
    """Work; when the server is away for longer than the SDK waits for it, say so and begin again after a while."""
    loop, runtime, pause = asyncio.get_running_loop(), telemetry(settings.metrics_address), FIRST_PAUSE
    # Asked again, because an error on the way out replaces the cancellation that ended the work.
    while not stop.is_set():
        began = loop.time()
        try:
            await _work(settings, runtime, health)
        except (RuntimeError, RPCError) as error:
            pause = FIRST_PAUSE if loop.time() - began > STEADY else pause
            log.warning("worker_begins_again", error=str(error), after_seconds=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _work(settings: Settings, runtime: Runtime, health: Health) -> None:
    client = await connect(settings, runtime=runtime)
    await register_search_attributes(client)
    await keep_standing(
        client,
        settings.task_queue,
        reconcile_every=timedelta(seconds=settings.reconcile_every),
        readmodel_check_every=timedelta(seconds=settings.readmodel_check_every),
        zone=settings.zone,
    )
    async with plugged_worker(settings, client) as worker:
        telling = asyncio.create_task(_tell(worker, settings))
        try:
            with health.of(worker):
                await worker.run()
        finally:
            telling.cancel()


async def _tell(worker: Worker, settings: Settings) -> None:
    """Say when the server has let the worker in, and from then on how many cases are open."""
    while not worker.is_running:  # noqa: ASYNC110 - the SDK has no event for it
        await asyncio.sleep(0.05)
    log.info(READY, task_queue=settings.task_queue, open_cases=settings.open_cases)
    if settings.metrics_address:
        await watch_open_cases(worker.client, settings.gauge_interval)


def main() -> None:
    """Start a worker with the settings of the environment."""
    settings = Settings()
    configure_logs(settings.log_format, settings.log_level)
    gc.set_threshold(*COLLECT_AFTER)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
