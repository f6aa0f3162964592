"""A changed policy over what really happened: which promises would have been broken, had it been in force.

People are taken to have done what they did when they did it. What a tier whose time ran out would have come to with
more time, nobody knows: it is counted as unknown, and not as kept.
"""

from __future__ import annotations

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
    """One kind of promise under the policies that cases had, and under the one that is tried out.

    Attributes:
        promise: the kind of clock.
        of: the tier, the channel, or the kind of task.
        case_type: of the cases.
        before: how many were kept, broken or are unknown under the cases' own policies.
        after: the same under the policy that is tried.
        change: by what part of them there would be more broken ones; None where there were none before.
    """

    model_config = ConfigDict(frozen=True)

    promise: ClockKind
    of: str
    case_type: str
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    change: float | None

    @property
    def more(self) -> int:
        """How many more would be broken."""
        return self.after[Verdict.BROKEN] - self.before[Verdict.BROKEN]


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
    part = _shop_parts(policy).get(case_type)
    if part is None or not hasattr(part.task_times, promise.of) or promise.priority not in part.priorities:
        return None
    return part.time_for(promise.of, promise.priority)


def _rule(promise: Observed, policy: Policy, case_type: str) -> ClockRule:
    part = policy.complaint if case_type == COMPLAINT.name else _shop_parts(policy)[case_type]
    return part.clocks.rule(promise.kind)


def _shop_parts(policy: Policy) -> dict[str, OrderChangePolicy | ReturnPolicy | DeliveryPolicy]:
    return {ORDER_CHANGE.name: policy.order_change, RETURN.name: policy.returns, DELIVERY.name: policy.deliveries}


class Tally:
    """Verdicts of many promises, before and after."""

    def __init__(self) -> None:
        self._counts: dict[tuple[ClockKind, str, str], tuple[dict[Verdict, int], dict[Verdict, int]]] = {}

    def add(self, promise: Observed, case_type: str, before: Verdict | None, after: Verdict | None) -> None:
        """Count a promise that both policies make."""
        if before is None or after is None:
            return
        key = (promise.kind, promise.of, case_type)
        nothing = dict.fromkeys(Verdict, 0)
        own, other = self._counts.setdefault(key, ({**nothing}, {**nothing}))
        own[before] += 1
        other[after] += 1

    def tried(self) -> list[Tried]:
        """What came of it, by type of case, kind of promise and what it was of."""
        return [
            Tried(promise=kind, of=of, case_type=case_type, before=own, after=other, change=_change(own, other))
            for (kind, of, case_type), (own, other) in sorted(self._counts.items(), key=lambda item: item[0][::-1])
        ]


def _change(before: Mapping[Verdict, int], after: Mapping[Verdict, int]) -> float | None:
    had = before[Verdict.BROKEN]
    return (after[Verdict.BROKEN] - had) / had if had else None
