"""Workers killed in the middle of a message: what the customer has got, and what the next attempt reports."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.effects.port import EffectPhase
from activities.effects.sql import SqlEffectLedger
from activities.notifications.attempts import CHECKED_BY_A_PERSON
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.messages import EffectHeldError
from activities.notifications.outbox import OutboxMessageAdapter
from domain.deeds import DeliveryReport, DeliveryState
from domain.people import DeliveryChannel
from tests.activities.crash_child import DELIVERED, plugged
from tests.activities.delivery_receivers import smtp_sink, webhook_receiver
from tests.activities.message_samples import customer_messages, order, register_customer

PATIENCE_S = 90.0
"""How long a test waits for its child on a busy machine."""

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("apprise_plugins")


@asynccontextmanager
async def child(engine: AsyncEngine, name: str, port: int = 0) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that sends the sample message; it is killed with SIGKILL when the block ends."""
    await register_customer(engine)
    url = engine.url.render_as_string(hide_password=False)
    arguments = [sys.executable, "-m", "tests.activities.crash_child", url, name, str(port)]
    process = await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def next_attempt(engine: AsyncEngine, name: str, port: int = 0) -> DeliveryReport:
    """The same order once more in this process, a minute later, when the dead attempt's lease is over."""
    async with plugged(name, engine, port) as adapter:
        adapters = {DeliveryChannel.EMAIL: adapter}
        return await customer_messages(engine, adapters, clock=lambda: wall_clock() + 60_000).send(order())


async def phase(engine: AsyncEngine) -> EffectPhase | None:
    effect = await SqlEffectLedger(engine).get("c1:status_update:1:email")
    return effect.phase if effect else None


async def test_killed_after_a_mail_was_taken_the_report_is_unknown_and_no_second_mail_goes_out(
    sqlite_engine: AsyncEngine,
) -> None:
    async with smtp_sink() as sink:
        sink.may_answer.clear()
        async with child(sqlite_engine, "smtp", sink.port):
            await asyncio.wait_for(sink.arrived.wait(), PATIENCE_S)
        sink.may_answer.set()
        assert await phase(sqlite_engine) is EffectPhase.HANDED_OVER
        report = await next_attempt(sqlite_engine, "smtp", sink.port)
        assert (report.state, report.detail) == (DeliveryState.UNKNOWN, CHECKED_BY_A_PERSON)
        assert len(sink.mails) == 1
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert delivery.state is DeliveryState.UNKNOWN


async def test_killed_after_a_mail_was_taken_a_receiver_that_drops_repeats_gets_it_again_and_keeps_one(
    sqlite_engine: AsyncEngine,
) -> None:
    async with smtp_sink() as sink:
        sink.deduplicates = True
        sink.may_answer.clear()
        async with child(sqlite_engine, "smtp_deduplicating", sink.port):
            await asyncio.wait_for(sink.arrived.wait(), PATIENCE_S)
        sink.may_answer.set()
        report = await next_attempt(sqlite_engine, "smtp_deduplicating", sink.port)
        assert report.state is DeliveryState.DELIVERED
        assert len(sink.mails) == 1


async def test_killed_before_the_mail_was_handed_over_it_goes_out_once(sqlite_engine: AsyncEngine) -> None:
    async with smtp_sink() as sink:
        sink.may_accept.clear()
        async with child(sqlite_engine, "smtp", sink.port):
            await asyncio.wait_for(sink.asked.wait(), PATIENCE_S)
        sink.may_accept.set()
        assert await phase(sqlite_engine) is EffectPhase.BEGUN
        report = await next_attempt(sqlite_engine, "smtp", sink.port)
        assert report.state is DeliveryState.DELIVERED
        assert len(sink.mails) == 1


async def test_killed_after_a_webhook_was_taken_it_is_sent_again_and_taken_once(
    postgres_engine: AsyncEngine,
) -> None:
    async with webhook_receiver() as receiver:
        receiver.may_answer.clear()
        async with child(postgres_engine, "webhook", receiver.port):
            await asyncio.wait_for(receiver.arrived.wait(), PATIENCE_S)
        receiver.may_answer.set()
        report = await next_attempt(postgres_engine, "webhook", receiver.port)
        assert report.state is DeliveryState.DELIVERED
        assert len(receiver.attempts) == 2
        assert len(set(receiver.attempts)) == len(receiver.taken) == 1


async def test_killed_while_apprise_was_sending_the_report_is_unknown(sqlite_engine: AsyncEngine) -> None:
    async with webhook_receiver(signed=False) as receiver:
        receiver.may_answer.clear()
        async with child(sqlite_engine, "apprise", receiver.port):
            await asyncio.wait_for(receiver.arrived.wait(), PATIENCE_S)
        receiver.may_answer.set()
        report = await next_attempt(sqlite_engine, "apprise", receiver.port)
        assert report.state is DeliveryState.UNKNOWN
        assert len(receiver.attempts) == 1


async def test_killed_between_the_outbox_and_its_record_the_message_is_found_there(sqlite_engine: AsyncEngine) -> None:
    async with child(sqlite_engine, "outbox") as process:
        assert process.stdout
        assert (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode().strip() == DELIVERED
    assert await phase(sqlite_engine) is EffectPhase.HANDED_OVER
    outbox = OutboxMessageAdapter(sqlite_engine)
    with pytest.raises(EffectHeldError):  # for all we know, the dead attempt may still be alive
        await customer_messages(sqlite_engine, {DeliveryChannel.EMAIL: outbox}).send(order())
    report = await next_attempt(sqlite_engine, "outbox")
    assert report.state is DeliveryState.DELIVERED
    assert len(await outbox.newest()) == 1
