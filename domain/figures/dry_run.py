"""A changed policy over what really happened: which promises would have been broken, had it been in force.

What is recorded counts as it is recorded, whatever policies a case adopted meanwhile; only what is tried is computed.
People are taken to have done what they did when they did it. What a tier whose time ran out would have come to with
more time, nobody knows: it is counted as unknown, and not as kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.catalog import COMPLAINT, DELIVERY, ORDER_CHANGE, RETURN
from domain.delivery.policy import DeliveryPolicy
from domain.figures.observed import Observed
from domain.order_change.policy import OrderChangePolicy
from domain.people import Channel
from domain.policy import Policy
from domain.returns.policy import ReturnPolicy
from domain.sla.rules import ClockKind, ClockRule
from domain.sla.spans import Span


class Verdict(StrEnum):
    """What becomes of a promise under a policy."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Tried(BaseModel):
    """One kind of promise as it is recorded, and under the policy that is tried out.

    Attributes:
        promise: the kind of clock.
        of: the tier, the channel, or the kind of task.
        case_type: of the cases.
        before: how many are recorded as kept or broken, or still run.
        after: how many would surely be kept or broken under the policy that is tried; of the rest nobody can tell.
        untold: how many are recorded as kept or broken of which nobody can tell what would become of them.
        change: by what part of them there would be more broken ones; None where there were none before, or where
            some are untold: what became of these could turn it round.
    """

    model_config = ConfigDict(frozen=True)

    promise: ClockKind
    of: str
    case_type: str
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    untold: int
    change: float | None


def recorded(promise: Observed, own: Policy, case_type: str, *, vip: bool) -> Verdict | None:
    """What became of a promise, as its timeline says; None where nobody kept or broke anything."""
    if promise.broken:
        return Verdict.BROKEN
    if promise.given_up or _budget(promise, own, case_type, vip=vip) is None:
        return None
    return Verdict.KEPT if promise.ended else Verdict.UNKNOWN


def judged(promise: Observed, policy: Policy, case_type: str, *, vip: bool) -> Verdict | None:
    """What becomes of a promise; None where the policy makes no such promise."""
    budget = _budget(promise, policy, case_type, vip=vip)
    if budget is None:
        return None
    over = _consumed(promise, policy, _rule(promise, policy, case_type)) - budget - promise.extended
    # What ended because its time was over ended in the very moment in which it was.
    if over > 0 or (over == 0 and promise.cut_off):
        return Verdict.BROKEN
    return Verdict.KEPT if promise.ended and not promise.cut_off else Verdict.UNKNOWN


def _consumed(promise: Observed, policy: Policy, rule: ClockRule) -> Span:
    calendar = policy.calendars[rule.calendar]
    running = (one for one in promise.stretches if not one.held and one.status not in rule.pauses_on)
    return sum(calendar.between(one.start, one.end) for one in running)


def _budget(promise: Observed, policy: Policy, case_type: str, *, vip: bool) -> Span | None:
    if promise.kind is ClockKind.TASK_DUE:
        return _task_time(promise, policy, case_type)
    if case_type != COMPLAINT.name:
        return None
    complaint = policy.complaint
    if promise.kind is ClockKind.FIRST_RESPONSE:
        first = complaint.clocks.first_response
        # In a call the answer is given at once.
        return first.budget(Channel(promise.of), vip=vip) if first.by_channel[Channel(promise.of)] else None
    known = promise.of.isdecimal() and int(promise.of) in complaint.tiers and promise.priority in complaint.priorities
    return complaint.tier_time(int(promise.of), promise.priority) if known else None


def _task_time(promise: Observed, policy: Policy, case_type: str) -> Span | None:
    if case_type == COMPLAINT.name:
        within: Span | None = getattr(policy.complaint.task_times, promise.of, None)
        return within
    part = shop_parts(policy).get(case_type)
    if part is None or not hasattr(part.task_times, promise.of) or promise.priority not in part.priorities:
        return None
    return part.time_for(promise.of, promise.priority)


def _rule(promise: Observed, policy: Policy, case_type: str) -> ClockRule:
    part = policy.complaint if case_type == COMPLAINT.name else shop_parts(policy)[case_type]
    return part.clocks.rule(promise.kind)


def shop_parts(policy: Policy) -> dict[str, OrderChangePolicy | ReturnPolicy | DeliveryPolicy]:
    """The part of a policy for each type of case at the shop."""
    return {ORDER_CHANGE.name: policy.order_change, RETURN.name: policy.returns, DELIVERY.name: policy.deliveries}


class Tally:
    """Verdicts of many promises, before and after."""

    def __init__(self) -> None:
        self._counts: dict[tuple[ClockKind, str, str], Counter[tuple[Verdict, Verdict]]] = {}

    def add(self, promise: Observed, case_type: str, before: Verdict | None, after: Verdict | None) -> None:
        """Count a promise that was made, and would be made again."""
        if before is not None and after is not None:
            self._counts.setdefault((promise.kind, promise.of, case_type), Counter())[before, after] += 1

    def tried(self) -> list[Tried]:
        """What came of it, by type of case, kind of promise and what it was of."""
        return [_tried(*key, self._counts[key]) for key in sorted(self._counts, key=lambda key: key[::-1])]


def _tried(kind: ClockKind, of: str, case_type: str, counts: Counter[tuple[Verdict, Verdict]]) -> Tried:
    before = {verdict: sum(n for (was, _), n in counts.items() if was is verdict) for verdict in Verdict}
    after = {verdict: sum(n for (_, is_now), n in counts.items() if is_now is verdict) for verdict in Verdict}
    untold = after[Verdict.UNKNOWN] - counts[Verdict.UNKNOWN, Verdict.UNKNOWN]
    had = before[Verdict.BROKEN]
    change = (after[Verdict.BROKEN] - had) / had if had and not untold else None
    return Tried(promise=kind, of=of, case_type=case_type, before=before, after=after, untold=untold, change=change)
