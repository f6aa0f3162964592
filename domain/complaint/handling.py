"""How a complaint is handled: tasks offered, tiers entered and left, money granted, the end and a new beginning."""

from __future__ import annotations

from domain.complaint.messages import Outcome
from domain.complaint.standing import ComplaintStanding
from domain.complaint.tasks import APPROVE_GOODWILL, CHECK_DELIVERY, CONTACT, DEPARTMENT, RESOLVE, TASK_DEFINITIONS
from domain.conversation import start_updates, write
from domain.deeds import GrantCompensation, NoticeKind, SendMessage
from domain.money import Money
from domain.people import SYSTEM, Actor
from domain.sla.rules import ClockKind
from domain.sla.spans import Instant, Span
from domain.task_moves import withdraw
from domain.tasks import Brief, HumanTask, queue_of
from domain.templates import TemplateName


class ComplaintHandling(ComplaintStanding):
    """Everything that can be done with a complaint; when it is done, steps, outcomes and verbs decide."""

    # Tasks and tiers.

    def offer(
        self,
        kind: str,
        team: str,
        due_within: Span | None,
        now: Instant,
        *,
        brief: Brief | None = None,
        excluded: tuple[str, ...] = (),
        respond_within: Span | None = None,
    ) -> HumanTask:
        """Offer a new task to a team's queue and start its clocks."""
        task = HumanTask(
            id=f"T{self.number('task')}",
            kind=kind,
            title=TASK_DEFINITIONS[kind].title,
            team=team,
            tier=self.tier,
            offered_at=now,
            brief=brief or {},
            excluded=excluded,
        )
        self.state.tasks.append(task)
        self.prune_tasks()
        if respond_within:
            self.start_clock(ClockKind.TASK_CLAIM, respond_within, now, f"{task.id} was offered", task=task.id)
        if due_within:
            self.start_clock(ClockKind.TASK_DUE, due_within, now, f"{task.id} was offered", task=task.id)
        self.note(now, "task_offered", task=task.id, kind=kind, team=team, tier=self.tier)
        self.alarm_if_nobody_eligible(task, now)
        return task

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
        self._lay_down(now, why)
        if template is not None:
            write(self, template, now, f"Told the customer: {why}")
        self.state.outcome, self.state.closed_at = outcome, now
        self.note(now, "case_ended", outcome=outcome.value, tier=self.tier)

    def _lay_down(self, now: Instant, why: str) -> None:
        for task in self.active_tasks():
            withdraw(self, task, now, why)
        self.cancel_all(now, why)
        self.state.doubtful.clear()

    def begin_again(self, now: Instant, why: str) -> None:
        """A case that was over or nearly so is worked on again, one tier up if there is one."""
        self.state.outcome, self.state.closed_at, self.state.solution = None, None, None
        self.state.reopened += 1
        self._lay_down(now, why)
        start_updates(self, now, why)
        self.enter_tier(min(self.tier + 1, self.rules.top_tier), now, why)
        self.offer_tier_task(now, {"why": why, "tried": "\n".join(self.state.tried) or None})
        write(self, TemplateName.REOPENED, now, "Told the customer that the case is open again")

    # Messages that did not arrive.

    def undeliverable(self, message: SendMessage, why: str, now: Instant) -> None:
        todo = f"the case is {self.status}"
        if not self.over:
            brief: Brief = {"message": message.about, "why": why, "key": message.key}
            todo = f"task {self.offer_contact(now, brief).id}"
        self.notify(NoticeKind.ALARM, (), f"no channel delivered: {message.about}; {todo}", f"{message.key}:failed")

    def unknown_fate(self, message: SendMessage, why: str, now: Instant) -> None:
        todo = f"the case is {self.status}"
        if not self.over:
            brief: Brief = {"message": message.about, "why": why, "key": message.key}
            self.state.doubtful[message.key] = message
            within = self.rules.task_times.check_delivery
            todo = f"task {self.offer(CHECK_DELIVERY, self.supervisors, within, now, brief=brief).id}"
        about = f"unknown whether it arrived: {message.about}; {todo}"
        self.notify(NoticeKind.ALARM, (), about, f"{message.key}:unknown")

    def offer_contact(self, now: Instant, brief: Brief) -> HumanTask:
        """Ask the supervisors to reach a customer whom no message reaches; one such task at a time is enough."""
        if waiting := self.active_tasks(CONTACT):
            return waiting[0]
        return self.offer(CONTACT, self.supervisors, self.rules.task_times.contact_customer, now, brief=brief)
