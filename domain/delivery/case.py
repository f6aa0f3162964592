"""A delivery problem under its policy, whole: due steps are taken, completed tasks and answers have effects."""

from __future__ import annotations

from pydantic import BaseModel

from domain.deeds import TakeStep
from domain.delivery import answers, flow, outcomes, steps
from domain.delivery.endings import resolve
from domain.delivery.machine import DeliveryCaseStatus, DeliveryTrigger
from domain.delivery.messages import DeliveryOutcome
from domain.delivery.standing import DeliveryStanding
from domain.delivery.tasks import DECIDE
from domain.errors import WrongStatusError
from domain.people import SYSTEM, Actor
from domain.shop.refusal import Refusal
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from domain.shop_case.people import check_approval
from domain.shop_case.tasks import APPROVE
from domain.sla.clock import Clock
from domain.sla.rules import StepAction
from domain.sla.spans import Instant
from domain.tasks import HumanTask


class DeliveryCase(DeliveryStanding):
    """The delivery problem as an aggregate. What follows from its status stands in `flow`, its steps in `plan`."""

    def go_on(self, now: Instant) -> None:
        flow.go_on(self, now)

    def identified(self, now: Instant) -> None:
        """Nobody asked, so nobody is verified."""

    def refuse(self, reason: str, now: Instant, by: Actor = SYSTEM, *, other_case: str | None = None) -> None:
        resolve(self, DeliveryOutcome.CLOSED, now, reason, by)

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

    def payment_settled(self, event: PaymentSettled) -> None:
        """A payment of the order came in; nothing here waits for one."""

    def parcel_scanned(self, event: ParcelScanned) -> None:
        if self.is_news(event.event_id) and event.parcel_id == self.state.parcel_id:
            self.state.looked = False

    def check_close(self) -> None:
        self.require(DeliveryTrigger.RESOLVE)
        if self.state.status is DeliveryCaseStatus.COMMITTING:
            raise WrongStatusError("what was decided is being done", status=self.status)

    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        steps.execute(self, clock, action, now)
