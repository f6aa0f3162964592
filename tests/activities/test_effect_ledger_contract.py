"""What every ledger promises, in SQLite, PostgreSQL and memory: one attempt at a time, and no doubt is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from activities.effects.memory import InMemoryEffectLedger
from activities.effects.port import (
    AttemptSupersededError,
    Begun,
    Effect,
    EffectLedger,
    EffectPhase,
    EffectState,
)
from activities.effects.sql import SqlEffectLedger

KEY = "c1:status_update:1:email"
LEASE = 45_000


@dataclass
class Hand:
    """A clock that the test turns."""

    now: int = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(params=["sqlite_engine", "postgres_engine", "memory"])
def ledger(request: pytest.FixtureRequest, clock: Hand) -> EffectLedger:
    if request.param == "memory":
        return InMemoryEffectLedger(lease=LEASE, clock=clock)
    return SqlEffectLedger(request.getfixturevalue(request.param), lease=LEASE, clock=clock)


async def begin(ledger: EffectLedger) -> Begun:
    return await ledger.begin(KEY, "c1", "message")


class TestEffectLedger:
    async def test_first_attempt_is_new(self, ledger: EffectLedger) -> None:
        assert await begin(ledger) == Begun(EffectState.NEW, attempt=1)

    async def test_unknown_effect_is_none(self, ledger: EffectLedger) -> None:
        assert await ledger.get(KEY) is None

    async def test_other_keys_are_other_effects(self, ledger: EffectLedger) -> None:
        await begin(ledger)
        assert (await ledger.begin("c1:status_update:2:email", "c1", "message")).state is EffectState.NEW

    async def test_second_attempt_finds_it_held_while_the_lease_lasts(self, ledger: EffectLedger, clock: Hand) -> None:
        await begin(ledger)
        clock.now += 15_000
        assert await begin(ledger) == Begun(EffectState.HELD, attempt=1, wait=30_000)
        clock.now += 30_000
        assert await begin(ledger) == Begun(EffectState.STARTED_NOT_HANDED_OVER, attempt=2)

    async def test_attempt_that_renews_its_lease_keeps_the_effect(self, ledger: EffectLedger, clock: Hand) -> None:
        await begin(ledger)
        for _ in range(3):
            clock.now += 30_000
            await ledger.renew(KEY, 1)
        assert (await begin(ledger)).state is EffectState.HELD
        clock.now += LEASE
        await begin(ledger)
        with pytest.raises(AttemptSupersededError):
            await ledger.renew(KEY, 1)

    async def test_attempt_that_died_after_the_hand_over_leaves_it_in_doubt(
        self, ledger: EffectLedger, clock: Hand
    ) -> None:
        begun = await begin(ledger)
        await ledger.mark_handed_over(KEY, begun.attempt)
        clock.now += LEASE
        assert await begin(ledger) == Begun(EffectState.IN_DOUBT, attempt=2)

    async def test_doubt_stays_until_somebody_settles_it(self, ledger: EffectLedger, clock: Hand) -> None:
        await ledger.mark_handed_over(KEY, (await begin(ledger)).attempt)
        for attempt in (2, 3, 4):
            clock.now += LEASE
            assert await begin(ledger) == Begun(EffectState.IN_DOUBT, attempt=attempt)

    async def test_hand_over_may_be_marked_again_by_the_attempt_that_sends_again(
        self, ledger: EffectLedger, clock: Hand
    ) -> None:
        await ledger.mark_handed_over(KEY, (await begin(ledger)).attempt)
        clock.now += LEASE
        again = await begin(ledger)
        await ledger.mark_handed_over(KEY, again.attempt)
        await ledger.finish(KEY, again.attempt, "{}")
        assert (await begin(ledger)).state is EffectState.DONE

    async def test_finished_effect_returns_its_result_for_ever(self, ledger: EffectLedger, clock: Hand) -> None:
        begun = await begin(ledger)
        await ledger.mark_handed_over(KEY, begun.attempt)
        await ledger.finish(KEY, begun.attempt, '{"state": "delivered"}')
        clock.now += 10 * LEASE
        assert await begin(ledger) == Begun(EffectState.DONE, attempt=1, result='{"state": "delivered"}')

    async def test_result_is_recorded_once(self, ledger: EffectLedger) -> None:
        begun = await begin(ledger)
        await ledger.finish(KEY, begun.attempt, "first")
        with pytest.raises(AttemptSupersededError):
            await ledger.finish(KEY, begun.attempt, "second")
        assert (await begin(ledger)).result == "first"

    async def test_abandoned_attempt_may_be_followed_at_once(self, ledger: EffectLedger) -> None:
        begun = await begin(ledger)
        await ledger.mark_handed_over(KEY, begun.attempt)
        await ledger.abandon(KEY, begun.attempt)
        assert await begin(ledger) == Begun(EffectState.STARTED_NOT_HANDED_OVER, attempt=2)

    async def test_released_attempt_may_be_followed_at_once_and_keeps_the_doubt(self, ledger: EffectLedger) -> None:
        begun = await begin(ledger)
        await ledger.mark_handed_over(KEY, begun.attempt)
        await ledger.release(KEY, begun.attempt)
        assert await begin(ledger) == Begun(EffectState.IN_DOUBT, attempt=2)

    async def test_released_before_the_hand_over_there_is_no_doubt(self, ledger: EffectLedger) -> None:
        await ledger.release(KEY, (await begin(ledger)).attempt)
        assert await begin(ledger) == Begun(EffectState.STARTED_NOT_HANDED_OVER, attempt=2)

    async def test_slow_attempt_that_was_taken_over_must_not_hand_over(self, ledger: EffectLedger, clock: Hand) -> None:
        slow = await begin(ledger)
        clock.now += LEASE
        await begin(ledger)
        with pytest.raises(AttemptSupersededError):
            await ledger.mark_handed_over(KEY, slow.attempt)

    async def test_slow_attempt_that_nobody_took_over_may_still_hand_over(
        self, ledger: EffectLedger, clock: Hand
    ) -> None:
        slow = await begin(ledger)
        clock.now += 2 * LEASE
        await ledger.mark_handed_over(KEY, slow.attempt)
        assert (await begin(ledger)).state is EffectState.IN_DOUBT

    async def test_attempt_that_was_taken_over_changes_nothing(self, ledger: EffectLedger, clock: Hand) -> None:
        slow = await begin(ledger)
        clock.now += LEASE
        quick = await begin(ledger)
        await ledger.mark_handed_over(KEY, quick.attempt)
        with pytest.raises(AttemptSupersededError):
            await ledger.finish(KEY, slow.attempt, "late")
        await ledger.abandon(KEY, slow.attempt)
        await ledger.release(KEY, slow.attempt)
        assert (await begin(ledger)).state is EffectState.HELD
        effect = await ledger.get(KEY)
        assert effect
        assert (effect.phase, effect.attempt, effect.result) == (EffectPhase.HANDED_OVER, 2, None)

    async def test_finished_effect_cannot_be_abandoned(self, ledger: EffectLedger) -> None:
        begun = await begin(ledger)
        await ledger.finish(KEY, begun.attempt, "{}")
        await ledger.abandon(KEY, begun.attempt)
        await ledger.release(KEY, begun.attempt)
        assert (await begin(ledger)).state is EffectState.DONE

    async def test_of_many_first_attempts_at_once_one_may_go_on(self, ledger: EffectLedger) -> None:
        found = await asyncio.gather(*(begin(ledger) for _ in range(20)))
        assert sorted(begun.state for begun in found) == sorted([EffectState.NEW, *[EffectState.HELD] * 19])

    @pytest.mark.parametrize("handed_over", [False, True])
    async def test_of_many_later_attempts_at_once_one_may_go_on(
        self, ledger: EffectLedger, clock: Hand, *, handed_over: bool
    ) -> None:
        first = await begin(ledger)
        if handed_over:
            await ledger.mark_handed_over(KEY, first.attempt)
        clock.now += LEASE
        found = await asyncio.gather(*(begin(ledger) for _ in range(20)))
        goes_on = EffectState.IN_DOUBT if handed_over else EffectState.STARTED_NOT_HANDED_OVER
        assert sorted(begun.state for begun in found) == sorted([goes_on, *[EffectState.HELD] * 19])

    async def test_hand_over_and_take_over_at_once_never_both_go_unnoticed(
        self, ledger: EffectLedger, clock: Hand
    ) -> None:
        for round_number in range(20):
            key = f"c1:race:{round_number}"
            slow = await ledger.begin(key, "c1", "message")
            clock.now += LEASE
            marked, taken = await asyncio.gather(
                ledger.mark_handed_over(key, slow.attempt),
                ledger.begin(key, "c1", "message"),
                return_exceptions=True,
            )
            assert isinstance(taken, Begun)
            if isinstance(marked, AttemptSupersededError):
                assert taken.state is EffectState.STARTED_NOT_HANDED_OVER
            else:
                assert taken.state is EffectState.IN_DOUBT


async def test_take_over_sees_a_hand_over_that_was_marked_since_it_looked(
    postgres_engine: AsyncEngine, clock: Hand
) -> None:
    slow = SqlEffectLedger(postgres_engine, lease=LEASE, clock=clock)
    await begin(slow)
    clock.now += LEASE

    class LooksThenWaits(SqlEffectLedger):
        """In PostgreSQL, unlike SQLite, others may write between this ledger's reading and its writing."""

        looked = 0

        async def _take_over(self, connection: AsyncConnection, known: Effect, now: int) -> bool:
            self.looked += 1
            if self.looked == 1:
                await slow.mark_handed_over(KEY, 1)
            return await super()._take_over(connection, known, now)

    ledger = LooksThenWaits(postgres_engine, lease=LEASE, clock=clock)
    assert await begin(ledger) == Begun(EffectState.IN_DOUBT, attempt=2)
    assert ledger.looked == 2
