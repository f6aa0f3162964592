"""An order change under its policy, whole: due steps are taken, completed tasks and the shop's answers have effects."""

from __future__ import annotations

from pydantic import BaseModel

from domain.deeds import TakeStep
from domain.order_change import answers, flow, outcomes, permits, steps
from domain.order_change.endings import give_up
from domain.order_change.machine import ChangeTrigger
from domain.order_change.messages import ChangeOutcome
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import Ending
from domain.order_change.tasks import DECIDE
from domain.people import SYSTEM, Actor
from domain.shop.refusal import Refusal
from domain.shop_case.people import check_approval
from domain.shop_case.tasks import APPROVE
from domain.sla.clock import Clock
from domain.sla.rules import StepAction
from domain.sla.spans import Instant
from domain.tasks import HumanTask


class OrderChange(OrderChangeStanding):
    """The order change as an aggregate. What follows from its status stands in `flow`, the shop's part in `plan`."""

    def go_on(self, now: Instant) -> None:
        flow.go_on(self, now)

    def identified(self, now: Instant) -> None:
        permits.judge(self, now)

    def refuse(self, reason: str, now: Instant, by: Actor = SYSTEM, *, other_case: str | None = None) -> None:
        give_up(self, Ending(outcome=ChangeOutcome.REFUSED, reason=reason, other_case=other_case), now, by)

    def shop_answered(self, deed: TakeStep, answer: object, now: Instant) -> None:
        answers.answered(self, deed, answer, now)

    def shop_refused(self, deed: TakeStep, why: Refusal, now: Instant) -> None:
        answers.refused(self, deed, why, now)

    def task_completed(self, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
        outcomes.COMPLETED[task.kind](self, task, form, actor, now)

    def check_completion(self, task: HumanTask, form: BaseModel, actor: Actor) -> None:
        if task.kind == DECIDE:
            outcomes.check_decision(self, form)
        elif task.kind == APPROVE:
            check_approval(self, form, actor)

    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        steps.execute(self, clock, action, now)

    @property
    def has_news(self) -> bool:
        return not (self.over or self.state.told)

    def check_close(self) -> None:
        self.require(ChangeTrigger.WITHDRAW)
