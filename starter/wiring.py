"""What a worker is plugged together from: adapters as the settings ask for them, and all activities over one store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.archive.activities import ArchiveActivities
from activities.archive.timeline import TimelineArchive
from activities.assignment.activities import AssignmentActivities
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
from activities.figures.activities import FigureActivities
from activities.inventory.activities import InventoryActivities
from activities.notifications.activities import NotificationActivities
from activities.notifications.apprise import AppriseMessageAdapter
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.inbox import StaffInbox
from activities.notifications.messages import CustomerMessages
from activities.notifications.near_due import NearDueItems
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.page_line import PageLine
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
from activities.projection.activities import ProjectionActivities
from activities.shop.events import ShopEvents
from activities.shop.transactions import ShopBooks
from activities.shop.upkeep import ShopUpkeep
from activities.shop_ports import open_shop
from activities.subscriptions.activities import SubscriptionActivities
from activities.subscriptions.addresses import AddressGuard
from activities.subscriptions.envelope import source_of
from activities.subscriptions.outgoing import OutgoingEvents
from activities.subscriptions.sending import WebhookPost
from activities.subscriptions.subscriptions import Subscriptions
from activities.subscriptions.telling import SubscriberTelling
from domain.deeds import DigestStart
from domain.delivery.messages import Problem
from domain.people import DeliveryChannel
from domain.policy import Policy
from domain.shop.orders import Order
from domain.shop.parcels import Parcel
from domain.sla.spans import Span
from readmodel.model import ReadModel
from runtime import published
from runtime.settings import AdapterName, Settings
from starter.assigning import giving
from starter.case_events import ShownCaseEvents
from starter.figures.reporting import Reporting
from starter.new_delivery import NewDelivery
from starter.opening import Opening
from starter.page_links import links_in_messages
from starter.policy_shelf import PolicyShelf
from starter.shown.comparison import Comparing
from starter.shown.truth import CaseTruth
from starter.shown.watch import ReadModelWatch
from workflows.digest import StaffDigestWorkflow

ShopActivities: TypeAlias = (
    OrderActivities | ReturnActivities | PaymentActivities | InventoryActivities | CarrierActivities
)


class Adapters:
    """What the settings ask for: message adapters, each made once, and a shop; closed at the end."""

    def __init__(self, settings: Settings, engine: AsyncEngine) -> None:
        self._settings = settings
        self._engine = engine
        self._made: dict[AdapterName, MessageAdapter] = {}
        self.ports = open_shop(engine, settings.medusa_url, settings.medusa_api_key, settings.medusa_settling)
        self.post = WebhookPost(AddressGuard(settings.hook_networks))
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
        await self.post.aclose()
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


def activities_for(
    settings: Settings, engine: AsyncEngine, client: Client, adapters: Adapters
) -> list[Callable[..., Any]]:
    """All activities over one store."""
    customers, links = EmbeddedCustomerDirectory(engine), links_in_messages(settings)
    messages = CustomerMessages(
        ledger=SqlEffectLedger(engine),
        deliveries=DeliveryRecord(engine),
        adapters=adapters.by_channel(),
        customers=customers,
        policies=published.published,
        message_domain=settings.message_domain,
        page_line=PageLine(links) if links else None,
    )
    notices = StaffNotices(adapters.staff(), NearDueItems(engine), digest_waker(client, settings.task_queue))
    rooms = (
        NotificationActivities(messages, notices),
        AssignmentActivities(giving(settings, engine), notices),
        CustomerActivities(customers, ShopOrderDirectory(adapters.ports.orders)),
        CompensationActivities(EmbeddedCompensationDesk(engine)),
        ArchiveActivities(TimelineArchive(engine)),
        OpeningActivities(OpeningRegister(engine)),
        ProjectionActivities(read_model_watch(settings, engine, client, notices)),
        FigureActivities(Reporting(engine, settings.policy, settings.zone)),
        *adapters.shop(),
        adapters.events(client),
        SubscriptionActivities(subscriber_telling(settings, engine, adapters.post)),
    )
    return [activity for room in rooms for activity in room.registered()]


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


def subscriber_telling(settings: Settings, engine: AsyncEngine, post: WebhookPost) -> SubscriberTelling:
    """Tells subscribers of what the read model shows of cases."""
    outgoing = OutgoingEvents(engine, source_of(settings.task_queue))
    return SubscriberTelling(ShownCaseEvents(ReadModel(engine)), Subscriptions(engine), outgoing, post)


def read_model_watch(settings: Settings, engine: AsyncEngine, client: Client, notices: StaffNotices) -> ReadModelWatch:
    """Compares the read model with the cases, and tells the supervisors of the policy in force."""
    policies = PolicyArchive(engine)

    async def supervisors() -> str:
        latest = await policies.latest(settings.policy)
        return Policy.model_validate_json(latest.document).complaint.supervisors

    truth = CaseTruth(client, settings.task_queue, TimelineArchive(engine))
    return ReadModelWatch(Comparing(ReadModel(engine), truth), notices, supervisors)
