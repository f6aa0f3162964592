"""The ground on which everything is measured: a server, a store with a published policy, and the service over both."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.archive.timeline import TimelineArchive
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.openings.register import OpeningRegister
from activities.orders.directory import embedded_directory
from activities.policies.archive import PolicyArchive
from activities.shop.events import ShopEvents
from activities.store.database import create_tables, open_database
from bench.programs import BARE, DevServer, WorkerProcess
from domain.people import Actor, CustomerProfile, DeliveryChannel, Role
from domain.policy import Policy
from runtime.connection import register_search_attributes
from runtime.settings import Settings
from starter.case_service import CaseService

ANSWERED_WITHIN = timedelta(seconds=60)
"""How long a case may take to answer; none takes as long, unless something is broken."""

CUSTOMER = Actor(id="K000001", role=Role.CUSTOMER)


@dataclass
class Ground:
    """Server, store and service; workers are started by those who measure them."""

    home: Path
    server: DevServer
    client: Client
    engine: AsyncEngine
    customers: EmbeddedCustomerDirectory
    policy: Policy
    version: str
    store_url: str = ""

    def environment(self, task_queue: str, **settings: str) -> dict[str, str]:
        """The environment of a worker on this ground; `settings` are lower-case names of `Settings`."""
        own = {"home": str(self.home), "task_queue": task_queue, "policy": self.policy.name}
        own |= {"store_url": self.store_url, **settings}
        return {
            "TEMPORAL_ADDRESS": self.server.address,
            **{f"DUECOURSE_{name.upper()}": value for name, value in own.items()},
        }

    def worker(self, module: str, **settings: str) -> WorkerProcess:
        """A worker of ours or of the bare workflows, not started yet."""
        return WorkerProcess(module, self.home, self.environment(self.queue(module), **settings))

    @staticmethod
    def queue(module: str) -> str:
        """The task queue of a worker module."""
        return "bare" if module == BARE else "ours"

    def service(self) -> CaseService:
        """The service that every door uses, over this ground."""
        return CaseService(
            self.client,
            task_queue=self.queue(""),
            openings=OpeningRegister(self.engine),
            policies=PolicyArchive(self.engine),
            customers=self.customers,
            orders=embedded_directory(self.engine),
            archive=TimelineArchive(self.engine),
            policy=self.policy.name,
        )

    async def news_is_out(self) -> None:
        """Wait until the cases have been told all that happened at the shop."""
        events = ShopEvents(self.engine)
        while await events.untold(limit=1):
            await asyncio.sleep(0.01)

    async def register(self, customer_id: str) -> None:
        """Make a customer known, reachable in every way."""
        addresses = dict.fromkeys(DeliveryChannel, f"{customer_id}@example.invalid")
        await self.customers.register(Registration(profile=CustomerProfile(id=customer_id), addresses=addresses))


@asynccontextmanager
async def running_ground(policy: Policy, store_url: str = "") -> AsyncIterator[Ground]:
    """A fresh server and store in a temporary folder, with this policy published and one customer.

    `store_url` is that of an empty database elsewhere; without it the store is a SQLite file in the folder.
    """
    with tempfile.TemporaryDirectory(prefix="duecourse-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        server = DevServer(home)
        server.start()
        engine = open_database(Settings(home=home, store_url=store_url).database, connections=10)
        try:
            client = await server.client()
            await register_search_attributes(client)
            await create_tables(engine)
            await PolicyArchive(engine).publish(policy.version, policy.name, policy.model_dump_json())
            customers = EmbeddedCustomerDirectory(engine)
            ground = Ground(home, server, client, engine, customers, policy, policy.version, store_url)
            await ground.register(CUSTOMER.id)
            yield ground
        finally:
            await engine.dispose()
            server.stop()
