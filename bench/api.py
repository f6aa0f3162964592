"""Claim and complete over HTTP, as an agent at the desk does it, beside the bare workflow's update."""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
from temporalio.client import WorkflowHandle

from bench.ground import ANSWERED_WITHIN, Ground
from bench.programs import OURS, PATIENCE, Program
from bench.ratios import Figure
from bench.tier1 import AGENT, Tier1, quiet, requests
from domain import messages as m
from starter.access.accounts import Accounts
from starter.access.secrets import new_secret
from starter.asking import acted
from starter.server import free_port

ABOUT = "doors"
MEASURED = ("claim_task", "complete_task")
"""Verbs whose time counts; the agent's reply between them is asked as well."""
FRESH = 2_000_000
"""References from here on are new to a store in which other cases have been measured."""

Ask = Callable[[str, m.Request], Awaitable[None]]


@asynccontextmanager
async def running_api(ground: Ground, **settings: str) -> AsyncIterator[str]:
    """The API as a program of its own, over the worker of ours; yields its address once it answers.

    Raises:
        TimeoutError: it does not come up.
    """
    port = free_port()
    environment = ground.environment(ground.queue(OURS), api_port=str(port), **settings)
    program = Program([sys.executable, "-m", "starter.api"], ground.home / "api.log", environment)
    program.start()
    try:
        address = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=address) as client, asyncio.timeout(PATIENCE):
            while not await _answers(client):
                program.child.poll()
                await asyncio.sleep(0.1)
        yield address
    finally:
        program.stop()


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/ready")).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def signed_in(ground: Ground, address: str, staff_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of the staff with a local account and a session."""
    accounts, password = Accounts(ground.engine), new_secret()
    if not await accounts.create(staff_id, password):
        await accounts.change_password(staff_id, password)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        answer = await client.post("/v1/session", json={"staff_id": staff_id, "password": password})
        answer.raise_for_status()
        yield client


@dataclass
class Asking:
    """Asks cases of one kind in one way, and notes how long each verb took, in milliseconds."""

    tier1: Tier1
    way: Callable[[WorkflowHandle[Any, Any]], Ask]

    async def one(self, taken: dict[str, list[float]]) -> None:
        """Open a case, let it come to rest, then claim, reply and complete."""
        handle = await self.tier1.open()
        ask = self.way(handle)
        for verb, request in requests()[:3]:
            await quiet(handle)
            began = time.perf_counter()
            await ask(verb, request)
            taken[verb].append(1_000 * (time.perf_counter() - began))


def over_http(client: httpx.AsyncClient) -> Callable[[WorkflowHandle[Any, Any]], Ask]:
    """Ask a case through the API."""

    def way(handle: WorkflowHandle[Any, Any]) -> Ask:
        async def ask(verb: str, request: m.Request) -> None:
            body = request.model_dump(mode="json", exclude={"actor", "request_id"}, exclude_defaults=True)
            answer = await client.post(
                f"/v1/cases/{handle.id}/{verb}", json=body, headers={"Idempotency-Key": request.request_id}
            )
            answer.raise_for_status()

        return ask

    return way


def by_update(handle: WorkflowHandle[Any, Any]) -> Ask:
    """Ask a case by Temporal's client."""

    async def ask(verb: str, request: m.Request) -> None:
        await acted(handle, verb, request, ANSWERED_WITHIN)

    return ask


async def through_the_api(ground: Ground, cases: int) -> list[Figure]:
    """Milliseconds of a claim and of a completion, one at a time, ours over HTTP and bare ones in turns."""
    taken: dict[str, dict[str, list[float]]] = {"ours": defaultdict(list), "bare": defaultdict(list)}
    async with running_api(ground) as address, signed_in(ground, address, AGENT.id) as agent:
        asking = {
            "ours": Asking(Tier1(ground, "ours", numbers=itertools.count(FRESH)), over_http(agent)),
            "bare": Asking(Tier1(ground, "bare", numbers=itertools.count(FRESH)), by_update),
        }
        for number in range(cases):
            for kind in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
                await asking[kind].one(taken[kind])
    return [
        Figure(f"api_{verb}_{name}", of(taken["ours"][verb]), of(taken["bare"][verb]), "ms", about=ABOUT)
        for verb in MEASURED
        for name, of in (("p50", median), ("p99", p99))
    ]


def p99(values: list[float]) -> float:
    """The value that 99 of 100 do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]
