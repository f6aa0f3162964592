"""An adapter that does what a script says, in these tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from activities.notifications.messages import CustomerMessages
from activities.notifications.port import (
    Delivered,
    DeliveryUnknownError,
    Envelope,
    HandOver,
    PermanentDeliveryError,
    Settlement,
    TransientDeliveryError,
)
from domain.deeds import DeliveryReport, DeliveryState

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


Plug = Callable[..., CustomerMessages]
"""Makes the sender of messages over an adapter."""


def outcome(report: DeliveryReport) -> tuple[DeliveryState, str | None]:
    return report.state, report.detail
