"""The activities as Temporal sees them: their names, what they take and give, and which errors are tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.archive.activities import ArchiveActivities
from activities.archive.timeline import TimelineArchive
from activities.compensation.activities import CompensationActivities
from activities.compensation.embedded import EmbeddedCompensationDesk
from activities.customers.activities import CustomerActivities
from activities.customers.embedded import EmbeddedCustomerDirectory
from activities.customers.port import Registration
from activities.effects.sql import SqlEffectLedger
from activities.notifications.activities import NotificationActivities
from activities.notifications.inbox import StaffInbox
from activities.notifications.messages import CustomerMessages
from activities.notifications.near_due import NearDueItems
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.port import (
    Delivered,
    Envelope,
    HandOver,
    MessageAdapter,
    Settlement,
    StaffNotice,
    TransientDeliveryError,
)
from activities.notifications.staff import StaffNotices
from activities.orders.directory import embedded_directory
from activities.orders.embedded import EmbeddedOrderSystem
from activities.shop.seeds import seed_shop
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.deeds import (
    CompensationOrder,
    DeliveryState,
    LookupOrder,
    LookupReport,
    NoticeKind,
    NoticeOrder,
    TimelineArchiveOrder,
)
from domain.money import Money
from domain.people import CustomerProfile, DeliveryChannel
from domain.timeline import Entry
from tests.activities.message_samples import ADDRESS, customer_messages, order, register_customer


class AwayAdapter:
    """A channel that is away."""

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        del envelope, hand_over
        raise TransientDeliveryError("no connection")

    async def settle(self, envelope: Envelope) -> Settlement:
        del envelope
        return Settlement.UNKNOWN


class AwayNotifier:
    """A notifier that is away."""

    async def notify(self, notice: StaffNotice) -> None:
        del notice
        raise TransientDeliveryError("no connection")


async def nobody_wakes(staff_id: str, within: int) -> None:
    """A digest timer that nobody waits for."""
    del staff_id, within


def notifications(
    engine: AsyncEngine, adapter: MessageAdapter | None = None, *, away: bool = False
) -> NotificationActivities:
    messages: CustomerMessages = customer_messages(
        engine, {DeliveryChannel.EMAIL: adapter or OutboxMessageAdapter(engine)}
    )
    notifier = AwayNotifier() if away else StaffInbox(engine)
    return NotificationActivities(messages, StaffNotices([notifier], NearDueItems(engine), nobody_wakes))


def all_rooms(engine: AsyncEngine) -> list[Callable[..., Any]]:
    customers = CustomerActivities(EmbeddedCustomerDirectory(engine), embedded_directory(engine))
    compensation = CompensationActivities(EmbeddedCompensationDesk(engine))
    archive = ArchiveActivities(TimelineArchive(engine))
    rooms = (notifications(engine), customers, compensation, archive)
    return [registered for room in rooms for registered in room.registered()]


async def run(call: Callable[..., Awaitable[Any]], *arguments: object) -> Any:
    """Run an activity as a worker would."""
    return await ActivityEnvironment().run(call, *arguments)


def test_worker_registers_every_activity_under_the_name_of_its_method(sqlite_engine: AsyncEngine) -> None:
    names = [activity._Definition.must_from_callable(call).name for call in all_rooms(sqlite_engine)]
    assert names == [
        "send_message",
        "notify_staff",
        "send_digest",
        "record_check",
        "look_up",
        "grant_compensation",
        "archive_timeline",
    ]


def test_every_activity_declares_what_it_takes_and_gives(sqlite_engine: AsyncEngine) -> None:
    for call in all_rooms(sqlite_engine):
        definition = activity._Definition.must_from_callable(call)
        assert definition.arg_types, definition.name
        assert definition.ret_type, definition.name


async def test_message_is_sent(sqlite_engine: AsyncEngine) -> None:
    await register_customer(sqlite_engine)
    report = await run(notifications(sqlite_engine).send_message, order())
    assert report.state is DeliveryState.DELIVERED


async def test_channel_that_is_away_is_a_retryable_error(sqlite_engine: AsyncEngine) -> None:
    await register_customer(sqlite_engine)
    with pytest.raises(ApplicationError) as error:
        await run(notifications(sqlite_engine, AwayAdapter()).send_message, order())
    assert (error.value.type, error.value.non_retryable) == ("channel_unavailable", False)
    assert error.value.message == "email is unavailable: no connection"


async def test_message_that_another_attempt_is_at_is_retried_when_that_one_is_over(sqlite_engine: AsyncEngine) -> None:
    await register_customer(sqlite_engine)
    await SqlEffectLedger(sqlite_engine).begin("c1:status_update:1:email", "c1", "message")
    with pytest.raises(ApplicationError) as error:
        await run(notifications(sqlite_engine).send_message, order())
    assert (error.value.type, error.value.non_retryable) == ("effect_held", False)
    assert error.value.next_retry_delay
    assert timedelta() < error.value.next_retry_delay <= timedelta(seconds=45)


async def test_attempt_that_was_overtaken_is_retried(sqlite_engine: AsyncEngine) -> None:
    await register_customer(sqlite_engine)
    ledger = SqlEffectLedger(sqlite_engine, clock=lambda: 10**15)

    class Overtaken(AwayAdapter):
        async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
            await ledger.begin(envelope.key, "c1", "message")
            await hand_over()
            return Delivered(envelope.message_id)

    with pytest.raises(ApplicationError) as error:
        await run(notifications(sqlite_engine, Overtaken()).send_message, order())
    assert (error.value.type, error.value.non_retryable) == ("effect_held", False)


def notice(kind: NoticeKind) -> NoticeOrder:
    return NoticeOrder(
        case_id="c1", key="c1:x:1", notice=kind, recipients=("chen",), about="x", due_at=None, group_within_ms=1
    )


async def test_staff_are_told_and_digests_are_sent(sqlite_engine: AsyncEngine) -> None:
    room = notifications(sqlite_engine)
    await run(room.notify_staff, notice(NoticeKind.NEAR_DUE))
    assert await run(room.send_digest, "chen") == 1
    assert len(await StaffInbox(sqlite_engine).newest("chen")) == 1


async def test_staff_who_cannot_be_told_are_a_retryable_error(sqlite_engine: AsyncEngine) -> None:
    room = notifications(sqlite_engine, away=True)
    await run(room.notify_staff, notice(NoticeKind.NEAR_DUE))
    calls: list[tuple[Callable[..., Awaitable[Any]], object]] = [
        (room.notify_staff, notice(NoticeKind.BREACH)),
        (room.send_digest, "chen"),
    ]
    for call, argument in calls:
        with pytest.raises(ApplicationError) as error:
            await run(call, argument)
        assert (error.value.type, error.value.non_retryable) == ("channel_unavailable", False)


async def test_look_up_answers_none_for_what_nobody_knows(sqlite_engine: AsyncEngine) -> None:
    customers, orders = EmbeddedCustomerDirectory(sqlite_engine), embedded_directory(sqlite_engine)
    look_up = CustomerActivities(customers, orders).look_up
    nobody = LookupOrder(case_id="c1", customer_id="li", order_id="o1")
    assert await run(look_up, nobody) == LookupReport(customer=None, order=None)
    await customers.register(Registration(CustomerProfile(id="li"), {DeliveryChannel.EMAIL: ADDRESS}))
    known = await run(look_up, nobody)
    assert (known.customer.reachable_by, known.order) == ((DeliveryChannel.EMAIL,), None)
    assert ADDRESS not in known.model_dump_json()
    assert (await run(look_up, nobody.model_copy(update={"order_id": None}))).order is None


async def test_order_is_looked_up_at_the_shop_itself(sqlite_engine: AsyncEngine) -> None:
    customers, books = EmbeddedCustomerDirectory(sqlite_engine), ShopBooks(sqlite_engine)
    [first, *_] = await seed_shop(books, orders=5)
    look_up = CustomerActivities(customers, embedded_directory(sqlite_engine)).look_up
    wanted = LookupOrder(case_id="c1", customer_id="li", order_id=first)
    known = (await run(look_up, wanted)).order
    assert known == (await EmbeddedOrderSystem(books).order(first)).summary
    await Warehouse(books).release(first)
    assert (await run(look_up, wanted)).order.status == "released"


async def test_compensation_is_granted_and_a_conflict_is_not_retried(sqlite_engine: AsyncEngine) -> None:
    grant = CompensationActivities(EmbeddedCompensationDesk(sqlite_engine)).grant_compensation
    asked = CompensationOrder(
        case_id="c1", key="k", customer_id="li", amount=Money(minor=2_000, currency="CNY"), because="late"
    )
    assert await run(grant, asked) == await run(grant, asked)
    with pytest.raises(ApplicationError) as error:
        await run(grant, asked.model_copy(update={"customer_id": "wang"}))
    assert (error.value.type, error.value.non_retryable) == ("compensation_conflict", True)


async def test_timeline_is_archived(sqlite_engine: AsyncEngine) -> None:
    archive = TimelineArchive(sqlite_engine)
    entries = (Entry(seq=1, at=1, what="opened", by="li"),)
    await run(ArchiveActivities(archive).archive_timeline, TimelineArchiveOrder(case_id="c1", entries=entries))
    assert await archive.entries("c1") == list(entries)
