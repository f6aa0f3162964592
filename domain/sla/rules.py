"""How a promise is written in a policy: its steps, what pauses it, and what a miss costs."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.money import Money
from domain.sla.spans import PolicySpan, Span


class ClockKind(StrEnum):
    """Every promise that a clock can measure."""

    FIRST_RESPONSE = "first_response"
    STATUS_UPDATE = "status_update"
    TIER = "tier"
    TASK_CLAIM = "task_claim"
    TASK_DUE = "task_due"
    CLAIM_IDLE = "claim_idle"
    ASSIGNMENT = "assignment"
    CUSTOMER_ANSWER = "customer_answer"
    SATISFACTION = "satisfaction"
    FOLLOW_UP = "follow_up"
    CHANGE_WINDOW = "change_window"
    PAYMENT = "payment"
    RETURN_WINDOW = "return_window"
    ORDER_LOCK = "order_lock"
    LABEL = "label"
    SENDING = "sending"
    TRANSIT = "transit"
    REFUND = "refund"
    DISPATCH = "dispatch"
    PROMISE = "promise"
    INTERCEPTION = "interception"
    SEARCH = "search"
    RESOLUTION = "resolution"


class StepAction(StrEnum):
    """What a step does when its moment comes."""

    REMIND = "remind"
    WARN = "warn"
    BREACH = "breach"
    COMPENSATE = "compensate"
    ESCALATE = "escalate"
    HAND_OVER = "hand_over"
    SEND_UPDATE = "send_update"
    ASK_AGAIN = "ask_again"
    LOOK_AGAIN = "look_again"
    TRACE = "trace"
    RELEASE_CLAIM = "release_claim"
    OFFER_ON = "offer_on"
    CLOSE = "close"


_NUDGES = frozenset({StepAction.REMIND, StepAction.WARN, StepAction.BREACH})

EXECUTED: dict[ClockKind, frozenset[StepAction]] = {
    ClockKind.FIRST_RESPONSE: _NUDGES | {StepAction.COMPENSATE},
    ClockKind.STATUS_UPDATE: frozenset({StepAction.SEND_UPDATE, StepAction.BREACH, StepAction.COMPENSATE}),
    ClockKind.TIER: _NUDGES | {StepAction.ESCALATE, StepAction.COMPENSATE},
    ClockKind.TASK_CLAIM: _NUDGES,
    ClockKind.TASK_DUE: _NUDGES,
    ClockKind.CLAIM_IDLE: frozenset({StepAction.REMIND, StepAction.RELEASE_CLAIM}),
    ClockKind.ASSIGNMENT: frozenset({StepAction.OFFER_ON}),
    ClockKind.CUSTOMER_ANSWER: frozenset({StepAction.ASK_AGAIN, StepAction.CLOSE}),
    ClockKind.SATISFACTION: frozenset({StepAction.ASK_AGAIN, StepAction.CLOSE}),
    ClockKind.FOLLOW_UP: _NUDGES,
    ClockKind.CHANGE_WINDOW: frozenset(),
    ClockKind.PAYMENT: frozenset({StepAction.ASK_AGAIN, StepAction.CLOSE}),
    ClockKind.RETURN_WINDOW: frozenset(),
    ClockKind.ORDER_LOCK: frozenset({StepAction.LOOK_AGAIN, StepAction.CLOSE}),
    ClockKind.LABEL: _NUDGES,
    ClockKind.SENDING: frozenset({StepAction.ASK_AGAIN, StepAction.LOOK_AGAIN, StepAction.CLOSE}),
    ClockKind.TRANSIT: frozenset({StepAction.LOOK_AGAIN, StepAction.TRACE}),
    ClockKind.REFUND: _NUDGES,
    ClockKind.DISPATCH: _NUDGES | {StepAction.LOOK_AGAIN},
    ClockKind.PROMISE: _NUDGES,
    ClockKind.INTERCEPTION: _NUDGES | {StepAction.HAND_OVER},
    ClockKind.SEARCH: _NUDGES | {StepAction.HAND_OVER},
    ClockKind.RESOLUTION: _NUDGES,
}
"""The steps that some code executes for each kind of clock; a policy with any other is refused at load."""

AT_ONCE_ORDER: tuple[StepAction, ...] = (
    StepAction.BREACH,
    StepAction.COMPENSATE,
    StepAction.ESCALATE,
    StepAction.LOOK_AGAIN,
    StepAction.TRACE,
    StepAction.HAND_OVER,
    StepAction.CLOSE,
    StepAction.RELEASE_CLAIM,
    StepAction.OFFER_ON,
    StepAction.SEND_UPDATE,
    StepAction.ASK_AGAIN,
    StepAction.WARN,
    StepAction.REMIND,
)
"""Steps of one instant run in this order: what happened is on record before anybody is told of it."""


MISSES = frozenset({StepAction.BREACH, StepAction.COMPENSATE})
"""What is done for a promise that was missed, even when it ends in the same moment."""

RUN_LAST = frozenset({StepAction.ESCALATE, StepAction.CLOSE})
"""Of the steps of one instant, whichever clocks they belong to, these run last: they end other clocks, and what those
were just about to do (compensate a miss, for example) would be lost."""


class Step(BaseModel):
    """One thing to do at one point of a clock's budget.

    Exactly one of `at` (fraction of the budget, 1 is its end), `before` (span before its end) and `after` (span
    from its start) places it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: StepAction
    at: float | None = Field(default=None, ge=0, le=10)
    before: PolicySpan | None = None
    after: PolicySpan | None = None

    @model_validator(mode="after")
    def _placed_once(self) -> Step:
        if sum(place is not None for place in (self.at, self.before, self.after)) != 1:
            raise ValueError("expected exactly one of at, before and after")
        return self

    @property
    def name(self) -> str:
        """The step's identity in a clock's fired-set; it survives a change of budget."""
        if self.at is not None:
            return f"{self.do}@{self.at:g}"
        return f"{self.do}-{self.before}" if self.before is not None else f"{self.do}+{self.after}"

    def offset(self, budget: Span) -> Span:
        """Working time from the clock's start to this step, for a clock with `budget`."""
        if self.at is not None:
            return round(budget * self.at)
        if self.before is not None:
            return max(budget - self.before, 0)
        return self.after or 0


