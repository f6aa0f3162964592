"""A whole Duecourse for tests: a real Temporal server with a virtual clock, a worker, a store, and people who act."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from activities.archive.timeline import TimelineArchive
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.openings.register import OpeningRegister
from activities.orders.directory import ShopOrderDirectory, embedded_directory
from activities.policies.archive import PolicyArchive
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from activities.store.database import AnyRow, open_database
from activities.store.tables import COMPENSATIONS, OUTBOX, STAFF_NOTICES
from domain import messages as m
from domain import requests as r
from domain.complaint import messages as c
from domain.errors import CaseError
from domain.messages import Answer, CaseView, ClockView, Request, TaskView
from domain.money import Money
from domain.people import Actor, Channel, CustomerProfile, DeliveryChannel, Language, Role
from domain.policy import Policy
from domain.shop.edits import with_line
from domain.shop.orders import Order
from domain.shop.values import Address, PaymentMethod, Variant
from domain.sla.rules import ClockKind
from runtime.connection import register_search_attributes
from runtime.plugin import duecourse_plugin
from runtime.published import publish
from runtime.settings import Settings
from starter.case_service import CaseService
from starter.new_complaint import NewComplaint
from starter.temporal_binary import temporal_executable
from starter.wiring import Adapters
from worker import running_worker

VIRTUAL_CLOCK = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="1ms"',
    "history.timerProcessorMaxPollRPS=2000",
)
"""Without the second and third each skip would cost a second instead of 0.04."""

AGENT = Actor(id="online-01", role=Role.AGENT, teams=("online",))
COLLEAGUE = Actor(id="online-02", role=Role.AGENT, teams=("online",))
CALLED = Actor(id="phone-01", role=Role.AGENT, teams=("phone",))
EXPERT = Actor(id="expert-01", role=Role.AGENT, teams=("specialists",))
MANAGER = Actor(id="manager-01", role=Role.LEAD, teams=("management",))
SUPERVISOR = Actor(id="supervisor-01", role=Role.SUPERVISOR, teams=("supervisors",))
QUALITY = Actor(id="quality-01", role=Role.AGENT, teams=("quality",))


def member_of(team: str) -> Actor:
    """The first member of a team."""
    return Actor(id=f"{team}-01", role=Role.AGENT, teams=(team,))


@contextmanager
def refused(code: str) -> Iterator[list[CaseError]]:
    """What is asked inside must be refused with this code; the list then holds the refusal."""
    said: list[CaseError] = []
    try:
        yield said
    except CaseError as error:
        assert error.code == code, f"refused as {error.code}: {error.message}"  # noqa: PT017 - the point of it
        said.append(error)
    else:
        raise AssertionError(f"was not refused; expected {code}")


NUMBERS = itertools.count(1)
"""Worlds of one run share a server, so customers and references must differ between them too."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class OpenCase:
    """One running complaint and everything a test does to it."""

    world: World
    case_id: str
    customer: Actor
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.world.client.get_workflow_handle(self.case_id)

    def request_id(self) -> str:
        return f"r{next(self.numbers)}"

    async def ask(self, verb: str, request_type: type[Request], actor: Actor, **fields: Any) -> Answer:
        """Ask something of the case through the service, as every door does."""
        fields.setdefault("request_id", self.request_id())
        return await self.world.service.act(self.case_id, verb, request_type(actor=actor, **fields))

    async def claim(self, actor: Actor = AGENT, kind: str = "resolve_complaint") -> TaskView:
        task = await self.task(kind)
        await self.ask("claim_task", m.ClaimTask, actor, task_id=task.id)
        return await self.task(kind)

    async def complete(self, actor: Actor, kind: str, **form: object) -> Answer:
        task = await self.task(kind)
        return await self.ask("complete_task", m.CompleteTask, actor, task_id=task.id, form=form)

    async def reply(self, actor: Actor = AGENT, text: str = "We are on it.", *, await_answer: bool = False) -> Answer:
        return await self.ask("reply", r.Reply, actor, text=text, await_answer=await_answer)

    async def solve(self, actor: Actor = AGENT, solution: str = "A new one is on its way.", **form: object) -> Answer:
        return await self.complete(actor, "resolve_complaint", solution=solution, **form)

    async def accept(self, score: int = 5) -> Answer:
        return await self.ask("answer_solution", c.AnswerSolution, self.customer, satisfied=True, score=score)

    async def reject(self) -> Answer:
        return await self.ask("answer_solution", c.AnswerSolution, self.customer, satisfied=False, score=2)

    async def summarise(self, actor: Actor = AGENT) -> Answer:
        return await self.complete(actor, "summarise", summary="It was put right.", cause="defect")

    async def view(self) -> CaseView:
        return await self.world.service.snapshot(self.case_id)

    async def task(self, kind: str = "resolve_complaint") -> TaskView:
        """The newest task of a kind."""
        return [task for task in (await self.view()).tasks if task.kind == kind][-1]

    async def clock(self, kind: ClockKind | str) -> ClockView:
        """The newest clock of a kind."""
        return [clock for clock in (await self.view()).clocks if clock.kind == kind][-1]

    async def forward(self, span: timedelta) -> None:
        """Let time pass for this case, and what it leads to be carried out."""
        await self.quiet()
        await self.world.env.fast_forward(self.handle, span)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no activity and no workflow task is under way."""
        for _ in range(2_000):
            described = (await self.handle.describe()).raw_description
            if not described.pending_activities and not described.HasField("pending_workflow_task"):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"case {self.case_id} does not come to rest")

    async def until(self, what: str) -> None:
        """Wait for an entry on the timeline that no activity of this case leads to, such as another case's answer."""
        for _ in range(400):
            if what in await self.story():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{what} is not in {await self.story()}")

    async def letters(self) -> list[AnyRow]:
        """What the customer got, oldest first."""
        await self.quiet()
        rows = await self.world.rows(OUTBOX)
        return [row for row in rows if row.address.startswith(f"{self.customer.id}@")]

    async def notices(self, kind: str) -> list[AnyRow]:
        """What staff were told about this case."""
        await self.quiet()
        rows = await self.world.rows(STAFF_NOTICES)
        return [row for row in rows if self.case_id in row.items and row.notice == kind]

    async def compensations(self) -> list[AnyRow]:
        await self.quiet()
        return [row for row in await self.world.rows(COMPENSATIONS) if row.case_id == self.case_id]

    async def story(self) -> list[str]:
        """The timeline as event names."""
        return [entry.what for entry in await self.world.service.timeline(self.case_id)]


