"""A policy at another pace: the same promises in seconds instead of minutes, for rehearsals and tests."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from domain.complaint.policy import ComplaintPolicy
from domain.delivery.policy import DeliveryPolicy
from domain.order_change.policy import OrderChangePolicy
from domain.policy import Policy
from domain.returns.policy import ReturnPolicy
from domain.sla.rule_check import FieldPath
from domain.sla.rules import ClockKind
from domain.sla.spans import PolicySpan, Span
from starter.policies.fields import leaves

NOT_PACED = {("late_tolerance",), ("assignment", "present_for")}
"""How late the system itself may be, and how often a browser says that somebody is there, is no promise."""

LEADS = ("before", "after")


class Pace(BaseModel):
    """How many times faster everything goes.

    `floor` and `lead_floor` are in milliseconds: what is promised gets no shorter than the first, the distance
    of a step from the start or end of its clock no shorter than the second, and no longer than half the clock.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace: float = Field(default=1, gt=0, allow_inf_nan=False)
    floor: PolicySpan = 0
    lead_floor: PolicySpan = 0

    def budget(self, span: Span) -> Span:
        """A promise at this pace; none stays none."""
        return max(round(span / self.pace), self.floor, 1) if span else 0

    def lead(self, span: Span, budgets: tuple[Span, ...]) -> Span:
        """A step's distance at this pace, for a clock with these budgets (at this pace)."""
        longest = min((budget for budget in budgets if budget), default=span) // 2
        return min(max(round(span / self.pace), self.lead_floor, 1), longest) if span else 0


def at_pace(policy: Policy, pace: Pace) -> Policy:
    """The policy with every span divided by the pace, except for the system's own tolerance."""
    if pace.pace == 1:
        return policy
    written = policy.model_dump()
    spans = [leaf for leaf in leaves(policy) if leaf.is_span and leaf.path not in NOT_PACED]
    for path, value, _ in spans:
        if path[-1] not in LEADS:
            _put(written, path, pace.budget(_whole(value)))
    faster = Policy.model_validate(written)
    for path, value, _ in spans:
        if path[-1] in LEADS:
            kind = ClockKind(str(path[path.index("clocks") + 1]))
            section: ComplaintPolicy | OrderChangePolicy | ReturnPolicy | DeliveryPolicy = getattr(faster, str(path[0]))
            _put(written, path, pace.lead(_whole(value), section.budgets(kind)))
    return Policy.model_validate(written)


def renamed(policy: Policy, pace: float) -> Policy:
    """The policy under a name that says its additional pace, such as `charter-x60`.

    Raises:
        pydantic.ValidationError: the name gets too long.
    """
    return Policy.model_validate({**policy.model_dump(), "name": f"{policy.name}-x{pace:.10g}"})


def _whole(value: object) -> Span:
    assert isinstance(value, int)
    return value


def _put(written: Any, path: FieldPath, value: object) -> None:
    for part in path[:-1]:
        written = written[part]
    written[path[-1]] = value
