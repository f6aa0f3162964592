"""Facts: what one line of a case's timeline means for a figure. They never change, because those lines never do."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.sla.spans import Instant

SATISFIED_FROM = 4
"""The CSAT score, of 1 to 5, from which somebody counts as satisfied."""


class Measure(StrEnum):
    """What is counted.

    `value` and `good` of a fact mean, by measure: OPENED and COMPENSATED neither; FIRST_RESPONSE whether it was in
    time, counted when it was given or missed, whichever came first; RESPONSE_TIME how long it took; TIER_TIME how
    long a tier had the case, and whether within its time, unless the case was over before any solution; UPDATE_GAP
    how long a waiting customer heard nothing, and whether that was no longer than promised; RESOLVED how long it took
    since the opening, and whether at the first contact; SATISFACTION and FOLLOW_UP the score from 1 to 5, and whether
    satisfied, the former as customers say themselves; REOPENED neither; BREACH neither; WORK how long somebody had
    the task; ENDED how long the case ran, and whether every promise of it was kept.
    """

    OPENED = "opened"
    FIRST_RESPONSE = "first_response"
    RESPONSE_TIME = "response_time"
    TIER_TIME = "tier_time"
    UPDATE_GAP = "update_gap"
    RESOLVED = "resolved"
    SATISFACTION = "satisfaction"
    FOLLOW_UP = "follow_up"
    REOPENED = "reopened"
    COMPENSATED = "compensated"
    BREACH = "breach"
    WORK = "work"
    ENDED = "ended"


class Fact(BaseModel):
    """One thing to count.

    Attributes:
        seq: number of the timeline entry that it follows from.
        at: when that happened.
        tier: of the case at that time, for types that have tiers.
        team: that had the case, or the task.
        person: a staff id, where it is somebody's work; never a customer.
        detail: the kind of task or clock, or the outcome.
        value: milliseconds, or a score.
        good: whether it was as promised.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    measure: Measure
    at: Instant
    tier: int | None = None
    team: str | None = None
    person: str | None = None
    detail: str | None = None
    value: int | None = None
    good: bool | None = None


class CountingRules(BaseModel):
    """What counting needs to know of the policy that a case was opened under.

    Attributes:
        at_once: the channel answers in the contact itself, so that there is nothing to wait for.
        silent: statuses in which no updates are promised, because the customer has the word or it is over.
        staff: whose word is not the customer's, though they entered it for them.
    """

    model_config = ConfigDict(frozen=True)

    at_once: bool = False
    silent: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
