"""The worker: the composition root that plugs settings, store, adapters, activities and workflows together.

Nothing imports this module; it is started as a program, in any number, on as many machines as one likes.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, TypeAlias

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.archive.activities import ArchiveActivities
from activities.archive.timeline import TimelineArchive
from activities.carrier.activities import CarrierActivities
from activities.compensation.activities import CompensationActivities
from activities.compensation.embedded import EmbeddedCompensationDesk
from activities.customers.activities import CustomerActivities
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import OrderDirectory
from activities.effects.sql import SqlEffectLedger
from activities.events.activities import EventActivities
from activities.events.deliveries import DeliveryWatch, OpenCase
from activities.events.reconciling import Reconciler
from activities.events.relay import EventRelay
from activities.events.telling import CaseTeller
from activities.inventory.activities import InventoryActivities
from activities.notifications.activities import NotificationActivities
from activities.notifications.apprise import AppriseMessageAdapter
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.inbox import StaffInbox
from activities.notifications.messages import CustomerMessages
from activities.notifications.near_due import NearDueItems
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.port import MessageAdapter, StaffNotifier
from activities.notifications.smtp import SmtpMessageAdapter, SmtpSettings
from activities.notifications.staff import StaffNotices
from activities.notifications.webhook import (
    WebhookMessageAdapter,
    WebhookSender,
    WebhookSettings,
    WebhookStaffNotifier,
)
from activities.openings.activities import OpeningActivities
from activities.openings.orders import CaseOrders
from activities.openings.register import OpeningRegister
from activities.orders.activities import OrderActivities
from activities.orders.directory import ShopOrderDirectory
from activities.orders.return_activities import ReturnActivities
from activities.payments.activities import PaymentActivities
from activities.policies.archive import PolicyArchive
from activities.shop.events import ShopEvents
from activities.shop.transactions import ShopBooks
from activities.shop.upkeep import ShopUpkeep
from activities.shop_ports import open_shop
from activities.store.database import create_tables, open_database
from domain.deeds import DigestStart
from domain.delivery.messages import Problem
from domain.people import DeliveryChannel
from domain.policy import Policy
from domain.shop.orders import Order
from domain.shop.parcels import Parcel
from domain.sla.spans import Span
from runtime import published
from runtime.connection import connect, register_search_attributes
from runtime.gauges import watch_open_cases
from runtime.logs import configure_logs, telemetry
from runtime.settings import AdapterName, Settings
from starter.new_delivery import NewDelivery
from starter.opening import Opening
from starter.policy_shelf import PolicyShelf
from starter.standing import keep_standing
from workflows.complaint import ComplaintWorkflow
from workflows.delivery import DeliveryProblemWorkflow
from workflows.digest import StaffDigestWorkflow
from workflows.events import EventRelayWorkflow, ReconcileWorkflow
from workflows.order_change import OrderChangeWorkflow
from workflows.returns import ReturnWorkflow

log = structlog.get_logger()

WORKFLOWS = [
    ComplaintWorkflow,
    OrderChangeWorkflow,
    ReturnWorkflow,
    DeliveryProblemWorkflow,
    StaffDigestWorkflow,
    EventRelayWorkflow,
    ReconcileWorkflow,
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


ShopActivities: TypeAlias = (
    OrderActivities | ReturnActivities | PaymentActivities | InventoryActivities | CarrierActivities
)


class Adapters:
    """The message adapters that the settings ask for, each made once and closed at the end."""

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        self._settings = settings
        self._engine = engine
        self._made: dict[AdapterName, MessageAdapter] = {}
        self.ports = open_shop(engine, settings.medusa_url, settings.medusa_api_key, settings.medusa_settling)
        self.webhook: WebhookSender | None = None
        if settings.webhook_url:
            secret = settings.webhook_secret or SecretStr("")
            self.webhook = WebhookSender(
                WebhookSettings.model_validate({"url": settings.webhook_url, "secrets": [secret]})
            )

    def by_channel(self) -> dict[DeliveryChannel, MessageAdapter]:
        """The adapter that serves each delivery channel.

        Raises:
            ValueError: a channel is set to an adapter whose own settings are missing.
        """
        return {channel: self._adapter(getattr(self._settings, channel.value)) for channel in DeliveryChannel}

    def staff(self) -> list[StaffNotifier]:
        """Where staff are told: the inbox, and the webhook if there is one."""
        notifiers: list[StaffNotifier] = [StaffInbox(self._engine)]
        if self.webhook:
            notifiers.append(WebhookStaffNotifier(self.webhook))
        return notifiers

    def shop(self) -> tuple[ShopActivities, ...]:
        """The shop's rooms."""
        ports = self.ports
        return (
            OrderActivities(ports.orders),
            ReturnActivities(ports.orders),
            PaymentActivities(ports.payments),
            InventoryActivities(ports.inventory),
            CarrierActivities(ports.carrier),
        )

    def events(self, client: Client) -> EventActivities:
        """What brings events to cases; the embedded shop's own warehouse is looked after in the same rounds."""
        ports, teller = self.ports, CaseTeller(client, CaseOrders(self._engine))
        opener = case_opener(self._settings, self._engine, client, ShopOrderDirectory(ports.orders))
        watch = DeliveryWatch(ports.orders, ports.carrier, opener)
        relay = EventRelay(ShopEvents(self._engine), teller, [watch.seen])
        chores = [] if ports.medusa else [ShopUpkeep(ShopBooks(self._engine)).go_on]
        return EventActivities(relay, Reconciler(ports.payments, ports.carrier, teller), watch, chores)

    async def close(self) -> None:
        """Give up connections."""
        await self.ports.aclose()
        if self.webhook:
            await self.webhook.aclose()

    def _adapter(self, name: AdapterName) -> MessageAdapter:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: AdapterName) -> MessageAdapter:
        settings = self._settings
        if name == "outbox":
            return OutboxMessageAdapter(self._engine)
        if name == "smtp":
            return SmtpMessageAdapter(
                SmtpSettings(
                    host=settings.smtp_host,
                    port=settings.smtp_port,
                    sender=settings.smtp_sender,
                    security=settings.smtp_tls,
                    username=settings.smtp_user,
                    password=settings.smtp_password,
                    receiver_deduplicates=settings.smtp_receiver_deduplicates,
                )
            )
        if name == "webhook" and self.webhook:
            return WebhookMessageAdapter(self.webhook)
        if name == "apprise" and settings.apprise_url:
            return AppriseMessageAdapter(settings.apprise_url.get_secret_value())
        raise ValueError(f"adapter {name} is asked for, but DUECOURSE_{name.upper()}_URL is not set")


