"""One message: how it is written and reported, and what cannot be sent at all."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notifications.deliveries import DeliveryRecord
from domain.deeds import DeliveryReport, DeliveryState
from domain.people import DeliveryChannel
from domain.policy import MessageTemplate
from domain.templates import TemplateName
from tests.activities.message_samples import ADDRESS, PHONE, PRIVATE_WORDS, customer_messages, order
from tests.activities.scripted import Act, Plug, Script, arrive, outcome, refuse, refuse_after_the_hand_over

pytestmark = pytest.mark.usefixtures("known_customer")

# --- the usual ---


async def test_message_is_written_in_the_customers_words_and_reported(messages: Plug) -> None:
    script = Script(arrive)
    report = await messages(script).send(order(), lambda: 1_767_000_000_000)
    [sent] = script.sent
    assert sent.address == ADDRESS
    assert sent.subject == "Complaint c1"
    assert sent.body == f"The front line looks at it until 2026-11-21 18:05 (UTC+08:00): {PRIVATE_WORDS}"
    assert report == DeliveryReport(
        state=DeliveryState.DELIVERED,
        channel=DeliveryChannel.EMAIL,
        reference=sent.message_id,
        at=1_767_000_000_000,
    )


async def test_repeated_order_reports_again_and_sends_nothing(messages: Plug) -> None:
    script = Script(arrive)
    first = await messages(script).send(order())
    assert await messages(script).send(order()) == first
    assert (len(script.sent), script.settled) == (1, 0)


async def test_other_channel_of_the_same_message_is_a_message_of_its_own(sqlite_engine: AsyncEngine) -> None:
    mail, text = Script(refuse), Script(arrive)
    messages = customer_messages(sqlite_engine, {DeliveryChannel.EMAIL: mail, DeliveryChannel.SMS: text})
    assert (await messages.send(order())).state is DeliveryState.FAILED
    assert (await messages.send(order(channel=DeliveryChannel.SMS))).state is DeliveryState.DELIVERED
    assert text.sent[0].address == PHONE
    assert text.sent[0].message_id != mail.sent[0].message_id


@pytest.mark.parametrize("automatic", [True, False])
async def test_adapter_is_told_whether_a_person_wrote_it(messages: Plug, *, automatic: bool) -> None:
    script = Script(arrive)
    await messages(script).send(order(automatic=automatic))
    assert script.sent[0].automatic is automatic


async def test_outcome_and_words_are_on_record(messages: Plug, sqlite_engine: AsyncEngine) -> None:
    report = await messages(Script(arrive)).send(order())
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert (delivery.key, delivery.state, delivery.reference) == (
        "c1:status_update:1:email",
        DeliveryState.DELIVERED,
        report.reference,
    )
    assert (delivery.channel, delivery.template) == (DeliveryChannel.EMAIL, TemplateName.STATUS_UPDATE)
    assert delivery.subject == "Complaint c1"
    assert PRIVATE_WORDS in (delivery.body or "")
    assert PRIVATE_WORDS not in repr(delivery)


# --- what cannot be sent ---


async def test_customer_without_an_address_on_the_channel_fails(sqlite_engine: AsyncEngine) -> None:
    script = Script()
    messages = customer_messages(sqlite_engine, {DeliveryChannel.CHAT: script})
    report = await messages.send(order(channel=DeliveryChannel.CHAT))
    assert outcome(report) == (DeliveryState.FAILED, "the customer has no address for chat")
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert (delivery.state, delivery.subject, delivery.body) == (DeliveryState.FAILED, None, None)


async def test_channel_that_nothing_is_plugged_into_fails(messages: Plug) -> None:
    report = await messages(Script()).send(order(channel=DeliveryChannel.SMS))
    assert outcome(report) == (DeliveryState.FAILED, "nothing is plugged in for sms")


async def test_template_that_does_not_render_fails(messages: Plug) -> None:
    broken = MessageTemplate(subject="x", body="{{ text.nothing.at_all }}")
    report = await messages(Script(), english=broken).send(order())
    assert outcome(report) == (DeliveryState.FAILED, "template status_update failed with UndefinedError")


@pytest.mark.parametrize("act", [refuse, refuse_after_the_hand_over])
async def test_rejected_message_fails_for_good(messages: Plug, act: Act) -> None:
    script = Script(act)
    first = await messages(script).send(order())
    assert first.state is DeliveryState.FAILED
    assert await messages(script).send(order()) == first
    assert len(script.sent) == 1
