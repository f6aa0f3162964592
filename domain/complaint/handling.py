"""How a complaint is handled: tasks offered, tiers entered and left, money granted, the end and a new beginning."""

from __future__ import annotations

from domain.complaint.messages import Outcome
from domain.complaint.standing import ComplaintStanding
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, RESOLVE
from domain.conversation import start_updates, write
from domain.deeds import GrantCompensation, NoticeKind
from domain.money import Money
from domain.people import SYSTEM, Actor
from domain.sla.clock import Clock
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant
from domain.task_moves import lay_down, withdraw
from domain.tasks import Brief, HumanTask, queue_of
from domain.templates import TemplateName
from domain.views import clock_name


class ComplaintHandling(ComplaintStanding):
    """Everything that can be done with a complaint; when it is done, steps, outcomes and verbs decide."""

    # Tasks and tiers.

    def offer_tier_task(self, now: Instant, brief: Brief, draft: str | None = None) -> HumanTask:
        """Offer the complaint itself to the present tier's team."""
        tier = self.rules.tiers[self.tier]
        task = self.offer(RESOLVE, self.team, None, now, brief=brief, respond_within=tier.respond_within)
        task.draft = draft
        return task

    def enter_tier(self, tier: int, now: Instant, cause: str) -> None:
        """The tier's clock starts when the tier is entered (service charter, three tiers)."""
        self.state.tier = tier
        self.state.highest_tier = max(self.state.highest_tier, tier)
        budget = self.rules.tier_time(tier, self.state.priority)
        self.start_clock(ClockKind.TIER, budget, now, cause)
        self.note(now, "tier_entered", tier=tier, team=self.team, reason=cause)

    def hand_over(self, tier: int, now: Instant, why: str, by: Actor = SYSTEM) -> None:
        """Escalation is a handover: the new tier gets everything that was said, tried and drafted."""
        former_tier, former = self.tier, self.last_in_charge
        asked = [str(task.brief["solution"]) for task in self.active_tasks(APPROVE_GOODWILL)]
        draft = asked[0] if asked else former.draft if former and former.active else None
        for kind in (RESOLVE, DEPARTMENT, APPROVE_GOODWILL):
            for task in self.active_tasks(kind):
                withdraw(self, task, now, f"the case went to tier {tier}: {why}")
        self.cancel(ClockKind.TIER, now, f"the case left tier {former_tier}: {why}")
        self.note(now, "handed_over", by, former_tier=former_tier, tier=tier, reason=why)
        self.enter_tier(tier, now, why)
        brief: Brief = {
            "from_tier": former_tier,
            "former_owner": former.owner if former else None,
            "why": why,
            "tried": "\n".join(self.state.tried) or None,
        }
        task = self.offer_tier_task(now, brief, draft or (self.state.tried[-1] if self.state.tried else None))
        about = f"tier {tier} takes over: {why}"
        self.notify(NoticeKind.HANDOVER, (queue_of(task),), about, self.key(f"handover-{tier}"))
        write(self, TemplateName.ESCALATED, now, f"Tier {tier} takes over: told the customer")

    def climb(self, now: Instant, why: str, by: Actor = SYSTEM) -> None:
        """Up one tier. At the top nothing is above, so the supervisors are alarmed instead."""
        self.state.solution = None
        if self.tier >= self.rules.top_tier:
            self.note(now, "top_tier_stays", by, tier=self.tier, reason=why)
            about = f"tier {self.tier} is the top tier and cannot hand over: {why}"
            self.notify(NoticeKind.ALARM, (), about, self.key("top_tier"))
            if not self.active_tasks(RESOLVE) and not self.active_tasks(APPROVE_GOODWILL):
                self.offer_tier_task(now, {"why": why, "tried": "\n".join(self.state.tried) or None})
            return
        self.hand_over(self.tier + 1, now, why, by)

    # Ends.

    def grant(self, amount: Money, key: str, because: str, now: Instant, *, tell: bool) -> None:
        """Grant money once for `key`; the customer is told."""
        if key in self.state.compensated:
            return
        self.state.compensated.append(key)
        self.decide(GrantCompensation(key=key, amount=amount, because=because))
        self.note(now, "compensation_granted", amount=str(amount), reason=because)
        if tell:
            write(
                self,
                TemplateName.COMPENSATION,
                now,
                "Told the customer of a compensation",
                key=f"{key}:told",
                compensation=str(amount),
            )

    def compensate(self, clock: Clock, now: Instant) -> None:
        guarantee = self.rule(clock.kind).guarantee
        if guarantee:
            because = f"{clock_name(self, clock)} was guaranteed and missed"
            self.grant(guarantee.grant, f"{self.state.case_id}:{clock.id}", because, now, tell=True)

    def stop_promises(self, now: Instant, why: str) -> None:
        """The customer has the last word or has spoken it: nothing more is promised but what follows."""
        for kind in (ClockKind.TIER, ClockKind.STATUS_UPDATE, ClockKind.SATISFACTION, ClockKind.CUSTOMER_ANSWER):
            self.meet(kind, now, why)
        self.cancel(ClockKind.FIRST_RESPONSE, now, why)
        for task in self.active_tasks():
            if task.kind in (RESOLVE, DEPARTMENT, APPROVE_GOODWILL):
                withdraw(self, task, now, why)

    def end(self, outcome: Outcome, template: TemplateName | None, now: Instant, why: str) -> None:
        """The case is over: every clock ends, open tasks are withdrawn, the customer is told."""
        lay_down(self, now, why)
        if template is not None:
            write(self, template, now, f"Told the customer: {why}")
        self.state.outcome, self.state.closed_at = outcome, now
        self.note(now, "case_ended", outcome=outcome.value, tier=self.tier)

    def begin_again(self, now: Instant, why: str) -> None:
        """A case that was over or nearly so is worked on again, one tier up if there is one."""
        self.state.outcome, self.state.closed_at, self.state.solution = None, None, None
        self.state.reopened += 1
        lay_down(self, now, why)
        start_updates(self, now, why)
        self.enter_tier(min(self.tier + 1, self.rules.top_tier), now, why)
        self.offer_tier_task(now, {"why": why, "tried": "\n".join(self.state.tried) or None})
        write(self, TemplateName.REOPENED, now, "Told the customer that the case is open again")
