"""Several attempts at one message, and slow ones: only one sends, and what it found out is recorded."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import wall_clock
from activities.effects.memory import InMemoryEffectLedger
from activities.effects.port import AttemptSupersededError
from activities.effects.sql import SqlEffectLedger
from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.messages import EffectHeldError
from activities.notifications.port import HandOver, TransientDeliveryError
from domain.deeds import DeliveryReport, DeliveryState
from domain.people import DeliveryChannel
from tests.activities.message_samples import order
from tests.activities.scripted import Hang, Plug, Script, arrive, be_away

pytestmark = pytest.mark.usefixtures("known_customer")


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
