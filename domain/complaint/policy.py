"""What a policy says about complaints: tiers, clocks, classification, limits. Numbers come from the YAML."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.people import Channel, Language, Role
from domain.sla.rules import PROMISED, ClockKind, ClockRule, ClockRules, FixedBudgetRule, StatusUpdateRule
from domain.sla.spans import PolicySpan, Span

_DATA = ConfigDict(frozen=True, extra="forbid")


class Severity(StrEnum):
    """How bad it is; `critical` starts at the top tier in the shipped policies."""

    MINOR = "minor"
    NORMAL = "normal"
    MAJOR = "major"
    CRITICAL = "critical"


class Tier(BaseModel):
    """One tier of complaint handling (service charter, three tiers).

    `team` takes cases of this tier; `team_by_channel` and `vip_team` override it. `time` is the tier's limit;
    `respond_within` bounds the time until somebody claims the task.
    """

    model_config = _DATA

    name: dict[Language, str]
    team: str
    team_by_channel: dict[Channel, str] = {}
    vip_team: str | None = None
    time: PolicySpan = Field(gt=0)
    respond_within: PolicySpan | None = None
    claim_idle: PolicySpan = Field(gt=0)
    expected_share: float = Field(ge=0, le=1)
    satisfaction_target: float = Field(ge=0, le=1)

    def team_for(self, channel: Channel, *, vip: bool) -> str:
        """The team that a case of this channel and customer is offered to."""
        if vip and self.vip_team:
            return self.vip_team
        return self.team_by_channel.get(channel, self.team)


class FirstResponseRule(ClockRule):
    """First response by channel; 0 means answered at once, by the person who took the call."""

    by_channel: dict[Channel, PolicySpan]
    vip: PolicySpan

    def budget(self, channel: Channel, *, vip: bool) -> Span:
        """Time allowed until an agent's first message is delivered."""
        own = self.by_channel[channel]
        return min(own, self.vip) if vip else own


class ComplaintClocks(ClockRules):
    """The rule of each kind of clock; tier, task and claim budgets stand with the tiers and tasks."""

    first_response: FirstResponseRule
    status_update: StatusUpdateRule
    tier: ClockRule
    task_claim: ClockRule
    task_due: ClockRule
    claim_idle: ClockRule
    customer_answer: FixedBudgetRule
    satisfaction: FixedBudgetRule
    follow_up: FixedBudgetRule
    promise: ClockRule = PROMISED


class Condition(BaseModel):
    """When a classification rule applies: every field that is set must hold.

    `words`: any of these occurs in subject or description, whatever the case of its letters.
    """

    model_config = _DATA

    words: tuple[str, ...] = ()
    channel: tuple[Channel, ...] = ()
    vip: bool | None = None
    crisis_level_at_least: int | None = Field(default=None, ge=1, le=3)
    upset: bool | None = None
    severity: tuple[Severity, ...] = ()
    sensitive: bool | None = None


class Verdict(BaseModel):
    """What a classification rule adds; the entry tier and the severity can only rise from rule to rule."""

    model_config = _DATA

    type: str | None = None
    severity: Severity | None = None
    sensitive: bool | None = None
    upset: bool | None = None
    important: bool | None = None
    priority: str | None = None
    entry_tier: int | None = Field(default=None, ge=1)


class ClassificationRule(BaseModel):
    """One line of the classification table; `name` appears on the case's timeline."""

    model_config = _DATA

    name: str
    when: Condition
    then: Verdict


class TaskTimes(BaseModel):
    """How long each task outside the tiers may take, from its offer."""

    model_config = _DATA

    summarise: PolicySpan
    root_cause: PolicySpan
    department_answer: PolicySpan
    contact_customer: PolicySpan
    check_delivery: PolicySpan
    approve_goodwill: PolicySpan


class ComplaintPolicy(BaseModel):
    """Everything that a complaint is judged and timed by.

    `priorities` multiply tier times: 0.5 is handled 50 % faster. `authority` is the goodwill that a role may
    grant alone. `reopen_within` counts from closing. `merge_keeps` says whose clock goes on when two cases are
    merged: the one that is due earlier, or the target's own. `linked_at_most` is how many order changes and returns
    that came out of a complaint may be open at once.
    """

    model_config = _DATA

    tiers: dict[int, Tier]
    priorities: dict[str, float]
    default_priority: str
    classification: tuple[ClassificationRule, ...]
    default_type: str
    clocks: ComplaintClocks
    task_times: TaskTimes
    authority: dict[Role, Money]
    supervisors: str
    extend_at_most: PolicySpan
    reopen_within: PolicySpan
    linked_at_most: int = Field(default=5, ge=1, le=20)
    merge_keeps: Literal["earliest_due", "target"] = "earliest_due"
    quality_team: str

    @property
    def top_tier(self) -> int:
        """The highest tier; nothing climbs above it."""
        return max(self.tiers)

    def tier_time(self, tier: int, priority: str) -> Span:
        """The tier's limit for this priority."""
        return round(self.tiers[tier].time * self.priorities[priority])

    def budgets(self, kind: ClockKind) -> tuple[Span, ...]:
        """Every budget that a clock of this kind can start with, before priorities and extensions."""
        clocks, tiers = self.clocks, self.tiers.values()
        budgets: dict[ClockKind, tuple[Span, ...]] = {
            ClockKind.FIRST_RESPONSE: (*clocks.first_response.by_channel.values(), clocks.first_response.vip),
            ClockKind.STATUS_UPDATE: (clocks.status_update.every,),
            ClockKind.TIER: tuple(tier.time for tier in tiers),
            ClockKind.TASK_CLAIM: tuple(tier.respond_within for tier in tiers if tier.respond_within),
            ClockKind.TASK_DUE: tuple(self.task_times.model_dump().values()),
            ClockKind.CLAIM_IDLE: tuple(tier.claim_idle for tier in tiers),
            ClockKind.CUSTOMER_ANSWER: (clocks.customer_answer.within,),
            ClockKind.SATISFACTION: (clocks.satisfaction.within,),
            ClockKind.FOLLOW_UP: (clocks.follow_up.within,),
            ClockKind.PROMISE: (),
        }
        return budgets[kind]
