"""A ground whose clocks are virtual, for what takes hours: server, our worker and the bare one in this process."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from activities.archive.timeline import TimelineArchive
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.openings.register import OpeningRegister
from activities.orders.directory import embedded_directory
from activities.policies.archive import PolicyArchive
from activities.store.database import create_tables, open_database
from bench.bare import BareUpdatesWorkflow
from bench.ground import CUSTOMER
from domain.people import CustomerProfile, DeliveryChannel
from domain.policy import Policy
from runtime.connection import register_search_attributes
from runtime.plugin import duecourse_plugin
from runtime.settings import Settings
from starter.case_service import CaseService
from starter.temporal_binary import temporal_executable
from starter.wiring import Adapters, activities_for
from worker import running_worker

BARE_QUEUE = "bare"

VIRTUAL_CLOCK = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="1ms"',
    "history.timerProcessorMaxPollRPS=2000",
    'history.workflowIdReuseMinimalInterval="-87600h"',
)
"""Without the second and third each skip would cost a second instead of 0.04.

The fourth is about continued runs (server 1.32): what was skipped counts twice in the time at which they say they
started, so from the third on they seem to end before they began, and the next one's first task is held back.
"""


@dataclass
class VirtualGround:
    """A server on which only `env.fast_forward` moves time."""

    env: WorkflowEnvironment
    client: Client
    service: CaseService


@asynccontextmanager
async def virtual_ground(policy: Policy) -> AsyncIterator[VirtualGround]:
    """Everything in one process, with this policy published and one customer."""
    env = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False, max_session_skip_count=100_000),
        dev_server_existing_path=temporal_executable(),
        dev_server_extra_args=[word for setting in VIRTUAL_CLOCK for word in ("--dynamic-config-value", setting)],
        dev_server_log_level="error",
        plugins=[duecourse_plugin()],
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        settings = Settings(_env_file=None, home=Path(home), policy=policy.name, task_queue="ours")
        engine = open_database(settings.database)
        customers, policies = EmbeddedCustomerDirectory(engine), PolicyArchive(engine)
        async with env:
            await register_search_attributes(env.client)
            await create_tables(engine)
            await policies.publish(policy.version, policy.name, policy.model_dump_json())
            addresses = dict.fromkeys(DeliveryChannel, f"{CUSTOMER.id}@example.invalid")
            await customers.register(Registration(profile=CustomerProfile(id=CUSTOMER.id), addresses=addresses))
            service = CaseService(
                env.client,
                task_queue=settings.task_queue,
                openings=OpeningRegister(engine),
                policies=policies,
                customers=customers,
                orders=embedded_directory(engine),
                archive=TimelineArchive(engine),
                policy=policy.name,
            )
            bare = Worker(
                env.client,
                task_queue=BARE_QUEUE,
                workflows=[BareUpdatesWorkflow],
                activities=activities_for(settings, engine, env.client, Adapters(settings, engine)),
            )
            async with running_worker(settings, env.client), bare:
                yield VirtualGround(env, env.client, service)
        await engine.dispose()
