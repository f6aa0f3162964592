"""What every message adapter promises, over the outbox, a mail server, a webhook receiver and apprise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from pydantic import HttpUrl, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects.port import AttemptSupersededError
from activities.notifications.apprise import AppriseMessageAdapter
from activities.notifications.outbox import OutboxMessageAdapter
from activities.notifications.port import (
    DeliveryUnknownError,
    MessageAdapter,
    PermanentDeliveryError,
    Settlement,
    TransientDeliveryError,
)
from activities.notifications.smtp import SmtpMessageAdapter, SmtpSettings
from activities.notifications.webhook import WebhookMessageAdapter, WebhookSender, WebhookSettings
from tests.activities.delivery_receivers import SECRET, smtp_sink, webhook_receiver
from tests.activities.message_samples import ADDRESS, envelope

pytestmark = pytest.mark.usefixtures("apprise_plugins")

Received = list[tuple[str, str, str]]


@dataclass
class Line:
    """An adapter and what lies at its other end: what has arrived there, as address, subject and body."""

    adapter: MessageAdapter
    received: Callable[[], Awaitable[Received]]
    settles_as: Settlement
    is_away: Callable[[], None] | None = None
    refuses: Callable[[], None] | None = None
    loses_the_answer: Callable[[], None] | None = None
    refusal: type[Exception] = PermanentDeliveryError
    absence: type[Exception] = TransientDeliveryError


@asynccontextmanager
async def smtp_line(*, deduplicating: bool) -> AsyncIterator[Line]:
    async with smtp_sink() as sink:
        sink.deduplicates = deduplicating

        async def received() -> Received:
            texts = [(mail["Subject"], mail.get_content()) for mail in sink.mails]
            return [(to, *text) for to, text in zip(sink.recipients, texts, strict=True)]

        settings = SmtpSettings(
            host="127.0.0.1",
            port=sink.port,
            sender="Service <service@example.com>",
            security="none",
            receiver_deduplicates=deduplicating,
            client_name="worker.test",
        )
        yield Line(
            SmtpMessageAdapter(settings),
            received,
            settles_as=Settlement.RESEND_IS_SAFE if deduplicating else Settlement.UNKNOWN,
            is_away=lambda: setattr(sink, "recipient_answer", "451 4.3.0 later"),
            refuses=lambda: setattr(sink, "recipient_answer", "550 5.1.1 nobody here"),
            loses_the_answer=lambda: setattr(sink, "drops", "message"),
        )


@asynccontextmanager
async def webhook_line() -> AsyncIterator[Line]:
    async with webhook_receiver() as receiver:
        settings = WebhookSettings(url=HttpUrl(receiver.url), secrets=(SecretStr(SECRET),))

        async def received() -> Received:
            contents = [taken["data"] for taken in receiver.taken.values()]
            return [(content["to"], content["subject"], content["body"]) for content in contents]

        async with WebhookSender(settings) as sender:
            yield Line(
                WebhookMessageAdapter(sender),
                received,
                settles_as=Settlement.RESEND_IS_SAFE,
                is_away=lambda: setattr(receiver, "status", 503),
                refuses=lambda: setattr(receiver, "status", 410),
                loses_the_answer=lambda: setattr(receiver, "drops", True),
            )


@asynccontextmanager
async def apprise_line(*, deduplicating: bool) -> AsyncIterator[Line]:
    async with webhook_receiver(signed=False) as receiver:

        async def received() -> Received:
            return [(content["to"], content["title"], content["message"]) for content in receiver.taken.values()]

        url = f"json://127.0.0.1:{receiver.port}/hook?:message_id={{message_id}}&:to={{address}}"
        yield Line(
            AppriseMessageAdapter(url, receiver_deduplicates=deduplicating),
            received,
            settles_as=Settlement.RESEND_IS_SAFE if deduplicating else Settlement.UNKNOWN,
            is_away=lambda: setattr(receiver, "status", 503),
            refuses=lambda: setattr(receiver, "status", 410),
            loses_the_answer=lambda: setattr(receiver, "drops", True),
            refusal=DeliveryUnknownError,
            absence=DeliveryUnknownError,
        )


REMOTE: dict[str, Callable[[], AbstractAsyncContextManager[Line]]] = {
    "smtp": lambda: smtp_line(deduplicating=False),
    "smtp_deduplicating": lambda: smtp_line(deduplicating=True),
    "webhook": webhook_line,
    "apprise": lambda: apprise_line(deduplicating=False),
    "apprise_deduplicating": lambda: apprise_line(deduplicating=True),
}


@pytest.fixture(params=["outbox", *REMOTE])
async def line(request: pytest.FixtureRequest, sqlite_engine: AsyncEngine) -> AsyncIterator[Line]:
    if request.param == "outbox":
        adapter = OutboxMessageAdapter(sqlite_engine)

        async def received() -> Received:
            return [(row.address, row.subject, row.body) for row in await adapter.newest()]

        yield Line(adapter, received, settles_as=Settlement.DELIVERED)
        return
    async with REMOTE[request.param]() as plugged:
        yield plugged


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Line]:
    async with REMOTE[request.param]() as plugged:
        yield plugged


async def nothing() -> None:
    """A hand-over that nobody records."""


class TestMessageAdapter:
    async def test_message_arrives_as_it_was_written(self, line: Line) -> None:
        message = envelope()
        delivered = await line.adapter.deliver(message, nothing)
        [(address, subject, body)] = await line.received()
        assert (address, subject, body.splitlines()) == (ADDRESS, message.subject, message.body.splitlines())
        assert delivered.reference == message.message_id

    async def test_hand_over_is_marked_once_before_anything_has_arrived(self, line: Line) -> None:
        arrived_by_then: list[Received] = []

        async def hand_over() -> None:
            arrived_by_then.append(await line.received())

        await line.adapter.deliver(envelope(), hand_over)
        assert arrived_by_then == [[]]

    async def test_nothing_arrives_when_the_hand_over_is_refused(self, line: Line) -> None:
        async def hand_over() -> None:
            raise AttemptSupersededError("key", 1)

        with pytest.raises(AttemptSupersededError):
            await line.adapter.deliver(envelope(), hand_over)
        assert await line.received() == []

    async def test_different_messages_all_arrive(self, line: Line) -> None:
        for number in range(3):
            await line.adapter.deliver(envelope(key=f"c1:status_update:{number}:email"), nothing)
        assert len(await line.received()) == 3

    async def test_what_was_never_handed_over_is_never_settled_as_delivered(self, line: Line) -> None:
        assert await line.adapter.settle(envelope()) is not Settlement.DELIVERED

    async def test_what_has_arrived_is_settled_without_a_lie(self, line: Line) -> None:
        await line.adapter.deliver(envelope(), nothing)
        assert await line.adapter.settle(envelope()) is line.settles_as

    async def test_where_a_resend_is_safe_the_receiver_has_it_once(self, line: Line) -> None:
        await line.adapter.deliver(envelope(), nothing)
        if await line.adapter.settle(envelope()) is not Settlement.UNKNOWN:
            await line.adapter.deliver(envelope(), nothing)
        assert len(await line.received()) == 1


class TestRemoteMessageAdapter:
    async def test_refused_address_is_permanent(self, remote: Line) -> None:
        assert remote.refuses
        remote.refuses()
        with pytest.raises(remote.refusal):
            await remote.adapter.deliver(envelope(), nothing)
        assert await remote.received() == []

    async def test_receiver_that_is_away_for_a_while_is_tried_again(self, remote: Line) -> None:
        assert remote.is_away
        remote.is_away()
        with pytest.raises(remote.absence):
            await remote.adapter.deliver(envelope(), nothing)
        assert await remote.received() == []

    async def test_lost_answer_leaves_it_unknown(self, remote: Line) -> None:
        assert remote.loses_the_answer
        remote.loses_the_answer()
        with pytest.raises(DeliveryUnknownError):
            await remote.adapter.deliver(envelope(), nothing)
        assert len(await remote.received()) == 1
        assert await remote.adapter.settle(envelope()) is remote.settles_as
