"""What a policy says about every kind of case at a shop: who does what, and what goes out without a second look."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.people import Role
from domain.sla.rules import ClockKind, ClockRules, FixedBudgetRule, StatusUpdateRule
from domain.sla.spans import DAY, HOUR, MINUTE, PolicySpan, Span

_DATA = ConfigDict(frozen=True, extra="forbid")


class ShopTaskTimes(BaseModel):
    """How long a task may take, from its offer."""

    model_config = _DATA

    verify_identity: PolicySpan = 2 * HOUR
    approve_refund: PolicySpan = 2 * HOUR
    settle_by_hand: PolicySpan = 2 * HOUR
    contact_customer: PolicySpan = 2 * HOUR
    check_delivery: PolicySpan = 2 * HOUR
    answer_customer: PolicySpan = 2 * HOUR


class ShopCasePolicy(BaseModel):
    """The rules of one case type.

    `authority` is the refund that goes out without a second pair of eyes. `priorities` multiply task times: 0.5 is
    handled 50 % faster, and VIP customers begin with `vip_priority`. `extend_at_most` is for a clock's whole life.
    """

    model_config = _DATA

    clocks: ClockRules
    task_times: ShopTaskTimes
    claim_idle: PolicySpan = Field(default=30 * MINUTE, gt=0)
    authority: dict[Role, Money] = {Role.AGENT: Money(minor=20_000, currency="CNY")}
    priorities: dict[str, float] = {"normal": 1.0, "high": 0.5}
    default_priority: str = "normal"
    vip_priority: str = "high"
    extend_at_most: PolicySpan = DAY
    verifying_team: str = "online"
    deciding_team: str = "specialists"
    settling_team: str = "finance"
    supervisors: str = "supervisors"

    def budgets(self, kind: ClockKind) -> tuple[Span, ...]:
        """Every budget that a clock of this kind can start with; a promise's is for whoever makes it."""
        rule = self.clocks.rule(kind)
        if isinstance(rule, FixedBudgetRule):
            return (rule.within,)
        if isinstance(rule, StatusUpdateRule):
            return (rule.every,)
        budgets: dict[ClockKind, tuple[Span, ...]] = {
            ClockKind.TASK_DUE: tuple(self.task_times.model_dump().values()),
            ClockKind.CLAIM_IDLE: (self.claim_idle,),
            ClockKind.PROMISE: (),
        }
        return budgets[kind]

    def time_for(self, kind: str, priority: str) -> Span:
        """How long a task of this kind may take at a priority."""
        within: Span = getattr(self.task_times, kind)
        return round(within * self.priorities[priority])

    def priority_of(self, *, vip: bool) -> str:
        """The priority that a customer's case begins with."""
        return self.vip_priority if vip else self.default_priority


def within_authority(limits: Mapping[Role, Money], amount: Money) -> bool:
    """Whether a refund goes out without a second pair of eyes; a limit in another currency says nothing about it."""
    limit = limits.get(Role.AGENT)
    return limit is not None and limit.currency == amount.currency and amount.minor <= limit.minor