def digest_waker(client: Client, task_queue: str) -> Callable[[str, Span], Awaitable[None]]:
    """Starts a person's digest workflow, or tells the running one that more has come."""

    async def wake(staff_id: str, group_within: Span) -> None:
        await client.start_workflow(
            StaffDigestWorkflow.run,
            DigestStart(staff_id=staff_id, group_within_ms=group_within),
            # Two installations may share a namespace, and a person may work for both.
            id=f"digest:{task_queue}:{staff_id}",
            task_queue=task_queue,
            start_signal="near_due_noticed",
            static_summary="Near-due notices, grouped",
        )

    return wake


def case_opener(settings: Settings, engine: AsyncEngine, client: Client, orders: OrderDirectory) -> OpenCase:
    """Opens cases of delivery problems by the same door as all others."""
    opening = Opening(
        client=client,
        task_queue=settings.task_queue,
        register=OpeningRegister(engine),
        policies=PolicyShelf(PolicyArchive(engine)),
        customers=EmbeddedCustomerDirectory(engine),
        orders=orders,
        policy=settings.policy,
    )

    async def open_case(order: Order, parcel: Parcel, problem: Problem) -> bool:
        new = NewDelivery(customer_id=order.customer_id, order_id=order.id, parcel_id=parcel.id, problem=problem)
        return (await opening.open_delivery(new)).created

    return open_case


