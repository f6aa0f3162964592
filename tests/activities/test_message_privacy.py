"""Addresses and words of customers stand in no log and no error, whatever goes wrong, at any log level."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.notifications.activities import NotificationActivities
from activities.notifications.inbox import StaffInbox
from activities.notifications.near_due import NearDueItems
from activities.notifications.staff import StaffNotices
from domain.deeds import DeliveryReport
from domain.people import DeliveryChannel
from domain.policy import MessageTemplate
from tests.activities.crash_child import plugged
from tests.activities.delivery_receivers import SmtpSink, WebhookReceiver, smtp_sink, webhook_receiver
from tests.activities.message_samples import ADDRESS, PRIVATE_WORDS, customer_messages, order, register_customer

pytestmark = pytest.mark.usefixtures("apprise_plugins")

PRIVATE = (ADDRESS, "li.wei", "%40example.com", PRIVATE_WORDS, "Wang", "Complaint c1")
"""Address, words and subject of the sample message, also as a URL would spell them."""

OURS = ("aiosmtplib", "aiosqlite", "apprise", "httpcore", "httpx", "sqlalchemy", "temporalio", "urllib3")
"""Loggers of the libraries that see messages; aiosmtpd, the other end of the line in the tests, is none of them."""


async def nobody_wakes(staff_id: str, within: int) -> None:
    """A digest timer that nobody waits for."""
    del staff_id, within


class Ears:
    """Everything that is said while a message is sent."""

    def __init__(self, caplog: pytest.LogCaptureFixture, engine: AsyncEngine) -> None:
        self._caplog = caplog
        self._engine = engine

    async def send(
        self, name: str, port: int, english: MessageTemplate | None = None
    ) -> tuple[str, DeliveryReport | None]:
        self._caplog.set_level(logging.DEBUG)
        await register_customer(self._engine)
        said: list[str] = []
        report = None
        async with plugged(name, self._engine, port) as adapter:
            messages = customer_messages(self._engine, {DeliveryChannel.EMAIL: adapter}, english=english)
            notices = StaffNotices([StaffInbox(self._engine)], NearDueItems(self._engine), nobody_wakes)
            with capture_logs() as events:
                try:
                    report = await ActivityEnvironment().run(
                        NotificationActivities(messages, notices).send_message, order()
                    )
                except ApplicationError as error:
                    said += [*traceback.format_exception(error), await as_temporal_keeps_it(error)]
        records = [record for record in self._caplog.records if record.name.partition(".")[0] in OURS]
        said += [f"{record.getMessage()} {record.exc_text}" for record in records]
        said += [repr(event) for event in events]
        assert events, "the outcome is logged"
        return "\n".join(said), report


async def as_temporal_keeps_it(error: ApplicationError) -> str:
    failure = Failure()
    DataConverter.default.failure_converter.to_failure(error, DataConverter.default.payload_converter, failure)
    return str(failure)


@pytest.fixture
def ears(caplog: pytest.LogCaptureFixture, sqlite_engine: AsyncEngine) -> Ears:
    return Ears(caplog, sqlite_engine)


def assert_silent(said: str) -> None:
    assert [private for private in PRIVATE if private in said] == []


@pytest.mark.parametrize("name", ["smtp", "webhook", "apprise", "outbox"])
async def test_delivered_message_is_logged_without_anything_personal(ears: Ears, name: str) -> None:
    async with smtp_sink() as sink, webhook_receiver(signed=name == "webhook") as receiver:
        said, report = await ears.send(name, sink.port if name == "smtp" else receiver.port)
    assert_silent(said)
    assert "message_settled" in said
    assert report
    assert_silent(report.model_dump_json())


def recipient_unknown(sink: SmtpSink) -> None:
    sink.recipient_answer = f"550 5.1.1 <{ADDRESS}> is unknown here"


def recipient_later(sink: SmtpSink) -> None:
    sink.recipient_answer = f"451 4.7.1 <{ADDRESS}> is greylisted"


def message_refused(sink: SmtpSink) -> None:
    sink.message_answer = f"554 5.7.1 {PRIVATE_WORDS} looks like spam"


def connection_lost(sink: SmtpSink) -> None:
    sink.drops = "message"


@pytest.mark.parametrize("misbehave", [recipient_unknown, recipient_later, message_refused, connection_lost])
async def test_mail_that_fails_says_nothing_personal(ears: Ears, misbehave: Callable[[SmtpSink], None]) -> None:
    async with smtp_sink() as sink:
        misbehave(sink)
        said, report = await ears.send("smtp", sink.port)
    assert_silent(said + repr(report))


def gone(receiver: WebhookReceiver) -> None:
    receiver.status = 410


def overloaded(receiver: WebhookReceiver) -> None:
    receiver.status = 503


def silent(receiver: WebhookReceiver) -> None:
    receiver.drops = True


@pytest.mark.parametrize("misbehave", [gone, overloaded, silent])
@pytest.mark.parametrize("name", ["webhook", "apprise"])
async def test_webhook_that_fails_says_nothing_personal(
    ears: Ears, name: str, misbehave: Callable[[WebhookReceiver], None]
) -> None:
    async with webhook_receiver(signed=name == "webhook") as receiver:
        misbehave(receiver)
        said, report = await ears.send(name, receiver.port)
    assert_silent(said + repr(report))


async def test_template_that_fails_says_nothing_personal(ears: Ears) -> None:
    broken = MessageTemplate(subject="x", body="{{ text.format(1) }}{{ text | local_time }}")
    said, report = await ears.send("outbox", 0, english=broken)
    assert_silent(said + repr(report))
