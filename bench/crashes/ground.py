"""A shop to be broken: PostgreSQL, Medusa, the wire between them, and the door that we come in by."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from activities.medusa.shop import SETTLING
from activities.shop_ports import ShopPorts, medusa_shop
from activities.store.database import create_tables, open_database
from bench.crashes.deeds import Prepared
from bench.crashes.door import Door
from bench.crashes.errands import Errand, Way
from bench.crashes.strike import Strike
from bench.crashes.wire import DatabaseWire
from starter.server import free_port
from tests.activities.shop.medusa_stage import MedusaStage, Stockroom
from tests.medusa.installing import PLACE
from tests.medusa.programs import MedusaServer
from tests.medusa.shop import Shop, prepared_cluster


@dataclass
class Ground:
    """The shop, and what we have of it.

    Attributes:
        stage: what happens at the shop without cases.
        ports: what our activities have.
    """

    server: MedusaServer
    wire: DatabaseWire
    door: Door
    stage: MedusaStage
    ports: ShopPorts
    database: str

    def errand(self, prepared: Prepared, way: Way) -> Errand:
        """What a worker is told."""
        return Errand(
            way=way,
            ask=prepared.ask,
            path=prepared.path,
            body=prepared.body,
            url=self.door.url,
            api_key=self.stage.medusa.api_key,
            database=self.database,
        )

    async def kill_shop(self, stopped: Iterable[Strike]) -> None:
        """Kill Medusa under the requests that were stopped, and under no other; start it again."""
        async with self.door.shut():
            self.server.kill()
            self.wire.cut()
            for strike in stopped:
                strike.over.set()
        await asyncio.to_thread(self.server.start)


@asynccontextmanager
async def running_ground() -> AsyncIterator[Ground]:
    """A freshly seeded shop that nobody else has, until the context ends.

    The first time, this installs Medusa and seeds a database: that takes a minute.
    """
    port = free_port()
    with prepared_cluster() as (cluster, seeds), cluster.running(port), tempfile.TemporaryDirectory() as home:
        wire = DatabaseWire(port)
        async with wire.open():
            log = Path(home) / "medusa.log"
            database = f"postgres://postgres@127.0.0.1:{wire.port}/postgres"
            server = MedusaServer(PLACE / "app", database, free_port(), log)
            door = Door(server.url, wire)
            try:
                await asyncio.to_thread(server.start)
                async with door.open():
                    shop = Shop(door.url, seeds.api_key, seeds.shelves, seeds.orders)
                    async with _ours(shop, Path(home)) as (stage, ports, store):
                        yield Ground(server, wire, door, stage, ports, store)
            finally:
                await asyncio.to_thread(server.stop)


@asynccontextmanager
async def _ours(shop: Shop, home: Path) -> AsyncIterator[tuple[MedusaStage, ShopPorts, str]]:
    store = f"sqlite+aiosqlite:///{home / 'store.db'}"
    engine = open_database(store)
    await create_tables(engine)
    stage = MedusaStage(shop, Stockroom(shop), engine)
    ports = medusa_shop(engine, shop.url, SecretStr(shop.api_key), SETTLING)
    try:
        yield stage, ports, store
    finally:
        await ports.aclose()
        await stage.aclose()
        await engine.dispose()
