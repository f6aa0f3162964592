"""What a policy says about delivery problems: how fast they are resolved, by whom, how long a parcel is looked for."""

from __future__ import annotations

from domain.people import Channel
from domain.shop_case.policy import ShopCasePolicy, ShopTaskTimes
from domain.sla.rules import PROMISED, ClockRule, ClockRules, FixedBudgetRule, StatusUpdateRule, Step, StepAction
from domain.sla.spans import DAY, HOUR, MINUTE, PolicySpan


class DeliveryClocks(ClockRules):
    """The rule of each kind of clock; the budgets of tasks stand with the tasks."""

    status_update: StatusUpdateRule = StatusUpdateRule(
        every=4 * HOUR, steps=(Step(do=StepAction.SEND_UPDATE, before=10 * MINUTE), Step(do=StepAction.BREACH, at=1))
    )
    resolution: FixedBudgetRule = FixedBudgetRule(within=2 * HOUR, steps=(Step(do=StepAction.BREACH, at=1),))
    task_due: ClockRule = ClockRule(steps=(Step(do=StepAction.REMIND, at=0.75), Step(do=StepAction.BREACH, at=1)))
    claim_idle: ClockRule = ClockRule(steps=(Step(do=StepAction.RELEASE_CLAIM, at=1),))
    search: FixedBudgetRule = FixedBudgetRule(
        within=DAY, steps=(Step(do=StepAction.REMIND, at=0.5), Step(do=StepAction.HAND_OVER, at=1))
    )
    promise: ClockRule = PROMISED


class DeliveryTaskTimes(ShopTaskTimes):
    """How long each task may take, from its offer."""

    decide_delivery: PolicySpan = 2 * HOUR


class DeliveryPolicy(ShopCasePolicy):
    """Everything that a delivery problem is judged and timed by. `contact_by`: nobody has written to us yet."""

    clocks: DeliveryClocks = DeliveryClocks()  # type: ignore[mutable-override]  # narrowed, and frozen
    task_times: DeliveryTaskTimes = DeliveryTaskTimes()  # type: ignore[mutable-override]  # narrowed, and frozen
    contact_by: Channel = Channel.CHAT
    deciding_team: str = "logistics"
