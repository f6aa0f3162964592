"""Messages whose report comes late: what they kept counts as kept, and no breach waits for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.notifications.deliveries import DeliveryRecord
from activities.notifications.port import TransientDeliveryError
from domain.people import Channel
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from tests.world import OpenCase, World

FIRST = ClockKind.FIRST_RESPONSE


class Silence:
    """While it lasts messages arrive and nobody can report it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.lasts = False
        write = DeliveryRecord.write

        async def write_unless_silent(record: DeliveryRecord, *told: Any) -> None:
            if self.lasts:
                raise TransientDeliveryError("the store is away")
            await write(record, *told)

        patch.setattr(DeliveryRecord, "write", write_unless_silent)


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Silence:
    return Silence(monkeypatch)


async def replied(world: World, silence: Silence) -> OpenCase:
    """A chat in which the agent's reply has arrived after 20 seconds, and nobody knows of it yet."""
    case = await world.open(Channel.CHAT)
    await case.claim()
    await case.forward(timedelta(seconds=20))
    silence.lasts = True
    await case.reply()
    return case


async def test_promise_waits_for_the_report_of_a_message_that_may_have_kept_it(world: World, silence: Silence) -> None:
    case = await replied(world, silence)
    await world.env.fast_forward(case.handle, timedelta(seconds=13))
    assert (await case.clock(FIRST)).state is ClockState.RUNNING
    silence.lasts = False
    await world.env.fast_forward(case.handle, timedelta(seconds=10))
    await case.quiet()
    clock = await case.clock(FIRST)
    assert (clock.state, clock.why[-1].what) == (ClockState.MET, "met")
    assert 20_000 <= clock.why[-1].at - clock.why[0].at < 25_000
    assert await case.compensations() == []


async def test_breach_does_not_wait_longer_for_a_report_than_one_attempt_takes(world: World, silence: Silence) -> None:
    case = await replied(world, silence)
    await world.env.fast_forward(case.handle, timedelta(seconds=35))
    clock = await case.clock(FIRST)
    assert clock.state is ClockState.BREACHED
    silence.lasts = False
    await world.env.fast_forward(case.handle, timedelta(seconds=60))
    assert len(await case.compensations()) == 1