class Guarantee(BaseModel):
    """What the customer is granted, without asking, when a guaranteed clock is breached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grant: Money


class ClockRule(BaseModel):
    """What all clocks of one kind share.

    `pauses_on` names the case statuses during which no time is consumed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calendar: str = "always"
    pauses_on: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    guarantee: Guarantee | None = None

    def ordered_steps(self, budget: Span) -> list[tuple[Span, Step]]:
        """The steps with their offsets for this budget, in the order in which they run."""
        placed = [(step.offset(budget), step) for step in self.steps]
        return sorted(placed, key=lambda item: (item[0], AT_ONCE_ORDER.index(item[1].do)))


PROMISED = ClockRule(steps=(Step(do=StepAction.REMIND, at=0.75), Step(do=StepAction.BREACH, at=1)))
"""How a promise that somebody makes on the way is watched, where a policy says nothing else."""


class StatusUpdateRule(ClockRule):
    """A status update every so often until the case is resolved.

    `floating`: each delivered message restarts the clock. `fixed`: the grid stays, an early message moves nothing.
    `quiet_hours` names a calendar; automatic updates wait until it is open.
    """

    every: PolicySpan = Field(gt=0)
    cadence: Literal["floating", "fixed"] = "floating"
    quiet_hours: str | None = None


class FixedBudgetRule(ClockRule):
    """A clock whose budget is one number."""

    within: PolicySpan = Field(gt=0)


class ClockRules(BaseModel):
    """The rule of each kind of clock that a case type has; the fields are named as the kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def rule(self, kind: ClockKind) -> ClockRule:
        """The rule of one kind of clock."""
        rule: ClockRule = getattr(self, kind.value)
        return rule

    @property
    def kinds(self) -> tuple[ClockKind, ...]:
        """The kinds of clocks there are, in the order of the fields."""
        return tuple(ClockKind(name) for name in type(self).model_fields)