@dataclass
class World:
    """Server, worker, service and store."""

    env: WorkflowEnvironment
    client: Client
    service: CaseService
    engine: AsyncEngine
    archive: PolicyArchive
    customers: EmbeddedCustomerDirectory
    orders: ShopOrderDirectory
    settings: Settings
    stop_worker: Callable[[], Awaitable[None]]
    opened: list[OpenCase] = field(default_factory=list)
    others: list[WorkflowHandle[Any, Any]] = field(default_factory=list)
    """Further executions whose histories are worth keeping."""

    async def rows(self, table: Table) -> list[AnyRow]:
        async with self.engine.connect() as connection:
            return list(await connection.execute(select(table)))

    async def notices(self) -> list[AnyRow]:
        """Everything that staff were told, once nobody's digest is under way any more."""
        async for digest in self.client.list_workflows(
            f"WorkflowType = 'StaffDigestWorkflow' AND TaskQueue = '{self.settings.task_queue}'"
        ):
            await self.client.get_workflow_handle(digest.id).result()
        return await self.rows(STAFF_NOTICES)

    async def publish(self, policy: Policy) -> str:
        """Publish a policy under its content's version and let this process know it."""
        await self.archive.publish(policy.version, policy.name, policy.model_dump_json())
        publish(policy.version, policy)
        return policy.version

    async def customer(
        self,
        *,
        vip: bool = False,
        language: Language = Language.EN,
        reachable_by: tuple[DeliveryChannel, ...] = tuple(DeliveryChannel),
    ) -> Actor:
        """A new customer with an address on each of these channels."""
        customer_id = f"K{next(NUMBERS):06d}"
        profile = CustomerProfile(id=customer_id, vip=vip, language=language, zone="Asia/Shanghai")
        addresses = dict.fromkeys(reachable_by, f"{customer_id}@example.invalid")
        await self.customers.register(Registration(profile=profile, addresses=addresses))
        return Actor(id=customer_id, role=Role.CUSTOMER)

    async def order(self, customer: Actor) -> str:
        """An order of the customer's at the embedded shop."""
        number, nothing = next(NUMBERS), Money(minor=0, currency="CNY")
        kettle = Variant(id=f"kettle-{number}", title="Kettle", category="kitchen", prices={"CNY": 9_900})
        address = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN")
        order = Order(
            id=f"O{number:06d}",
            number=f"2026{number:05d}",
            customer_id=customer.id,
            currency="CNY",
            placed_at=1_767_000_000_000,
            payment_method=PaymentMethod.ALIPAY,
            address=address,
            lines=(),
            shipping=nothing,
            total=nothing,
        )
        warehouse = Warehouse(ShopBooks(self.engine))
        await warehouse.offer(kettle, 1)
        assert await warehouse.place(with_line(order, kettle, 1, kettle.price("CNY")))
        return order.id

    async def open_raw(self, **fields: Any) -> str:
        """Open a complaint as it stands, valid or not; returns the case id."""
        new = NewComplaint(
            source="test", reference=f"ref-{next(NUMBERS)}", channel=Channel.EMAIL, subject="x", **fields
        )
        return (await self.service.open_complaint(new)).case_id

    async def open(
        self,
        channel: Channel = Channel.EMAIL,
        *,
        customer: Actor | None = None,
        **fields: Any,
    ) -> OpenCase:
        """Open a complaint and wait until it has been received."""
        customer = customer or await self.customer()
        fields.setdefault("reference", f"ref-{next(NUMBERS)}")
        fields.setdefault("subject", "The kettle leaks")
        new = NewComplaint(source="test", channel=channel, customer_id=customer.id, **fields)
        opened = await self.service.open_complaint(new)
        case = OpenCase(self, opened.case_id, customer)
        self.opened.append(case)
        await case.quiet()
        return case


