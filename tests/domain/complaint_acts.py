"""What people do with a complaint at random: agents, customers, and supervisors who step in."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.case import Act
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.case import Complaint
from domain.complaint.machine import WORKING, ComplaintStatus
from domain.complaint.tasks import RESOLVE
from domain.people import Actor
from domain.sla.spans import Span
from domain.tasks import TaskState, eligible
from tests.domain.cases import CUSTOMER, SUPERVISOR
from tests.domain.complaint_draws import CHIEFS, FORMS, NUMBERS, RARELY, SPANS, SPEAKERS, VERBS, WHO, policies
from tests.domain.complaint_life import Life


class PeopleAct(Life):
    """Everybody who has to do with the complaint."""

    # Tasks.

    @rule(verb=st.sampled_from(list(VERBS)), who=WHO, which=NUMBERS, pick=NUMBERS)
    def ask_about_a_task(self, verb: str, who: str, which: int, pick: int) -> None:
        task_id = self.some_task(which)
        task = self.case.find_task(task_id)
        other = self.person(["member", "member", "other", "customer"][which % 4], task, pick + which)
        forms = FORMS[task.kind if task else RESOLVE]
        fields: dict[str, dict[str, Any]] = {
            "delegate": {"to": other, "reason": "lunch"},
            "forward": {"team": [*self.case.policy.teams, "nowhere"][pick % 14], "reason": "wrong desk"},
            "nominate": {"people": [other, self.person("member", task, pick)][: 1 + which % 2], "reason": "knows it"},
            "suspend": {"reason": "fire drill"},
            "skip": {"reason": "trivial"},
            "exclude": {"person": other.id if which % 2 or not task else task.owner or other.id, "reason": "related"},
            "save_draft": {"draft": "Dear customer"},
            "complete": {"form": forms[pick % len(forms)]},
        }
        decide, request_type = VERBS[verb]
        self.ask(decide, request_type, self.person(who, task, pick), task_id=task_id, **fields.get(verb, {}))

    @rule(which=NUMBERS, pick=NUMBERS)
    def work(self, which: int, pick: int) -> None:
        """Somebody who may takes a task and finishes it, so that cases get somewhere."""
        tasks = self.case.active_tasks()
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        if task.state is TaskState.SUSPENDED:
            self.ask(task_verbs.resume, m.ResumeTask, SUPERVISOR, task_id=task.id)
        if task.owner is None and eligible(task, self.case.policy):
            self.ask(task_verbs.claim, m.ClaimTask, self.person("member", task, pick), task_id=task.id)
        if task.owner:
            form = FORMS[task.kind][pick % len(FORMS[task.kind])]
            self.ask(task_verbs.complete, m.CompleteTask, self.staff(task.owner), task_id=task.id, form=form)

    @precondition(lambda self: self.status in WORKING)
    @rule(pick=NUMBERS)
    def solve(self, pick: int) -> None:
        """Whoever has the complaint offers a solution, so that what comes after it is reached often."""
        for task in self.case.active_tasks(RESOLVE):
            self.ask(
                supervision.reassign,
                r.Reassign,
                SUPERVISOR,
                task_id=task.id,
                to=self.person("", task, pick),
                reason="x",
            )
            if task.owner:
                form = FORMS[RESOLVE][pick % len(FORMS[RESOLVE])]
                self.ask(task_verbs.complete, m.CompleteTask, self.staff(task.owner), task_id=task.id, form=form)

    def in_charge(self, who: str, pick: int) -> Actor:
        tasks = self.case.active_tasks(RESOLVE)
        return self.person(who, tasks[0] if tasks else None, pick)

    @precondition(lambda self: self.cases and self.case.active_tasks())
    @rule(which=NUMBERS, verb=st.sampled_from(["suspend", "exclude", "forward", "nominate", "release"]))
    def lead_steps_in(self, which: int, verb: str) -> None:
        """The verbs that interrupt work, by somebody who may, so that they meet with everything else."""
        tasks = self.case.active_tasks()
        task = tasks[which % len(tasks)]
        team = self.case.policy.teams[task.team].members
        fields: dict[str, dict[str, Any]] = {
            "suspend": {"reason": "fire drill"},
            "exclude": {"person": task.owner or team[0], "reason": "related"},
            "forward": {"team": ["phone", "online", "specialists"][which % 3], "reason": "wrong desk"},
            "nominate": {"people": [self.staff(team[which % len(team)])], "reason": "knows the customer"},
            "release": {},
        }
        decide, request_type = VERBS[verb]
        self.ask(decide, request_type, SUPERVISOR, task_id=task.id, **fields[verb])

    # Agents and customers.

    @rule(who=WHO, pick=NUMBERS, await_answer=st.booleans())
    def reply(self, who: str, pick: int, await_answer: bool) -> None:
        actor = self.in_charge(who, pick)
        self.ask(correspondence.reply, r.Reply, actor, text="Which one?", await_answer=await_answer)

    @rule(who=WHO, pick=NUMBERS)
    def note(self, who: str, pick: int) -> None:
        self.ask(correspondence.add_note, r.AddNote, self.in_charge(who, pick), text="is a teacher")

    @rule(who=WHO, pick=NUMBERS, sensitive=st.booleans())
    def escalate(self, who: str, pick: int, sensitive: bool) -> None:
        self.ask(decisions.escalate, c.Escalate, self.in_charge(who, pick), reason="complex", sensitive=sensitive)

    @precondition(lambda self: self.status in WORKING)
    @rule(who=WHO, pick=NUMBERS, teams=st.lists(st.sampled_from(["warehouse", "legal", "online", "moon"]), min_size=1))
    def ask_departments(self, who: str, pick: int, teams: list[str]) -> None:
        questions = [c.DepartmentQuestion(team=team, question="Where is it?") for team in teams[:3]]
        self.ask(decisions.ask_departments, c.AskDepartments, self.in_charge(who, pick), questions=tuple(questions))

    @rule(actor=SPEAKERS)
    def customer_writes(self, actor: Actor) -> None:
        self.ask(correspondence.customer_reply, r.CustomerReply, actor, text="The blue one")

    @precondition(lambda self: self.status is ComplaintStatus.SOLUTION_OFFERED or self.number % 8 == 0)
    @rule(actor=SPEAKERS, satisfied=st.booleans())
    def answer_solution(self, actor: Actor, satisfied: bool) -> None:
        self.ask(decisions.answer_solution, c.AnswerSolution, actor, satisfied=satisfied, score=3)

    @rule(actor=SPEAKERS, really=RARELY)
    def withdraw(self, actor: Actor, really: bool) -> None:
        if really:
            self.ask(decisions.withdraw, c.Withdraw, actor)

    @precondition(lambda self: self.status not in (*WORKING, ComplaintStatus.SOLUTION_OFFERED))
    @rule(actor=SPEAKERS)
    def reopen(self, actor: Actor) -> None:
        self.ask(decisions.reopen, c.Reopen, actor, reason="it leaks again")

    @rule(who=WHO, pick=NUMBERS, fits=st.booleans(), really=RARELY)
    def merge(self, who: str, pick: int, fits: bool, really: bool) -> None:
        if not really:
            return
        order = self.case.state.order.id if self.case.state.order else None
        self.ask(
            decisions.merge,
            c.Merge,
            self.in_charge(who, pick),
            target=["C2", "C1"][pick % 4 == 0],
            target_customer=CUSTOMER.id,
            target_order=order if fits else "O7",
            reason="the same twice",
        )

    # Supervisors.

    @rule(actor=CHIEFS, which=NUMBERS, pick=NUMBERS)
    def reassign(self, actor: Actor, which: int, pick: int) -> None:
        task_id = self.some_task(which)
        to = self.person(["member", "other"][which % 2], self.case.find_task(task_id), pick)
        self.ask(supervision.reassign, r.Reassign, actor, task_id=task_id, to=to, reason="sick leave")

    @rule(actor=CHIEFS, which=NUMBERS, how=st.sampled_from(["extend", "pause", "resume"]), by=SPANS)
    def touch_a_clock(self, actor: Actor, which: int, how: str, by: Span) -> None:
        clocks = self.case.state.clocks
        clock = clocks[which % len(clocks)].id if clocks and which else "tier:99"
        if how == "extend":
            self.ask(supervision.extend_clock, r.ExtendClock, actor, clock=clock, by=by + 1, reason="storm")
        elif how == "pause":
            self.ask(supervision.pause_clock, r.PauseClock, actor, clock=clock, reason="power cut")
        else:
            self.ask(supervision.resume_clock, r.ResumeClock, actor, clock=clock, reason="light again")

    @precondition(lambda self: self.status in WORKING)
    @rule(actor=CHIEFS, tier=st.integers(1, 4))
    def force_tier(self, actor: Actor, tier: int) -> None:
        self.ask(decisions.force_tier, c.ForceTier, actor, tier=tier, reason="press")

    @rule(actor=CHIEFS)
    def send_update_now(self, actor: Actor) -> None:
        self.ask(supervision.send_update_now, r.SendUpdateNow, actor, reason="the customer called")

    @rule(actor=CHIEFS, priority=st.sampled_from(["normal", "high", "extreme"]))
    def change_priority(self, actor: Actor, priority: str) -> None:
        self.ask(supervision.change_priority, r.ChangePriority, actor, priority=priority, reason="minister's aunt")

    @rule(actor=CHIEFS, which=st.integers(0, 3))
    def adopt_policy(self, actor: Actor, which: int) -> None:
        policy = policies()[which]

        def decide(case: Complaint, request: r.AdoptPolicy) -> Act:
            return supervision.adopt_policy(case, request, policy)

        self.ask(decide, r.AdoptPolicy, actor, policy=policy.version, reason="new promises")

    @rule(actor=CHIEFS, really=RARELY)
    def close_case(self, actor: Actor, really: bool) -> None:
        if really:
            self.ask(supervision.close_case, r.CloseCase, actor, reason="settled in court")
