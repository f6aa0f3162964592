"""What a policy says about order changes: windows, clocks, limits, who decides. The defaults are the charter's."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.shop.orders import Fulfilment
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


class ChangeKind(StrEnum):
    """What a customer may want changed."""

    CONTENT = "content"
    ADDRESS = "address"
    PAYMENT_METHOD = "payment_method"
    CANCELLATION = "cancellation"


class ChangeWindow(BaseModel):
    """How long after placing an order a customer may change it alone, and how far it may have come by then."""

    model_config = _DATA

    within: PolicySpan = Field(gt=0)
    while_order_is: tuple[Fulfilment, ...] = Field(default=(Fulfilment.OPEN,), min_length=1)


def _nudges(remind_at: float) -> tuple[Step, ...]:
    return (Step(do=StepAction.REMIND, at=remind_at), Step(do=StepAction.BREACH, at=1))


def _customers(within: Span) -> FixedBudgetRule:
    steps = (Step(do=StepAction.ASK_AGAIN, at=0.5), Step(do=StepAction.CLOSE, at=1))
    return FixedBudgetRule(within=within, steps=steps)


class OrderChangeClocks(ClockRules):
    """The rule of each kind of clock; the window's budgets stand with the windows, those of tasks with the tasks."""

    change_window: ClockRule = ClockRule()
    status_update: StatusUpdateRule = StatusUpdateRule(
        every=4 * HOUR,
        pauses_on=("awaiting_answer", "awaiting_payment"),
        steps=(Step(do=StepAction.SEND_UPDATE, before=10 * MINUTE), Step(do=StepAction.BREACH, at=1)),
    )
    task_due: ClockRule = ClockRule(steps=_nudges(0.75))
    claim_idle: ClockRule = ClockRule(steps=(Step(do=StepAction.RELEASE_CLAIM, at=1),))
    customer_answer: FixedBudgetRule = _customers(DAY)
    payment: FixedBudgetRule = _customers(DAY)
    promise: ClockRule = PROMISED
    interception: FixedBudgetRule = FixedBudgetRule(
        within=DAY, steps=(Step(do=StepAction.REMIND, at=0.5), Step(do=StepAction.HAND_OVER, at=1))
    )


class ChangeTaskTimes(ShopTaskTimes):
    """How long each task may take, from its offer."""

    decide_change: PolicySpan = 2 * HOUR
    decide_interception: PolicySpan = 2 * HOUR


class OrderChangePolicy(ShopCasePolicy):
    """Everything that an order change is judged and timed by.

    `ask_customer` says whether a customer must accept every difference in price, or only one that costs something.
    """

    windows: dict[ChangeKind, ChangeWindow] = Field(
        default={
            ChangeKind.CONTENT: ChangeWindow(within=HOUR),
            ChangeKind.ADDRESS: ChangeWindow(within=2 * HOUR),
            ChangeKind.PAYMENT_METHOD: ChangeWindow(within=HOUR),
            ChangeKind.CANCELLATION: ChangeWindow(within=2 * HOUR),
        }
    )
    ask_customer: Literal["price_up", "any_difference"] = "price_up"
    clocks: OrderChangeClocks = OrderChangeClocks()  # type: ignore[mutable-override]  # narrowed, and frozen
    task_times: ChangeTaskTimes = ChangeTaskTimes()  # type: ignore[mutable-override]  # narrowed, and frozen

    def budgets(self, kind: ClockKind) -> tuple[Span, ...]:
        if kind is ClockKind.CHANGE_WINDOW:
            return tuple(window.within for window in self.windows.values())
        return super().budgets(kind)
