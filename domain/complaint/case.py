"""A complaint under its policy, whole: its due steps are taken, and completed tasks have consequences."""

from __future__ import annotations

from pydantic import BaseModel

from domain.complaint import outcomes, steps
from domain.complaint.handling import ComplaintHandling
from domain.complaint.machine import ComplaintTrigger
from domain.complaint.tasks import APPROVE_GOODWILL, RESOLVE
from domain.people import Actor
from domain.sla.clock import Clock
from domain.sla.rules import StepAction
from domain.sla.spans import Instant
from domain.tasks import HumanTask


class Complaint(ComplaintHandling):
    """The complaint as an aggregate. Verbs stand in `decisions` and `supervision`, due steps in `steps`."""

    def task_completed(self, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
        outcomes.COMPLETED[task.kind](self, task, form, actor, now)

    def check_completion(self, task: HumanTask, form: BaseModel, actor: Actor) -> None:
        if task.kind == RESOLVE:
            self.require(ComplaintTrigger.OFFER_SOLUTION)
        if task.kind == APPROVE_GOODWILL:
            outcomes.check_approval(self, form, actor)

    def task_skipped(self, task: HumanTask, now: Instant) -> None:
        outcomes.go_on(self, task, now)

    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        steps.execute(self, clock, action, now)
