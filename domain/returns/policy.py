"""What a policy says about returns: windows, clocks on every leg, limits, who does what."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.money import Money
from domain.returns.wish import GoodsCondition, ReturnKind
from domain.shop.values import Address
from domain.shop_case.policy import ShopCasePolicy, ShopTaskTimes
from domain.sla.rules import (
    PROMISED,
    ClockKind,
    ClockRule,
    ClockRules,
    FixedBudgetRule,
    StatusUpdateRule,
    Step,
    StepAction,
)
from domain.sla.spans import DAY, HOUR, MINUTE, PolicySpan, Span

_DATA = ConfigDict(frozen=True, extra="forbid")
_A = StepAction

WAREHOUSE = Address(name="Returns", street="1 Warehouse Road", city="杭州", postal_code="311100", country="CN")
"""Where the embedded shop's goods come back to."""


class CategoryRule(BaseModel):
    """What is otherwise for goods of one category. `only_faulty`: they come back only for a fault of ours."""

    model_config = _DATA

    only_faulty: bool = False
    windows: dict[ReturnKind, PolicySpan] = Field(default_factory=dict)


def _watched(within: Span, *actions: tuple[StepAction, float]) -> FixedBudgetRule:
    return FixedBudgetRule(within=within, steps=tuple(Step(do=do, at=at) for do, at in actions))


def _customers(within: Span) -> FixedBudgetRule:
    return _watched(within, (_A.ASK_AGAIN, 0.5), (_A.CLOSE, 1))


class ReturnClocks(ClockRules):
    """The rule of each kind of clock; windows' budgets stand with the windows, tasks' with the tasks."""

    return_window: ClockRule = ClockRule()
    order_lock: FixedBudgetRule = FixedBudgetRule(
        within=DAY,
        steps=(
            *(Step(do=_A.LOOK_AGAIN, after=span) for span in (15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR)),
            Step(do=_A.CLOSE, at=1),
        ),
    )
    status_update: StatusUpdateRule = StatusUpdateRule(
        every=4 * HOUR,
        pauses_on=("awaiting_answer", "awaiting_payment", "awaiting_parcel", "confirming"),
        steps=(Step(do=_A.SEND_UPDATE, before=10 * MINUTE), Step(do=_A.BREACH, at=1)),
    )
    task_due: ClockRule = ClockRule(steps=(Step(do=_A.REMIND, at=0.75), Step(do=_A.BREACH, at=1)))
    claim_idle: ClockRule = ClockRule(steps=(Step(do=_A.RELEASE_CLAIM, at=1),))
    customer_answer: FixedBudgetRule = _customers(3 * DAY)
    payment: FixedBudgetRule = _customers(3 * DAY)
    label: FixedBudgetRule = _watched(HOUR, (_A.REMIND, 0.5), (_A.BREACH, 1))
    sending: FixedBudgetRule = _watched(14 * DAY, (_A.ASK_AGAIN, 0.5), (_A.ASK_AGAIN, 0.8), (_A.CLOSE, 1))
    transit: FixedBudgetRule = _watched(7 * DAY, (_A.LOOK_AGAIN, 0.5), (_A.TRACE, 1))
    refund: FixedBudgetRule = _watched(DAY, (_A.REMIND, 0.5), (_A.WARN, 0.75), (_A.BREACH, 1))
    dispatch: FixedBudgetRule = _watched(2 * DAY, (_A.LOOK_AGAIN, 0.5), (_A.REMIND, 0.75), (_A.BREACH, 1))
    satisfaction: FixedBudgetRule = _customers(3 * DAY)
    promise: ClockRule = PROMISED


class ReturnTaskTimes(ShopTaskTimes):
    """How long each task may take, from its offer."""

    decide_return: PolicySpan = 4 * HOUR
    trace_parcel: PolicySpan = DAY
    inspect_goods: PolicySpan = 12 * HOUR
    repair_goods: PolicySpan = 3 * DAY
    test_goods: PolicySpan = DAY
    follow_up: PolicySpan = DAY


class ReturnPolicy(ShopCasePolicy):
    """Everything that a return is judged and timed by.

    `windows` run from the delivery. `as_new` are the conditions in which goods come back without a fault and without
    anybody's decision. `in_advance_up_to` is the value of a replacement that goes out before the goods are back without
    anybody's decision. `send_to` is where goods come back to.
    """

    windows: dict[ReturnKind, PolicySpan] = Field(
        default={
            ReturnKind.REFUND: 7 * DAY,
            ReturnKind.EXCHANGE: 15 * DAY,
            ReturnKind.CLAIM: 15 * DAY,
        }
    )
    categories: dict[str, CategoryRule] = Field(default={"food": CategoryRule(only_faulty=True)})
    as_new: tuple[GoodsCondition, ...] = (GoodsCondition.UNOPENED, GoodsCondition.OPENED)
    in_advance_up_to: Money = Money(minor=20_000, currency="CNY")
    clocks: ReturnClocks = ReturnClocks()  # type: ignore[mutable-override]  # narrowed, and frozen
    task_times: ReturnTaskTimes = ReturnTaskTimes()  # type: ignore[mutable-override]  # narrowed, and frozen
    send_to: Address = WAREHOUSE
    deciding_team: str = "online"
    tracing_team: str = "logistics"
    inspecting_team: str = "warehouse"
    repairing_team: str = "specialists"
    testing_team: str = "quality"
    following_team: str = "specialists"

    def window(self, kind: ReturnKind, category: str) -> Span | None:
        """How long after the delivery such goods may come back; None for ever."""
        own = self.categories.get(category, CategoryRule()).windows
        return own.get(kind, self.windows.get(kind))

    def budgets(self, kind: ClockKind) -> tuple[Span, ...]:
        if kind is ClockKind.RETURN_WINDOW:
            own = [span for category in self.categories.values() for span in category.windows.values()]
            return (*self.windows.values(), *own)
        return super().budgets(kind)
