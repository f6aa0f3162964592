"""Where a complaint stands: its status, its tier and team, and how the customer is told of it."""

from __future__ import annotations

from domain.complaint.machine import COMPLAINT_MACHINE, UNRESOLVED, ComplaintStatus, ComplaintTrigger
from domain.complaint.policy import ComplaintPolicy
from domain.complaint.state import ComplaintState
from domain.complaint.tasks import APPROVE_GOODWILL, RESOLVE, TASK_DEFINITIONS
from domain.conversation import next_update_by
from domain.deeds import Words
from domain.linked.state import LinkedCase, as_words
from domain.people import SYSTEM, Actor
from domain.policy import Policy
from domain.sla.rules import ClockKind, ClockRules
from domain.sla.spans import Instant, Span
from domain.tasks import HumanTask, TaskDefinition
from domain.templates import Doing
from domain.worked_case import WorkedCase


class ComplaintStanding(WorkedCase):
    """A complaint's standing, and the only way to move its status: along the table."""

    state: ComplaintState  # type: ignore[mutable-override]  # narrowed, and set only by __init__

    def __init__(self, state: ComplaintState, policy: Policy) -> None:
        super().__init__(state, policy)

    @property
    def rules(self) -> ComplaintPolicy:
        """The complaint part of the pinned policy."""
        return self.policy.complaint

    @property
    def status(self) -> str:
        return self.state.status.value

    @property
    def possible(self) -> tuple[str, ...]:
        return tuple(trigger.value for trigger in COMPLAINT_MACHINE.available(self.state.status))

    @property
    def tier(self) -> int:
        return self.state.tier

    @property
    def team(self) -> str:
        """The team of the present tier."""
        return self.rules.tiers[self.tier].team_for(self.state.channel, vip=self.state.customer.vip)

    @property
    def definitions(self) -> dict[str, TaskDefinition]:
        return TASK_DEFINITIONS

    @property
    def supervisors(self) -> str:
        return self.rules.supervisors

    @property
    def last_in_charge(self) -> HumanTask | None:
        """The newest task of the complaint itself, of whoever has the case or had it last."""
        return next((task for task in reversed(self.state.tasks) if task.kind == RESOLVE), None)

    @property
    def unresolved(self) -> bool:
        """The customer has not accepted anything yet."""
        return self.state.status in UNRESOLVED

    @property
    def over(self) -> bool:
        """Closed, withdrawn or merged."""
        return self.state.status in COMPLAINT_MACHINE.over

    @property
    def came_to(self) -> str | None:
        return self.state.outcome.value if self.state.outcome else None

    @property
    def clock_rules(self) -> ClockRules:
        return self.rules.clocks

    @property
    def problem(self) -> str | None:
        found = self.state.classification
        return found.type if found else None

    @property
    def upset(self) -> bool:
        return bool(self.state.classification and self.state.classification.upset)

    @property
    def in_hand(self) -> list[HumanTask]:
        return self.active_tasks(RESOLVE)

    def reach_within(self, kind: str) -> Span:
        within: Span = getattr(self.rules.task_times, kind)
        return within

    def claim_idle_budget(self, task: HumanTask) -> Span | None:
        return self.rules.tiers[task.tier or self.tier].claim_idle

    # Status.

    def fire(self, trigger: ComplaintTrigger, now: Instant, by: Actor = SYSTEM, why: str | None = None) -> None:
        """Move the status along the table and let every clock run or pause accordingly.

        Raises:
            WrongStatusError: the table has no such move.
        """
        former = self.state.status
        self.state.status = COMPLAINT_MACHINE.after(former, trigger)
        if self.state.status is not former:
            self.note(now, "status_changed", by, trigger=trigger.value, former=former, status=self.status, reason=why)
        self.settle_pauses(now)

    def require(self, trigger: ComplaintTrigger) -> None:
        """Refuse what the present status does not allow.

        Raises:
            WrongStatusError: details list what is possible.
        """
        COMPLAINT_MACHINE.after(self.state.status, trigger)

    # Linked cases.

    @property
    def linked_open(self) -> list[LinkedCase]:
        """The cases that came out of this one and are not over."""
        return [linked for linked in self.state.linked_cases if not linked.over]

    @property
    def informs(self) -> bool:
        """Whether the customer is told regularly how things stand: linked cases need not do so themselves then."""
        return self.unresolved and self.status not in self.rule(ClockKind.STATUS_UPDATE).pauses_on

    # Messages.

    @property
    def doing(self) -> Doing:
        """What is being done right now, as the customer is told."""
        if self.state.status.value in Doing._value2member_map_ and self.state.status != ComplaintStatus.IN_PROGRESS:
            return Doing(self.state.status.value)
        if self.active_tasks(APPROVE_GOODWILL):
            return Doing.AWAITING_APPROVAL
        working = [task for task in self.active_tasks(RESOLVE) if task.owner]
        return Doing.IN_PROGRESS if working else Doing.QUEUED

    def words(self, now: Instant) -> Words:
        tier = self.open_clock(ClockKind.TIER)
        linked: Words = {"linked": as_words(self.linked_open)} if self.linked_open else {}
        return linked | {
            "case_number": self.state.case_id,
            "subject": self.state.subject,
            "tier": self.tier,
            "doing": self.doing.value,
            "next_update_by": next_update_by(self, now),
            "due_by": tier.due(self.calendar(tier.calendar)) if tier else None,
            "order_id": self.state.order.id if self.state.order else None,
        }