@asynccontextmanager
async def time_skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """The real dev server with a virtual clock for each workflow; time stands still until a test moves it."""
    extra = [argument for setting in VIRTUAL_CLOCK for argument in ("--dynamic-config-value", setting)]
    env = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False, max_session_skip_count=100_000),
        dev_server_existing_path=temporal_executable(),
        dev_server_extra_args=extra,
        dev_server_log_level="error",
        plugins=[duecourse_plugin()],
    )
    async with env:
        await register_search_attributes(env.client)
        yield env


@asynccontextmanager
async def running_world(
    env: WorkflowEnvironment, home: Path, policy: Policy, plug: Callable[[Settings, AsyncEngine], Adapters] = Adapters
) -> AsyncIterator[World]:
    """A worker over an empty store on this server, with a task queue of its own."""
    settings = Settings(home=home, task_queue=f"test-{home.name}", policy=policy.name, open_cases=1_000)
    engine = open_database(settings.database)
    archive = PolicyArchive(engine)
    customers, orders = EmbeddedCustomerDirectory(engine), embedded_directory(engine)
    service = CaseService(
        env.client,
        task_queue=settings.task_queue,
        openings=OpeningRegister(engine),
        policies=archive,
        customers=customers,
        orders=orders,
        archive=TimelineArchive(engine),
        policy=policy.name,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        worker = await stack.enter_async_context(AsyncExitStack())
        await worker.enter_async_context(running_worker(settings, env.client, plug))
        world = World(env, env.client, service, engine, archive, customers, orders, settings, worker.aclose)
        await world.publish(policy)
        yield world
