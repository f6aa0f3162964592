"""The ledger in memory: a fake for tests. It forgets everything with the process."""

from __future__ import annotations

from dataclasses import replace

from activities.clock import Clock, wall_clock
from activities.effects.port import (
    LEASE,
    AttemptSupersededError,
    Begun,
    Effect,
    EffectPhase,
    EffectState,
)
from domain.sla.spans import Span


class InMemoryEffectLedger:
    """`EffectLedger` over a dictionary; no call waits in the middle, so each is atomic in one event loop."""

    def __init__(self, *, lease: Span = LEASE, clock: Clock = wall_clock) -> None:
        self._effects: dict[str, Effect] = {}
        self._lease = lease
        self._clock = clock

    async def begin(self, key: str, case_id: str, kind: str) -> Begun:
        now = self._clock()
        known = self._effects.get(key)
        if known is None:
            self._effects[key] = Effect(key, case_id, kind, EffectPhase.BEGUN, 1, now + self._lease, None)
            return Begun(EffectState.NEW, attempt=1)
        begun = known.begun_again(now)
        if begun.attempt != known.attempt:
            self._effects[key] = replace(known, attempt=begun.attempt, lease_until=now + self._lease)
        return begun

    async def mark_handed_over(self, key: str, attempt: int) -> None:
        self._effects[key] = replace(self._fenced(key, attempt), phase=EffectPhase.HANDED_OVER)

    async def renew(self, key: str, attempt: int) -> None:
        self._effects[key] = replace(self._fenced(key, attempt), lease_until=self._clock() + self._lease)

    async def finish(self, key: str, attempt: int, result: str) -> None:
        effect = self._fenced(key, attempt)
        self._effects[key] = replace(effect, phase=EffectPhase.DONE, result=result, lease_until=0)

    async def abandon(self, key: str, attempt: int) -> None:
        if effect := self._current(key, attempt):
            self._effects[key] = replace(effect, phase=EffectPhase.BEGUN, lease_until=0)

    async def release(self, key: str, attempt: int) -> None:
        if effect := self._current(key, attempt):
            self._effects[key] = replace(effect, lease_until=0)

    async def get(self, key: str) -> Effect | None:
        return self._effects.get(key)

    def _current(self, key: str, attempt: int) -> Effect | None:
        effect = self._effects.get(key)
        if effect is None or effect.attempt != attempt or effect.phase is EffectPhase.DONE:
            return None
        return effect

    def _fenced(self, key: str, attempt: int) -> Effect:
        if effect := self._current(key, attempt):
            return effect
        raise AttemptSupersededError(key, attempt)
