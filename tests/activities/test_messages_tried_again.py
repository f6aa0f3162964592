"""One message, exactly once, though answers are lost: what is sent again, settled first, or unknown for good."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notifications.attempts import CHECKED_BY_A_PERSON
from activities.notifications.deliveries import Check, DeliveryRecord
from activities.notifications.port import Settlement, TransientDeliveryError
from domain.deeds import CheckOrder, DeliveryReport, DeliveryState, RecordCheck
from domain.people import DeliveryChannel
from domain.policy import MessageTemplate
from starter.feed import Feed
from tests.activities.message_samples import order
from tests.activities.scripted import (
    Act,
    Plug,
    Script,
    arrive,
    be_away,
    be_away_after_the_hand_over,
    break_after_the_hand_over,
    break_before_the_hand_over,
    lose_the_answer,
    outcome,
    refuse,
)

pytestmark = pytest.mark.usefixtures("known_customer")


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
