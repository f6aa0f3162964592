"""The API of a test's world, served over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from httpx import AsyncClient

from starter.access.accounts import Accounts
from starter.access.gate import Gate
from starter.access.keys import ApiKeys
from starter.access.limiting import Limiter
from starter.access.principals import Scope
from starter.access.sessions import Sessions
from starter.access.staff import StaffBook
from starter.api.app import make_app
from starter.api.guarded import SESSION_COOKIE
from starter.api.serving import listening, running
from starter.doors import Doors, open_store
from starter.page_links import page_links
from tests.world import World

NEVER = "1000000/second"


@dataclass
class ServedApi:
    """Where the API answers, and how somebody comes in."""

    address: str
    gate: Gate

    async def key(self, *scopes: Scope) -> str:
        """A key of a system, for everything if nothing is said."""
        return await self.gate.keys.create("shop", scopes or tuple(Scope))

    async def cookie(self, staff_id: str) -> str:
        """What the browser of somebody who has signed in sends."""
        await self.gate.accounts.create(staff_id, "correct horse battery")
        return f"{SESSION_COOKIE}={await self.gate.sessions.begin(staff_id)}"

    async def system(self) -> AsyncClient:
        """A system that calls."""
        return AsyncClient(base_url=self.address, headers={"Authorization": f"Bearer {await self.key()}"}, timeout=30)

    async def person(self, staff_id: str) -> AsyncClient:
        """Somebody of the staff who calls."""
        return AsyncClient(base_url=self.address, headers={"Cookie": await self.cookie(staff_id)}, timeout=30)


@asynccontextmanager
async def served(world: World) -> AsyncIterator[ServedApi]:
    """The API over this world."""
    async with open_store(world.settings) as store:
        limiter = Limiter(NEVER, wrong_keys=NEVER)
        keys, accounts, sessions = ApiKeys(store.engine), Accounts(store.engine), Sessions(store.engine)
        gate = Gate(keys, accounts, sessions, StaffBook(store), limiter, page_links(world.settings))
        doors = Doors(world.settings, store, world.client, world.service)
        with listening("127.0.0.1", 0) as opened:
            async with running(make_app(doors, gate), opened) as port:
                yield ServedApi(f"http://127.0.0.1:{port}", gate)
