"""A complaint under its policy, whole: its due steps are taken, and completed tasks have consequences."""

from __future__ import annotations

from pydantic import BaseModel

from domain.complaint import budgets, outcomes, steps
from domain.complaint.linking import ComplaintLinking, check_linked_over, require_none_linked
from domain.complaint.machine import WORKING, ComplaintStatus, ComplaintTrigger
from domain.complaint.messages import Outcome
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, RESOLVE
from domain.deeds import NoticeKind
from domain.errors import LimitExceededError, MergeRefusedError
from domain.people import Actor
from domain.policy import Policy
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind, StepAction
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask
from domain.templates import TemplateName
from domain.worked_case import Checks


class Complaint(ComplaintLinking):
    """The complaint as an aggregate. What people ask of it alone stands in `decisions`, due steps in `steps`."""

    reopens = True

    def task_completed(self, task: HumanTask, form: BaseModel, actor: Actor, now: Instant) -> None:
        outcomes.COMPLETED[task.kind](self, task, form, actor, now)

    def check_completion(self, task: HumanTask, form: BaseModel, actor: Actor) -> None:
        if task.kind == RESOLVE:
            self.require(ComplaintTrigger.OFFER_SOLUTION)
            check_linked_over(self, form)
        if task.kind == APPROVE_GOODWILL:
            outcomes.check_approval(self, form, actor)

    def task_skipped(self, task: HumanTask, now: Instant) -> None:
        outcomes.go_on(self, task, now)

    def execute(self, clock: Clock, action: StepAction, now: Instant) -> None:
        steps.execute(self, clock, action, now)

    # What people ask of every case, as it is meant here.

    @property
    def has_news(self) -> bool:
        return self.state.status in (*WORKING, ComplaintStatus.SOLUTION_OFFERED)

    @property
    def extend_at_most(self) -> Span:
        return self.rules.extend_at_most

    def priorities_in(self, policy: Policy) -> dict[str, float]:
        return policy.complaint.priorities

    def fits(self, policy: Policy) -> bool:
        tiers = {self.tier, *(task.tier for task in self.active_tasks() if task.tier)}
        return tiers <= policy.complaint.tiers.keys()

    def budget_of(self, clock: Clock) -> Span | None:
        return budgets.budget_of(self, clock)

    def check_question(self) -> None:
        if self.state.status is not ComplaintStatus.WAITING_FOR_CUSTOMER:
            self.require(ComplaintTrigger.ASK_CUSTOMER)

    def await_answer(self, by: Actor, now: Instant) -> Instant | None:
        if self.state.status is not ComplaintStatus.WAITING_FOR_CUSTOMER:
            self.fire(ComplaintTrigger.ASK_CUSTOMER, now, by)
        self.cancel(ClockKind.CUSTOMER_ANSWER, now, "the customer was asked again")
        within = self.rules.clocks.customer_answer.within
        clock = self.start_clock(ClockKind.CUSTOMER_ANSWER, within, now, "the customer was asked")
        return clock.due(self.calendar(clock.calendar))

    def customer_wrote(self, text: str, by: Actor, now: Instant) -> None:
        if self.state.status is ComplaintStatus.WAITING_FOR_CUSTOMER:
            self.fire(ComplaintTrigger.CUSTOMER_ANSWERS, now, by)
        self.meet(ClockKind.CUSTOMER_ANSWER, now, "the customer answered")
        in_charge = self.last_in_charge
        if in_charge and in_charge.owner:
            self.notify(NoticeKind.ANSWER, (in_charge.owner,), "the customer wrote", self.key("customer_replied"))

    def check_close(self) -> None:
        self.require(ComplaintTrigger.CLOSE)

    # What people ask of a complaint alone.

    @property
    def own_checks(self) -> Checks:
        return {
            "escalate": self.check_climb,
            "ask_departments": self.check_departments,
            "merge": self.check_merge,
            "force_tier": lambda: self.require(ComplaintTrigger.CLIMB),
        }

    def check_climb(self) -> None:
        """Refuse to go up a tier.

        Raises:
            WrongStatusError: nobody of the company has the case in hand.
            LimitExceededError: there is no tier above.
        """
        self.require(ComplaintTrigger.CLIMB)
        if self.tier >= self.rules.top_tier:
            raise LimitExceededError(f"tier {self.tier} is the top tier", tier=self.tier)

    def check_departments(self, questions: int = 1) -> None:
        """Refuse so many more questions to departments.

        Raises:
            WrongStatusError: nobody of the company has the case in hand.
            LimitExceededError: below the top tier one is asked at a time.
        """
        self.require(ComplaintTrigger.ASK_DEPARTMENT)
        if questions + len(self.active_tasks(DEPARTMENT)) > 1 and self.tier < self.rules.top_tier:
            raise LimitExceededError(
                "only the top tier asks several departments at once", field="questions", limit=1, tier=self.tier
            )

    def check_merge(self) -> None:
        """Refuse to go on in another case.

        Raises:
            WrongStatusError: the customer has accepted something, or it is over.
            LinkedCaseOpenError: linked cases would be left behind.
            MergeRefusedError: it is being merged already.
        """
        self.require(ComplaintTrigger.MERGE)
        require_none_linked(self)
        if self.state.merging_into:
            raise MergeRefusedError(f"it is being merged into {self.state.merging_into} already", field="target")

    def close_by(self, by: Actor, reason: str, now: Instant) -> None:
        """Close without the customer's confirmation, or without the rest of the record of what was accepted."""
        outcome = Outcome.CLOSED_BY_SUPERVISOR if self.unresolved else Outcome.ACCEPTED
        self.fire(ComplaintTrigger.CLOSE, now, by, reason)
        self.end(outcome, TemplateName.CLOSED, now, f"closed by {by.id}")
