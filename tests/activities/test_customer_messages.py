"""One message, exactly once: what is sent, reported and recorded, whatever went wrong before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.effects.memory import InMemoryEffectLedger
from activities.effects.port import AttemptSupersededError
from activities.effects.sql import SqlEffectLedger
from activities.notifications.attempts import CHECKED_BY_A_PERSON
from activities.notifications.deliveries import Check, DeliveryRecord
from activities.notifications.messages import CustomerMessages, EffectHeldError
from activities.notifications.port import (
    Delivered,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    MessageAdapter,
    PermanentDeliveryError,
    Settlement,
    TransientDeliveryError,
)
from domain.deeds import CheckOrder, DeliveryReport, DeliveryState, RecordCheck
from domain.people import DeliveryChannel
from domain.policy import MessageTemplate
from domain.templates import TemplateName
from starter.feed import Feed
from tests.activities.message_samples import (
    ADDRESS,
    PHONE,
    PRIVATE_WORDS,
    customer_messages,
    order,
    register_customer,
)

Act = Callable[[HandOver], Awaitable[None]]


async def arrive(hand_over: HandOver) -> None:
    await hand_over()


async def refuse(hand_over: HandOver) -> None:
    del hand_over
    raise PermanentDeliveryError("refused")


async def be_away(hand_over: HandOver) -> None:
    del hand_over
    raise TransientDeliveryError("away")


async def be_away_after_the_hand_over(hand_over: HandOver) -> None:
    await hand_over()
    raise TransientDeliveryError("surely not taken")


async def refuse_after_the_hand_over(hand_over: HandOver) -> None:
    await hand_over()
    raise PermanentDeliveryError("surely not taken")


async def lose_the_answer(hand_over: HandOver) -> None:
    await hand_over()
    raise DeliveryUnknownError("no answer")


async def break_before_the_hand_over(hand_over: HandOver) -> None:
    del hand_over
    raise RuntimeError("a bug")


async def break_after_the_hand_over(hand_over: HandOver) -> None:
    await hand_over()
    raise RuntimeError("a bug")


class Hang:
    """An act that never ends; `hanging` tells when there is nothing left but to wait."""

    def __init__(self, *, handed_over: bool) -> None:
        self._handed_over = handed_over
        self.hanging = asyncio.Event()

    async def __call__(self, hand_over: HandOver) -> None:
        if self._handed_over:
            await hand_over()
        self.hanging.set()
        await asyncio.Event().wait()


class Script:
    """A message adapter that does, attempt by attempt, what the test says."""

    def __init__(self, *acts: Act, settles_as: Settlement = Settlement.UNKNOWN) -> None:
        self._acts = list(acts)
        self.settles_as = settles_as
        self.sent: list[Envelope] = []
        self.settled = 0

    async def deliver(self, envelope: Envelope, hand_over: HandOver) -> Delivered:
        self.sent.append(envelope)
        await self._acts.pop(0)(hand_over)
        return Delivered(envelope.message_id)

    async def settle(self, envelope: Envelope) -> Settlement:
        del envelope
        self.settled += 1
        return self.settles_as


@pytest.fixture(autouse=True)
async def _customer(sqlite_engine: AsyncEngine) -> None:
    await register_customer(sqlite_engine)


@pytest.fixture
def messages(sqlite_engine: AsyncEngine) -> Callable[..., CustomerMessages]:
    def plugged(adapter: MessageAdapter, **changed: Any) -> CustomerMessages:
        return customer_messages(sqlite_engine, {DeliveryChannel.EMAIL: adapter}, **changed)

    return plugged


Plug = Callable[..., CustomerMessages]


def outcome(report: DeliveryReport) -> tuple[DeliveryState, str | None]:
    return report.state, report.detail


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


# --- trying again ---


@pytest.mark.parametrize("act", [be_away, be_away_after_the_hand_over, break_before_the_hand_over])
async def test_what_surely_did_not_arrive_is_simply_sent_again(messages: Plug, act: Act) -> None:
    script = Script(act, act, arrive)
    for _ in range(2):
        with pytest.raises((TransientDeliveryError, RuntimeError)):
            await messages(script).send(order())
    assert (await messages(script).send(order())).state is DeliveryState.DELIVERED
    assert script.settled == 0


async def test_lost_answer_that_nobody_can_settle_is_unknown_for_good(
    messages: Plug, sqlite_engine: AsyncEngine
) -> None:
    script = Script(lose_the_answer)
    first = await messages(script).send(order())
    assert outcome(first) == (DeliveryState.UNKNOWN, CHECKED_BY_A_PERSON)
    assert await messages(script).send(order()) == first
    assert len(script.sent) == 1
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert (delivery.state, delivery.detail) == (DeliveryState.UNKNOWN, CHECKED_BY_A_PERSON)


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_a_person_found_out_stands_beside_the_message(engine: AsyncEngine, arrived: bool) -> None:
    record = DeliveryRecord(engine)
    for key, state in (("k:chat", "failed"), ("k:email", "unknown"), ("l:email", "unknown")):
        report = DeliveryReport(state=DeliveryState(state), channel=DeliveryChannel(key[2:]))
        await record.write(key, order(key=key[0]), report, None)
    found = RecordCheck(key="k:checked", message="k", arrived=arrived, by="chen", how="asked", at=7)
    for by in ("chen", "wang"):
        await record.check(CheckOrder(case_id="c1", check=found.model_copy(update={"by": by})))
    checks = {delivery.key: delivery.check for delivery in await record.of_case("c1")}
    known = Check(arrived, "chen", 7, "asked")
    assert checks == {"k:chat": None, "k:email": known, "l:email": None}
    assert [letter.check for letter in await Feed(engine).letters("c1") if letter.check] == [known]


async def test_lost_answer_of_a_message_that_did_arrive_is_delivered(messages: Plug) -> None:
    script = Script(lose_the_answer, settles_as=Settlement.DELIVERED)
    assert (await messages(script).send(order())).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("settlement", [Settlement.RESEND_IS_SAFE, Settlement.NOT_DELIVERED])
async def test_lost_answer_that_may_be_repeated_is_sent_again(messages: Plug, settlement: Settlement) -> None:
    script = Script(lose_the_answer, arrive, settles_as=settlement)
    with pytest.raises(TransientDeliveryError):
        await messages(script).send(order())
    assert (await messages(script).send(order())).state is DeliveryState.DELIVERED
    assert len({sent.message_id for sent in script.sent}) == 1


@pytest.mark.parametrize(
    ("settlement", "state"),
    [
        (Settlement.UNKNOWN, DeliveryState.UNKNOWN),
        (Settlement.DELIVERED, DeliveryState.DELIVERED),
        (Settlement.RESEND_IS_SAFE, DeliveryState.DELIVERED),
        (Settlement.NOT_DELIVERED, DeliveryState.DELIVERED),
    ],
)
async def test_attempt_that_broke_after_the_hand_over_is_settled_first(
    messages: Plug, settlement: Settlement, state: DeliveryState
) -> None:
    script = Script(break_after_the_hand_over, arrive, settles_as=settlement)
    with pytest.raises(RuntimeError):
        await messages(script).send(order())
    assert (await messages(script).send(order())).state is state
    sends_again = settlement in (Settlement.RESEND_IS_SAFE, Settlement.NOT_DELIVERED)
    assert (script.settled, len(script.sent)) == (1, 2 if sends_again else 1)


async def test_doubt_survives_a_safe_resend_that_fails(messages: Plug) -> None:
    script = Script(lose_the_answer, be_away, refuse, settles_as=Settlement.RESEND_IS_SAFE)
    for _ in range(2):
        with pytest.raises(TransientDeliveryError):
            await messages(script).send(order())
    report = await messages(script).send(order())
    assert outcome(report) == (DeliveryState.UNKNOWN, CHECKED_BY_A_PERSON)


async def test_doubt_survives_that_the_message_can_no_longer_be_written(messages: Plug) -> None:
    with pytest.raises(RuntimeError):
        await messages(Script(break_after_the_hand_over)).send(order())
    broken = MessageTemplate(subject="x", body="{{ nothing }}")
    report = await messages(Script(), english=broken).send(order())
    assert report.state is DeliveryState.UNKNOWN


# --- several attempts, slow attempts ---


async def test_of_many_attempts_at_once_one_sends(messages: Plug) -> None:
    script = Script(*[arrive] * 10)
    found = await asyncio.gather(*(messages(script).send(order()) for _ in range(10)), return_exceptions=True)
    assert len(script.sent) == 1
    assert {type(result) for result in found} <= {DeliveryReport, EffectHeldError}
    assert sum(isinstance(result, DeliveryReport) for result in found) >= 1


async def test_while_an_attempt_is_at_work_the_next_one_is_told_how_long(messages: Plug) -> None:
    hang = Hang(handed_over=False)
    working = asyncio.create_task(messages(Script(hang)).send(order()))
    await hang.hanging.wait()
    with pytest.raises(EffectHeldError) as held:
        await messages(Script()).send(order())
    assert 0 < held.value.wait <= 45_000
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_attempt_that_takes_long_and_lives_stays_the_only_one(messages: Plug) -> None:
    hang = Hang(handed_over=True)
    signs: list[int] = []
    slow = messages(Script(hang), lease=300, renewed_every=50)
    working = asyncio.create_task(slow.send(order(), alive=lambda: signs.append(1)))
    await hang.hanging.wait()
    await asyncio.sleep(0.6)
    with pytest.raises(EffectHeldError):
        await messages(Script(), lease=300).send(order())
    assert len(signs) > 3
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_attempt_that_outlived_its_lease_must_not_send(messages: Plug, sqlite_engine: AsyncEngine) -> None:
    later = lambda: wall_clock() + 60_000  # noqa: E731 - a clock is a function
    quick = Script(arrive)

    async def be_overtaken(hand_over: HandOver) -> None:
        assert (await messages(quick, clock=later).send(order())).state is DeliveryState.DELIVERED
        await hand_over()
        raise AssertionError("went on after the hand-over was refused")

    with pytest.raises(AttemptSupersededError):
        await messages(Script(be_overtaken)).send(order())
    assert len(quick.sent) == 1
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert delivery.state is DeliveryState.DELIVERED


STOPPED = [(False, DeliveryState.DELIVERED), (True, DeliveryState.UNKNOWN)]
"""Whether an attempt was handed over when it was stopped, and what the next one reports."""


@pytest.mark.parametrize(("handed_over", "state"), STOPPED)
async def test_attempt_is_stopped_when_its_lease_is_over(
    messages: Plug, state: DeliveryState, *, handed_over: bool
) -> None:
    script = Script(Hang(handed_over=handed_over), arrive)
    with pytest.raises(TransientDeliveryError, match="longer than an attempt may"):
        await messages(script, lease=1_000).send(order())
    assert (await messages(script).send(order())).state is state


@pytest.mark.parametrize(("handed_over", "state"), STOPPED)
async def test_attempt_that_is_cancelled_lets_the_next_one_begin_at_once(
    messages: Plug, state: DeliveryState, *, handed_over: bool
) -> None:
    hang = Hang(handed_over=handed_over)
    script = Script(hang, arrive)
    working = asyncio.create_task(messages(script).send(order()))
    await hang.hanging.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert (await messages(script).send(order())).state is state


async def test_outcome_that_is_known_is_recorded_although_the_worker_is_told_to_stop(
    messages: Plug, sqlite_engine: AsyncEngine
) -> None:
    finishing, finished = asyncio.Event(), asyncio.Event()

    class Slow(SqlEffectLedger):
        async def finish(self, key: str, attempt: int, result: str) -> None:
            finishing.set()
            await asyncio.sleep(0.05)
            await super().finish(key, attempt, result)
            finished.set()

    script = Script(arrive)
    working = asyncio.create_task(messages(script, ledger=Slow(sqlite_engine)).send(order()))
    await finishing.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await finished.wait()
    assert (await messages(script).send(order())).state is DeliveryState.DELIVERED
    assert (len(script.sent), script.settled) == (1, 0)


async def test_delivery_that_was_finished_but_not_recorded_is_recorded_on_the_repeat(
    messages: Plug, sqlite_engine: AsyncEngine
) -> None:
    ledger = SqlEffectLedger(sqlite_engine)
    begun = await ledger.begin("c1:status_update:1:email", "c1", "message")
    report = DeliveryReport(state=DeliveryState.DELIVERED, channel=DeliveryChannel.EMAIL, reference="id")
    await ledger.finish("c1:status_update:1:email", begun.attempt, report.model_dump_json())
    assert await messages(Script()).send(order()) == report
    [delivery] = await DeliveryRecord(sqlite_engine).of_case("c1")
    assert (delivery.reference, delivery.subject) == ("id", "Complaint c1")


async def test_any_ledger_will_do(messages: Plug) -> None:
    ledger, script = InMemoryEffectLedger(), Script(be_away, arrive)
    with pytest.raises(TransientDeliveryError):
        await messages(script, ledger=ledger).send(order())
    assert (await messages(script, ledger=ledger).send(order())).state is DeliveryState.DELIVERED
