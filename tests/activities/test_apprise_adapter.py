"""Apprise: what fits into its URL, and what it must not log."""

from __future__ import annotations

import importlib.util
import logging

import pytest

from activities.notifications.apprise import AppriseMessageAdapter
from activities.notifications.port import PermanentDeliveryError
from tests.activities.delivery_receivers import webhook_receiver
from tests.activities.message_samples import envelope

pytestmark = pytest.mark.usefixtures("apprise_plugins")


async def nothing() -> None:
    """A hand-over that nobody records."""


@pytest.mark.parametrize("url", ["json://localhost", "json://localhost?:id={message_id}"])
def test_url_needs_a_place_for_the_address(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        AppriseMessageAdapter(url)


def test_receiver_can_only_drop_repeats_that_carry_an_id() -> None:
    with pytest.raises(ValueError, match="message_id"):
        AppriseMessageAdapter("json://localhost/{address}", receiver_deduplicates=True)


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModuleNotFoundError, match=r"duecourse\[apprise\]"):
        AppriseMessageAdapter("json://localhost/{address}")


async def test_url_that_apprise_does_not_know_is_permanent_and_not_handed_over() -> None:
    async def hand_over() -> None:
        raise AssertionError("handed over")

    with pytest.raises(PermanentDeliveryError):
        await AppriseMessageAdapter("nosuchservice://{address}").deliver(envelope(), hand_over)


async def test_address_cannot_change_the_url() -> None:
    async with webhook_receiver(signed=False) as receiver:
        adapter = AppriseMessageAdapter(f"json://127.0.0.1:{receiver.port}/?:message_id={{message_id}}&:to={{address}}")
        await adapter.deliver(envelope(address="+86&:message_id=other#?/@evil.test"), nothing)
        [content] = receiver.taken.values()
    assert content["to"] == "+86&:message_id=other#?/@evil.test"
    assert content["message_id"] == envelope().message_id


async def test_several_messages_do_not_wait_for_each_other() -> None:
    async with webhook_receiver(signed=False) as receiver:
        adapter = AppriseMessageAdapter(f"json://127.0.0.1:{receiver.port}/?:message_id={{message_id}}&:to={{address}}")
        for number in range(3):
            await adapter.deliver(envelope(key=f"c1:x:{number}:sms"), nothing)
        assert len(receiver.taken) == 3


async def test_apprise_logs_nothing_about_a_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with webhook_receiver(signed=False) as receiver:
        adapter = AppriseMessageAdapter(f"json://127.0.0.1:{receiver.port}/?:message_id={{message_id}}&:to={{address}}")
        await adapter.deliver(envelope(), nothing)
    assert [record for record in caplog.records if record.name.startswith(("apprise", "urllib3"))] == []
