"""The API in this process, over a service that only listens: whoever a test wants to be asks it something."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from argon2 import PasswordHasher
from httpx import ASGITransport, AsyncClient, Response
from temporalio.client import Client

from domain.messages import CaseView, TaskView
from domain.people import CustomerProfile, Role
from starter.access.accounts import Accounts
from starter.access.gate import Gate
from starter.access.keys import ApiKeys
from starter.access.limiting import Limiter
from starter.access.principals import Scope
from starter.access.sessions import Sessions
from starter.access.staff import StaffBook
from starter.api.app import make_app
from starter.api.guarded import SESSION_COOKIE
from starter.doors import Doors, Store
from starter.page_links import page_links
from tests.starter.command_line import CUSTOMER, ListeningService

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CASE = "CAAAAAAAAAAAAA"
PASSWORD = "correct horse battery"
NOON = 1_800_000_000_000
_NUMBERS = itertools.count(1)

Who = Mapping[str, str]
"""Headers that say who asks."""

NOBODY: Who = {}
AGENT, COLLEAGUE, LEAD, SUPERVISOR, AUDITOR = "online-01", "phone-01", "manager-01", "supervisor-01", "auditor-01"


def task_of(team: str = "online", owner: str | None = None, **changed: Any) -> TaskView:
    """A task that is offered to a team."""
    fields: dict[str, Any] = {
        "id": "T1",
        "kind": "resolve_complaint",
        "title": "Resolve the complaint",
        "team": team,
        "tier": 1,
        "state": "reserved" if owner else "ready",
        "owner": owner,
        "owned_since": None,
        "eligible": (),
        "offered_at": NOON,
        "due": None,
        "draft": None,
        "brief": {},
        "outcome": None,
        "verbs": (),
    }
    return TaskView(**{**fields, **changed})


def view_of(team: str = "online", tasks: tuple[TaskView, ...] = (), **changed: Any) -> CaseView:
    """A case that a team has."""
    fields: dict[str, Any] = {
        "case_id": CASE,
        "case_type": "complaint",
        "status": "in_progress",
        "actions": (),
        "tier": 1,
        "team": team,
        "priority": "normal",
        "channel": "email",
        "policy": "charter@000000000000",
        "opened_at": NOON,
        "subject": "It leaks",
        "description": "",
        "customer": CustomerProfile(id=CUSTOMER),
        "order": None,
        "order_id": changed["order"].id if changed.get("order") else None,
        "reachable_by": (),
        "due": None,
        "breached": False,
        "outcome": None,
        "facts": {},
        "tasks": list(tasks),
        "clocks": [],
        "linked": (),
        "last_seq": 1,
    }
    return CaseView(**{**fields, **changed})


@dataclass
class Api:
    """The application, and what is behind it."""

    http: AsyncClient
    gate: Gate
    store: Store
    service: ListeningService = field(repr=False)

    async def system(self, *scopes: Scope, name: str = "shop") -> Who:
        """A system with a key for these scopes, by default all there are."""
        return {"Authorization": f"Bearer {await self.gate.keys.create(name, scopes or tuple(Scope))}"}

    async def person(self, staff_id: str) -> Who:
        """Somebody of the staff who has signed in; the auditor is one by the account."""
        await self.gate.accounts.create(staff_id, PASSWORD, Role.AUDITOR if staff_id == AUDITOR else None)
        return {"Cookie": f"{SESSION_COOKIE}={await self.gate.sessions.begin(staff_id)}"}

    async def get(self, path: str, who: Who) -> Response:
        """Read something."""
        return await self.http.get(path, headers=who)

    async def post(self, path: str, who: Who, body: object, key: str | None = None) -> Response:
        """Write something, under a key of its own if none is given."""
        named = {"Idempotency-Key": key or f"k{next(_NUMBERS)}"}
        return await self.http.post(path, headers={**who, **named}, json=body)

    async def verb(self, verb: str, who: Who, key: str | None = None, **body: object) -> Response:
        """Ask something of the case."""
        return await self.post(f"/v1/cases/{CASE}/{verb}", who, body, key)


@asynccontextmanager
async def calling(store: Store, rate: str = "100000/minute") -> AsyncIterator[Api]:
    """The application over this store and a fresh service that listens."""
    service, engine = ListeningService(), store.engine
    service.view = view_of()
    accounts = Accounts(engine, hasher=QUICK)
    links = page_links(store.settings)
    gate = Gate(ApiKeys(engine), accounts, Sessions(engine), StaffBook(store), Limiter(rate), links)
    app = make_app(Doors(store.settings, store, cast(Client, None), service), gate)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://api.test") as http:
        yield Api(http, gate, store, service)


def problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """What a refusal says; it must be one, with this status and code."""
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = response.json()
    assert content["status"] == status
    return content