class PolicyLoader:
    """Brings published policies from the archive into this process, the missing ones when a workflow asks."""

    def __init__(self, archive: PolicyArchive) -> None:
        self._archive = archive
        self._loop = asyncio.get_running_loop()
        self._loading: set[asyncio.Task[int]] = set()
        published.on_missing(self._ask)

    async def load_all(self) -> int:
        """Load every version; returns how many there are."""
        versions = await self._archive.load_all()
        for found in versions:
            published.publish(found.version, Policy.model_validate_json(found.document))
        return len(versions)

    def close(self) -> None:
        """Load no more: the archive is about to be closed."""
        published.tell_no_more(self._ask)

    def _ask(self, version: str) -> None:
        # Called from a workflow's thread: the workflow task fails and is tried again when the policy has come.
        self._loop.call_soon_threadsafe(self._start_loading)

    def _start_loading(self) -> None:
        task = asyncio.create_task(self.load_all())
        self._loading.add(task)
        task.add_done_callback(self._loading.discard)


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
        await adapters.ports.check()
        await loader.load_all()
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


def activities_for(
    settings: Settings, engine: AsyncEngine, client: Client, adapters: Adapters
) -> list[Callable[..., Any]]:
    """All activities over one store."""
    customers = EmbeddedCustomerDirectory(engine)
    messages = CustomerMessages(
        ledger=SqlEffectLedger(engine),
        deliveries=DeliveryRecord(engine),
        adapters=adapters.by_channel(),
        customers=customers,
        policies=published.published,
        message_domain=settings.message_domain,
    )
    notices = StaffNotices(adapters.staff(), NearDueItems(engine), digest_waker(client, settings.task_queue))
    rooms = (
        NotificationActivities(messages, notices),
        CustomerActivities(customers, ShopOrderDirectory(adapters.ports.orders)),
        CompensationActivities(EmbeddedCompensationDesk(engine)),
        ArchiveActivities(TimelineArchive(engine)),
        OpeningActivities(OpeningRegister(engine)),
        *adapters.shop(),
        adapters.events(client),
    )
    return [activity for room in rooms for activity in room.registered()]


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then hand over open work and stop.

    Raises:
        ValueError: the settings, or the search attributes of the namespace, cannot be worked with.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    working = asyncio.create_task(_keep_working(settings, stop))
    await asyncio.wait({stopping, working}, return_when=asyncio.FIRST_COMPLETED)
    log.info("worker_stopping")
    stopping.cancel()
    # Drains a worker that polls, and breaks off at once what only waits for a server.
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    log.info("worker_stopped")


async def _keep_working(settings: Settings, stop: asyncio.Event) -> None:
    """Work; when the server is away for longer than the SDK waits for it, say so and begin again after a while."""
    loop, runtime, pause = asyncio.get_running_loop(), telemetry(settings.metrics_address), FIRST_PAUSE
    # Asked again, because an error on the way out replaces the cancellation that ended the work.
    while not stop.is_set():
        began = loop.time()
        try:
            await _work(settings, runtime)
        except (RuntimeError, RPCError) as error:
            pause = FIRST_PAUSE if loop.time() - began > STEADY else pause
            log.warning("worker_begins_again", error=str(error), after_seconds=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _work(settings: Settings, runtime: Runtime) -> None:
    client = await connect(settings, runtime=runtime)
    await register_search_attributes(client)
    await keep_standing(client, settings.task_queue, reconcile_every=timedelta(seconds=settings.reconcile_every))
    async with plugged_worker(settings, client) as worker:
        telling = asyncio.create_task(_tell(worker, settings))
        try:
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
