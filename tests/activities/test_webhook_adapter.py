"""Webhooks: what is signed, what each answer means, and where nothing was sent at all."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest
from pydantic import HttpUrl, SecretStr, ValidationError

from activities.effects.port import LONGEST_ATTEMPT
from activities.notifications import webhook
from activities.notifications.port import (
    DeliveryUnknownError,
    NoticeItem,
    PermanentDeliveryError,
    StaffNotice,
    TransientDeliveryError,
)
from activities.notifications.webhook import (
    TIMEOUT,
    WebhookMessageAdapter,
    WebhookSender,
    WebhookSettings,
    WebhookStaffNotifier,
    webhook_id,
)
from domain.deeds import NoticeKind
from tests.activities.delivery_receivers import SECRET, WebhookReceiver, webhook_receiver
from tests.activities.message_samples import ADDRESS, envelope


async def nothing() -> None:
    """A hand-over that nobody records."""


def settings(receiver: WebhookReceiver, *secrets: str) -> WebhookSettings:
    return WebhookSettings(url=HttpUrl(receiver.url), secrets=tuple(map(SecretStr, secrets or (SECRET,))))


async def test_gateway_gets_everything_it_needs_to_send() -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        await WebhookMessageAdapter(sender).deliver(envelope(), nothing)
    [(identity, content)] = receiver.taken.items()
    assert identity == webhook_id(envelope().message_id)
    assert content["type"] == "message.send"
    assert content["data"] == {
        "message_id": envelope().message_id,
        "channel": "email",
        "to": ADDRESS,
        "subject": envelope().subject,
        "body": envelope().body,
        "language": "zh-CN",
        "automatic": True,
    }


async def test_receiver_with_another_secret_refuses() -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver, "whsec_b3RoZXI=")) as sender:
        with pytest.raises(PermanentDeliveryError, match="401"):
            await WebhookMessageAdapter(sender).deliver(envelope(), nothing)
        assert receiver.taken == {}


async def test_while_the_secret_is_being_replaced_both_receivers_understand() -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver, "whsec_b3RoZXI=", SECRET)) as sender:
        await WebhookMessageAdapter(sender).deliver(envelope(), nothing)
        assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, PermanentDeliveryError),
        (400, PermanentDeliveryError),
        (404, PermanentDeliveryError),
        (410, PermanentDeliveryError),
        (422, PermanentDeliveryError),
        (408, TransientDeliveryError),
        (409, TransientDeliveryError),
        (425, TransientDeliveryError),
        (429, TransientDeliveryError),
        (500, TransientDeliveryError),
        (503, TransientDeliveryError),
    ],
)
async def test_answer_says_whether_to_try_again(status: int, error: type[Exception]) -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        receiver.status = status
        with pytest.raises(error, match=f"^the receiver answered {status}$"):
            await WebhookMessageAdapter(sender).deliver(envelope(), nothing)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_success_is_delivered(status: int) -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        receiver.status = status
        delivered = await WebhookMessageAdapter(sender).deliver(envelope(), nothing)
    assert delivered.reference == envelope().message_id


async def test_receiver_that_is_not_there_may_be_tried_again() -> None:
    async with webhook_receiver() as receiver:
        pass
    async with WebhookSender(settings(receiver)) as sender:
        with pytest.raises(TransientDeliveryError, match="cannot be reached"):
            await WebhookMessageAdapter(sender).deliver(envelope(), nothing)


async def test_receiver_that_keeps_silent_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", httpx.Timeout(5.0, read=0.2))
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        receiver.may_answer.clear()
        with pytest.raises(DeliveryUnknownError, match="ReadTimeout"):
            await WebhookMessageAdapter(sender).deliver(envelope(), nothing)


def test_timeouts_together_stay_below_the_longest_attempt() -> None:
    seconds = [TIMEOUT.connect, TIMEOUT.write, TIMEOUT.read, TIMEOUT.pool]
    assert sum(second or 0 for second in seconds) * 1000 < LONGEST_ATTEMPT


async def test_one_sender_serves_many_messages_at_once() -> None:
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        adapter = WebhookMessageAdapter(sender)
        await asyncio.gather(*(adapter.deliver(envelope(key=f"c{n}:x:1:sms"), nothing) for n in range(30)))
        assert len(receiver.taken) == 30


async def test_staff_notice_told_twice_is_taken_once() -> None:
    item = NoticeItem(case_id="c1", about="tier 1 is over", due_at=1)
    notice = StaffNotice(key="c1:tier:1:breach", recipient="chen", notice=NoticeKind.BREACH, items=(item,))
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        notifier = WebhookStaffNotifier(sender)
        await notifier.notify(notice)
        await notifier.notify(notice)
        await notifier.notify(notice.model_copy(update={"recipient": "deng"}))
    taken: list[dict[str, Any]] = list(receiver.taken.values())
    assert len(receiver.attempts) == 3
    assert [(content["type"], content["data"]["recipient"]) for content in taken] == [
        ("staff.notice", "chen"),
        ("staff.notice", "deng"),
    ]
    assert taken[0]["data"]["items"] == [{"case_id": "c1", "about": "tier 1 is over", "due_at": 1}]


async def test_url_is_not_logged_since_it_may_be_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with webhook_receiver() as receiver, WebhookSender(settings(receiver)) as sender:
        await WebhookMessageAdapter(sender).deliver(envelope(), nothing)
    assert "/hook" not in caplog.text


def test_webhook_id_has_no_dot_since_the_signature_is_split_at_dots() -> None:
    assert "." not in webhook_id(envelope().message_id)


def test_settings_need_a_secret_and_keep_it_to_themselves() -> None:
    with pytest.raises(ValidationError):
        WebhookSettings(url=HttpUrl("https://gateway.test/"), secrets=())
    assert SECRET not in repr(WebhookSettings(url=HttpUrl("https://gateway.test/"), secrets=(SecretStr(SECRET),)))
