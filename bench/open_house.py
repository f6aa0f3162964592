"""The embedded default as anybody runs it, in a folder of its own, with everybody let in who is to come."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from activities.customers.port import Registration
from bench.programs import Program
from bench.wishes import make_ready
from domain.people import CustomerProfile, DeliveryChannel
from runtime.settings import Settings
from starter.access.accounts import Accounts
from starter.access.keys import ApiKeys
from starter.access.principals import Scope
from starter.access.secrets import new_secret
from starter.doors import Store, open_store
from starter.server import free_port

CUSTOMERS, AGENTS, SUPERVISORS = 200, 20, 4
UP_WITHIN = 120.0
"""Seconds until the whole system must answer."""


@dataclass(frozen=True)
class House:
    """The running system as its visitors find it."""

    home: Path
    address: str
    key: str
    passwords: dict[str, str]


@asynccontextmanager
async def running_house(policy: str, wishes: int) -> AsyncIterator[House]:
    """The whole system, with people who may sign in, and so many orders to be changed and to be given back."""
    with tempfile.TemporaryDirectory(prefix="duecourse-load-", ignore_cleanup_errors=True) as folder:
        home, api = Path(folder), free_port()
        command = [sys.executable, "-c", "from starter.cli import main; main()", "up", "--headless", "--no-import"]
        own = ["--policy", policy, "--port", str(free_port()), "--api-port", str(api)]
        up = Program([*command, *own], home / "up.log", {"DUECOURSE_HOME": folder})
        up.start()
        try:
            address = f"http://127.0.0.1:{api}"
            await _answering(up, address)
            async with open_store(Settings(home=home)) as store:
                key, passwords = await _let_in(store)
                await _register(store)
                await make_ready(store, home / "wishes.jsonl", wishes)
            yield House(home, address, key, passwords)
        finally:
            up.stop()


async def _answering(up: Program, address: str) -> None:
    async with asyncio.timeout(UP_WITHIN), httpx.AsyncClient(base_url=address) as client:
        while True:
            up.child.poll()
            try:
                if (await client.get("/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.2)


async def _let_in(store: Store) -> tuple[str, dict[str, str]]:
    agents = [f"online-{number:02}" for number in range(1, AGENTS + 1)]
    people = agents + [f"supervisor-{number:02}" for number in range(1, SUPERVISORS + 1)]
    passwords, accounts = {person: new_secret() for person in people}, Accounts(store.engine)
    for person, password in passwords.items():
        if not await accounts.create(person, password):
            await accounts.change_password(person, password)
    return await ApiKeys(store.engine).create("load", Scope), passwords


async def _register(store: Store) -> None:
    for number in range(CUSTOMERS):
        profile = CustomerProfile(id=f"K{number:06}")
        addresses = dict.fromkeys(DeliveryChannel, f"{profile.id}@example.invalid")
        await store.customers.register(Registration(profile=profile, addresses=addresses))
