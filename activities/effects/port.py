"""The exactly-once ledger's port: each effect has a key, each attempt at it a number, and one attempt works at a time.

An attempt that Temporal has given up on may still be running. So an attempt holds the effect for a lease only, and
its number is a fencing token: once a later attempt has taken over, the earlier one can mark nothing any more, and it
must not pass its point of no return without having marked it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.sla.spans import SECOND, Instant, Span

LEASE: Span = 15 * SECOND
"""How long an effect stays an attempt's own without a sign of life from it: a dead worker's work waits no longer."""

RENEWED_EVERY: Span = 4 * SECOND
"""How often an attempt that is at work renews its lease."""

LONGEST_ATTEMPT: Span = 45 * SECOND
"""How long an attempt may work. Activity timeouts (`start_to_close`) must be longer, or a retry comes too early."""


class EffectState(StrEnum):
    """What an attempt finds when it begins. Only `held` and `done` mean that it must not go on."""

    NEW = "new"
    STARTED_NOT_HANDED_OVER = "started_not_handed_over"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    HELD = "held"


class EffectPhase(StrEnum):
    """How far an effect has come; `handed_over` is past the point of no return."""

    BEGUN = "begun"
    HANDED_OVER = "handed_over"
    DONE = "done"


class AttemptSupersededError(Exception):
    """A later attempt has taken this effect over, or finished it: this one must stop without a trace."""

    def __init__(self, key: str, attempt: int) -> None:
        super().__init__(f"attempt {attempt} at {key} is no longer the current one")


@dataclass(frozen=True, slots=True)
class Begun:
    """What `begin` found.

    Attributes:
        attempt: the fencing token for `mark_handed_over`, `finish`, `abandon` and `release`.
        result: what was recorded, when the effect is done.
        wait: when it is held, the time after which the holder's lease is over.
    """

    state: EffectState
    attempt: int
    result: str | None = None
    wait: Span = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect as the ledger has it."""

    key: str
    case_id: str
    kind: str
    phase: EffectPhase
    attempt: int
    lease_until: Instant
    result: str | None

    def begun_again(self, now: Instant) -> Begun:
        """What an attempt finds that begins at `now`; unless held or done, it would be number `attempt`."""
        if self.phase is EffectPhase.DONE:
            return Begun(EffectState.DONE, self.attempt, result=self.result)
        if self.lease_until > now:
            return Begun(EffectState.HELD, self.attempt, wait=self.lease_until - now)
        doubtful = self.phase is EffectPhase.HANDED_OVER
        state = EffectState.IN_DOUBT if doubtful else EffectState.STARTED_NOT_HANDED_OVER
        return Begun(state, self.attempt + 1)


class EffectLedger(Protocol):
    """Remembers each effect under its key. All calls are durable when they return."""

    async def begin(self, key: str, case_id: str, kind: str) -> Begun:
        """Begin an attempt. Of several at once exactly one may go on; the others find it `held`."""

    async def mark_handed_over(self, key: str, attempt: int) -> None:
        """Note that from here on the effect may have happened.

        Raises:
            AttemptSupersededError: a later attempt works on it; the caller must not go on.
        """

    async def renew(self, key: str, attempt: int) -> None:
        """Keep an effect that is still being worked on; the lease begins anew.

        Raises:
            AttemptSupersededError: a later attempt works on it; the caller must not go on.
        """

    async def finish(self, key: str, attempt: int, result: str) -> None:
        """Record the result (JSON) for good.

        Raises:
            AttemptSupersededError: a later attempt works on it, or it is done already.
        """

    async def abandon(self, key: str, attempt: int) -> None:
        """Give up an attempt that surely had no effect; the next one starts as if nothing had been handed over."""

    async def release(self, key: str, attempt: int) -> None:
        """Give up an attempt and leave everything as it is known: if it was handed over, the doubt remains."""

    async def get(self, key: str) -> Effect | None:
        """The effect, or None if it was never begun."""
