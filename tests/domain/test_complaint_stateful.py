"""A complaint under random verbs of random people at random times, in health and after downtime.

Everything is asked as the workflow asks it: the decision is made once to check, once more to act; then due steps run.
A second case, read back from the first one's JSON at some moment as after continue-as-new, must live the same life.

The same lives are lived in each run, so that no unlucky draw fails somebody else's change. `EXPLORE=5000` lives others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.case import Act
from domain.case_clocks import KEPT_ENDED_CLOCKS, UnderWay
from domain.case_record import KEPT_ENDED_TASKS, REMEMBERED_ANSWERS
from domain.complaint import decisions, facts
from domain.complaint import messages as c
from domain.complaint.case import Complaint
from domain.complaint.machine import WORKING, ComplaintStatus
from domain.complaint.show import details, face, shown_facts
from domain.complaint.state import ComplaintState
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, FOLLOW_UP, RESOLVE, ROOT_CAUSE, SUMMARISE
from domain.conversation import may_keep, settle
from domain.deeds import Deed, DeliveryReport, DeliveryState, JoinCase, LookupReport, SendMessage
from domain.errors import CaseError
from domain.messages import DeliveryReported
from domain.people import Actor, Channel, Role
from domain.policy import Policy
from domain.policy_check import find_problems
from domain.reaching import delivery_reported
from domain.sla.clock import Clock, ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE, SECOND, Span
from domain.tasks import HumanTask, TaskState, eligible
from domain.views import view_case
from domain.worked_case import CHECK_DELIVERY, CONTACT
from tests.domain import cases
from tests.domain.cases import (
    AUDITOR,
    CALLED,
    CUSTOMER,
    MACHINE,
    MONDAY,
    ORDER,
    STRANGER,
    SUMMARY,
    SUPERVISOR,
    arrival,
    changed,
    charter,
    profile,
)

T = TypeVar("T")

SEND = {"do": "send_update", "before": "1m"}
BREACH = {"do": "breach", "at": 1}
COMPENSATE = {"do": "compensate", "at": 1}
GUARANTEE = {"grant": {"minor": 500, "currency": "CNY"}}


@cache
def policies() -> tuple[Policy, ...]:
    """The charter, and policies that publishing allows and that differ from it where code may stumble."""
    strict = changed(
        "strict",
        complaint={"merge_keeps": "target"},
        status_update={
            "cadence": "fixed",
            "pauses_on": [],
            "guarantee": GUARANTEE,
            "steps": [{"do": "send_update", "before": "30m"}, SEND, BREACH, COMPENSATE],
        },
        tier={"pauses_on": [], "steps": [BREACH, {"do": "escalate", "at": 1}, {"do": "escalate", "at": 2}]},
        first_response={"steps": [BREACH, COMPENSATE, {"do": "breach", "at": 2}, {"do": "compensate", "at": 2}]},
    )
    quiet = changed("quiet", status_update={"quiet_hours": "office"}).model_dump(mode="json")
    quiet["calendars"]["shop"] = quiet["calendars"].pop("office")
    clocks = quiet["complaint"]["clocks"]
    clocks["status_update"]["quiet_hours"] = "shop"
    for kind in ("task_due", "follow_up", "tier"):
        clocks[kind]["calendar"] = "shop"
    flat = charter().model_dump(mode="json") | {"name": "flat"}
    del flat["complaint"]["tiers"]["3"]
    flat["complaint"]["tiers"]["2"]["expected_share"] = 0.25
    for known in flat["complaint"]["classification"]:
        known["then"]["entry_tier"] = min(known["then"]["entry_tier"] or 1, 2)
    found = (charter(), strict, Policy.model_validate(quiet), Policy.model_validate(flat))
    assert not [problem for policy in found for problem in find_problems(policy)]
    return found


# --- what may be drawn ----------------------------------------------------------------------------------------

NUMBERS = st.integers(0, 99)
RARELY = st.integers(0, 7).map(lambda number: number == 7)
SPANS = st.one_of(
    st.sampled_from([0, 1, 20 * SECOND, MINUTE, 16 * MINUTE, 31 * MINUTE, 61 * MINUTE, 3 * HOUR, 4 * HOUR, DAY]),
    st.integers(0, 5 * HOUR),
    st.integers(0, 9 * DAY),
)
WHO = st.sampled_from(
    ["owner"] * 15 + ["member", "lead", "supervisor", "supervisor", "customer", "stranger", "auditor", "other"]
)
SPEAKERS = st.sampled_from([CUSTOMER] * 6 + [STRANGER, MACHINE, SUPERVISOR, CALLED, AUDITOR])
CHIEFS = st.sampled_from([SUPERVISOR] * 8 + [CALLED, CUSTOMER, AUDITOR])

LITTLE, MUCH = {"minor": 1_000, "currency": "CNY"}, {"minor": 90_000, "currency": "CNY"}
FORMS: dict[str, list[dict[str, Any]]] = {
    RESOLVE: [
        {"solution": "A new one"},
        {"solution": "Some money", "goodwill": LITTLE},
        {"solution": "Much money", "goodwill": MUCH},
        {"solution": "Even more", "goodwill": MUCH},
        {"solution": ""},
    ],
    SUMMARISE: [SUMMARY, {}],
    ROOT_CAUSE: [cases.ROOT_CAUSE, {"root_cause": "?"}],
    DEPARTMENT: [{"answer": "It is there."}, {"answer": 7}],
    FOLLOW_UP: [{"score": 5, "remarks": "happy"}, {"score": 1, "remarks": "broke again", "reopen": True}],
    CONTACT: [{"reached": True, "how": "by telephone"}, {"reached": False, "how": "nobody is there"}],
    CHECK_DELIVERY: [{"arrived": True, "how_known": "asked"}, {"arrived": False, "how_known": "asked"}],
    APPROVE_GOODWILL: [{"approved": True, "remarks": "fair"}, {"approved": False, "remarks": "too much"}],
}
VERBS: dict[str, tuple[Callable[[Any, Any], Act], type[m.TaskRequest]]] = {
    "claim": (task_verbs.claim, m.ClaimTask),
    "start": (task_verbs.start, m.StartTask),
    "release": (task_verbs.release, m.ReleaseTask),
    "delegate": (task_verbs.delegate, m.DelegateTask),
    "forward": (task_verbs.forward, m.ForwardTask),
    "nominate": (task_verbs.nominate, m.NominateTask),
    "suspend": (task_verbs.suspend, m.SuspendTask),
    "resume": (task_verbs.resume, m.ResumeTask),
    "skip": (task_verbs.skip, m.SkipTask),
    "exclude": (task_verbs.exclude, m.ExcludeOwner),
    "save_draft": (task_verbs.save_draft, m.SaveDraft),
    "complete": (task_verbs.complete, m.CompleteTask),
}
ENDINGS = ("closed", "withdrawn", "merged")


class ComplaintLife(RuleBasedStateMachine):
    """One complaint and everybody who has to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.cases: list[Complaint] = []
        self.received = False
        self.outbox: list[Deed] = []
        self.handed_over = self.now
        self.keys: set[str] = set()
        self.fired: dict[tuple[str, str], int] = {}
        self.asked: list[tuple[Callable[[Any, Any], Act], m.Request]] = []
        self.number = 0
        self.broken = False
        self.post: DeliveryState | None = DeliveryState.DELIVERED

    @property
    def status(self) -> ComplaintStatus | None:
        return self.case.state.status if self.cases else None

    @property
    def case(self) -> Complaint:
        return self.cases[0]

    def each(self, do: Callable[[Complaint], T]) -> T:
        """Do the same to the case and to its copy; both must answer the same."""
        self.broken = True
        answers = [do(case) for case in self.cases]
        self.broken = False
        assert answers.count(answers[0]) == len(answers)
        return answers[0]

    # Asking.

    def ask(self, decide: Callable[[Any, Any], Act], request_type: type[m.Request], actor: Actor, **fields: Any) -> str:
        """Ask of all copies; returns the refusal's code, or `done`."""
        self.number += 1
        request = request_type(request_id=f"r{self.number}", actor=actor, **fields)
        self.asked.append((decide, request))
        answer = self.each(lambda case: self.ask_one(case, decide, request))
        self.attend()
        return answer

    def ask_one(self, case: Complaint, decide: Callable[[Any, Any], Act], request: m.Request) -> str:
        """The validator refuses or not; the handler runs what fell due before, decides once more, and acts."""
        refused, _ = self.decided(case, decide, request)
        if refused is not None or case.answered(request):
            return refused or "done"
        under_way = next((deed for deed in self.outbox if isinstance(deed, SendMessage)), None)
        case.take_due_steps(self.now, UnderWay(may_keep(under_way), self.handed_over) if under_way else None)
        refused, act = self.decided(case, decide, request)
        if act is None:
            return str(refused)
        act(self.now)
        answer = m.Answer(case_id=case.state.case_id, status=case.status, tier=case.tier, at=self.now)
        case.remember(request, answer)
        return "done"

    def decided(
        self, case: Complaint, decide: Callable[[Any, Any], Act], request: m.Request
    ) -> tuple[str | None, Act | None]:
        """The refusal's code, or the act. Neither may leave a trace."""
        before = case.state.model_dump_json()
        refusal, act = None, None
        try:
            if case.answered(request) is None:
                act = decide(case, request)
        except CaseError as error:
            refusal = error
        assert case.state.model_dump_json() == before, "deciding left a trace"
        if refusal is None:
            return None, act
        assert refusal.message
        assert json.dumps(refusal.details)
        return refusal.code, None

    def attend(self) -> None:
        """What the workflow does after each activation: due steps, then what was decided goes off."""
        self.each(lambda case: case.take_due_steps(self.now))
        deeds = self.each(lambda case: case.state.deeds)
        for case in self.cases:
            case.state.deeds = []
        for deed in deeds:
            assert deed.key not in self.keys, f"the key {deed.key} names two effects"
            self.keys.add(deed.key)
        if not any(isinstance(deed, SendMessage) for deed in self.outbox):
            self.handed_over = self.now
        self.outbox += deeds
        if self.post is not None:
            self.carry_out_letters(self.post)

    def staff(self, member: str) -> Actor:
        teams = self.case.policy.staff[member]
        roles = {self.case.policy.teams[team].role for team in teams}
        return Actor(id=member, role=max(roles, key=list(Role).index), teams=teams)

    def person(self, who: str, task: HumanTask | None, pick: int) -> Actor:
        """Somebody in that relation to a task, or to the case where there is no task."""
        policy = self.case.policy
        team = policy.teams[task.team if task else self.case.team]
        if who == "owner" and task and task.owner:
            return self.staff(task.owner)
        pool = (task and eligible(task, policy)) or team.present
        people = {
            "lead": self.staff(policy.teams["management"].members[pick % 2]),
            "supervisor": self.staff(policy.teams["supervisors"].members[pick % 3]),
            "customer": CUSTOMER,
            "stranger": STRANGER,
            "auditor": AUDITOR,
            "other": self.staff(sorted(policy.staff)[pick % 100]),
        }
        return people.get(who) or self.staff(pool[pick % min(3, len(pool))])

    def some_task(self, which: int) -> str:
        """Mostly an active task, sometimes one that has ended, rarely none at all."""
        tasks = self.case.active_tasks() if which % 8 else self.case.state.tasks
        return tasks[which % len(tasks)].id if tasks else "T999"

    # Beginning.

    @initialize(
        channel=st.sampled_from(Channel),
        vip=RARELY,
        policy=st.sampled_from(range(4)),
        subject=st.sampled_from(["The kettle leaks", "Identity theft", "The kettle exploded"]),
        upset=st.booleans(),
        crisis_level=st.sampled_from([None, None, 1, 2, 3]),
        order=st.booleans(),
        at_once=st.sampled_from([True, True, True, False]),
    )
    def open(self, channel: Channel, vip: bool, policy: int, order: bool, at_once: bool, **fields: Any) -> None:
        self.complaint = arrival(policies()[policy], channel=channel, **fields)
        self.found = LookupReport(customer=profile(vip=vip), order=ORDER if order else None)
        self.cases = [facts.new_complaint(self.complaint, policies()[policy], self.now)]
        if at_once:
            self.take_in()

    @precondition(lambda self: self.cases and not self.received)
    @rule()
    def receive(self) -> None:
        self.take_in()

    def take_in(self) -> None:
        self.received = True
        self.each(lambda case: facts.receive(case, self.complaint, self.found, self.now))
        self.attend()

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

    # The world outside.

    @rule(span=SPANS)
    def time_passes(self, span: Span) -> None:
        """Everything is up: each step runs at its own instant."""
        self.let_time_pass(span)

    def let_time_pass(self, span: Span) -> None:
        until = self.now + span
        while (steps := self.case.plan()) and steps[0].due <= until:
            self.now = max(steps[0].due, self.now)
            self.attend()
        self.now = until

    @precondition(lambda self: self.status in (ComplaintStatus.SOLUTION_OFFERED, ComplaintStatus.WAITING_FOR_CUSTOMER))
    @rule(span=st.integers(HOUR, 4 * DAY))
    def customer_is_silent(self, span: Span) -> None:
        """While the customer has the word nobody else may do anything for days."""
        self.let_time_pass(span)

    @rule(span=SPANS, verb_first=st.booleans())
    def system_is_down(self, span: Span, verb_first: bool) -> None:
        """What fell due runs at the end, all at once; a verb that lay waiting may come before."""
        self.now += span
        if not verb_first:
            self.attend()

    @rule(post=st.sampled_from([None, *DeliveryState, DeliveryState.DELIVERED, DeliveryState.DELIVERED]))
    def fortune_of_the_post_changes(self, post: DeliveryState | None) -> None:
        """From now on every letter has this fate; None leaves letters lying until it changes again."""
        self.post = post
        self.attend()

    def carry_out_letters(self, state: DeliveryState) -> None:
        letters = [deed for deed in self.outbox if isinstance(deed, SendMessage)]
        self.outbox = [deed for deed in self.outbox if isinstance(deed, JoinCase)]

        def tell(case: Complaint) -> None:
            for letter in letters:
                settle(case, letter, DeliveryReport(state=state, channel=letter.channels[0]), self.now)

        self.each(tell)
        if letters:
            self.attend()

    @precondition(lambda self: any(isinstance(deed, JoinCase) for deed in self.outbox))
    @rule(joins=st.booleans())
    def other_case_answers(self, joins: bool) -> None:
        """The case that this one is to go on in has taken over, or is gone."""
        deed = next(deed for deed in self.outbox if isinstance(deed, JoinCase))
        self.outbox.remove(deed)
        if joins:
            self.each(lambda case: facts.joined(case, deed.target, self.now))
        else:
            self.each(lambda case: facts.not_joined(case, deed.target, "it is gone", self.now))
        self.attend()

    @rule(number=st.integers(1, 3), fits=st.booleans(), left=st.integers(-DAY, 2 * DAY))
    def another_case_is_merged_into_it(self, number: int, fits: bool, left: Span) -> None:
        order = self.case.state.order.id if self.case.state.order else None
        merged = c.CaseMerged(
            case_id=f"D{number}",
            customer_id=CUSTOMER.id if fits else STRANGER.id,
            order_id=order,
            subject="The kettle still leaks",
            description="",
            notes=("was called",),
            left=dict.fromkeys([*ClockKind, "promise_of_tomorrow"], left),
        )
        self.each(lambda case: facts.absorb(case, merged, self.now))
        self.attend()

    @rule(event=st.integers(1, 5), delivered=st.booleans(), which=NUMBERS)
    def provider_reports(self, event: int, delivered: bool, which: int) -> None:
        sent = sorted(self.keys)
        key = sent[which % len(sent)] if sent else "C1:acknowledgement:1"
        channel = self.case.delivery_channels()[0]
        report = DeliveryReported(event_id=f"e{event}", key=key, channel=channel, delivered=delivered)
        self.each(lambda case: delivery_reported(case, report, self.now))
        self.attend()

    # Going on as new, being looked at, being asked again.

    @rule()
    def continue_as_new(self) -> None:
        """From here on a copy that was read back from JSON lives the same life."""
        written = self.case.state.model_dump_json()
        state = ComplaintState.model_validate_json(written)
        assert state.model_dump_json() == written
        self.cases = [self.case, Complaint(state, self.case.policy)]

    @rule()
    def looks(self) -> None:
        before = self.case.state.model_dump_json()
        view = view_case(self.case, "complaint", (), shown_facts(self.case), self.now)
        assert view.model_dump_json()
        assert face(self.case)["CaseTier"] == self.case.tier
        assert details(self.case, self.now).startswith(f"**Tier {self.case.tier}")
        assert self.case.state.model_dump_json() == before

    @precondition(lambda self: self.asked)
    @rule(which=NUMBERS)
    def ask_again(self, which: int) -> None:
        """A request that comes again is answered as before and does nothing; with other content it is refused."""
        decide, request = self.asked[which % len(self.asked)]
        if request.request_id not in self.case.state.answers:
            return
        before = self.case.state.model_dump_json()
        self.each(lambda case: self.ask_one(case, decide, request))
        other = request.model_copy(update={"actor": Actor(id="somebody-else", role=Role.AGENT)})
        assert self.each(lambda case: self.ask_one(case, decide, other)) == "request_id_reused"
        assert self.case.state.model_dump_json() == before

    # What must always hold.

    @invariant()
    def copy_lives_the_same_life(self) -> None:
        if len(self.cases) > 1:
            first, second = (case.state.model_dump_json() for case in self.cases)
            assert first == second

    @invariant()
    def tasks_and_their_owners_are_in_order(self) -> None:
        if not self.cases:
            return
        assert len(self.case.active_tasks(RESOLVE)) <= 1
        assert len(self.case.active_tasks(APPROVE_GOODWILL)) <= 1
        assert len(self.case.active_tasks(CONTACT)) <= 1
        ids = [task.id for task in self.case.state.tasks]
        assert len(ids) == len(set(ids))
        for task in self.case.active_tasks():
            at_work = task.suspended_from if task.state is TaskState.SUSPENDED else task.state
            assert at_work in (TaskState.READY, TaskState.RESERVED, TaskState.IN_PROGRESS)
            assert (task.owner is None) == (at_work is TaskState.READY)
            assert task.owner not in task.excluded
            if task.owner and task.kind != SUMMARISE:
                assert task.owner in (task.nominees or self.case.policy.teams[task.team].members)
            if task.kind in (RESOLVE, DEPARTMENT, APPROVE_GOODWILL):
                assert task.tier == self.case.tier
                assert self.status in WORKING
        assert len(self.case.state.tasks) - len(self.case.active_tasks()) <= KEPT_ENDED_TASKS

    @invariant()
    def clocks_are_in_order(self) -> None:
        if not self.cases:
            return
        clocks = self.case.state.clocks
        ids = [clock.id for clock in clocks]
        assert len(ids) == len(set(ids))
        tasks = {task.id for task in self.case.active_tasks()}
        for kind in ClockKind:
            opened = [clock for clock in clocks if clock.kind is kind and clock.open]
            ended = len([clock for clock in clocks if clock.kind is kind]) - len(opened)
            if kind in (ClockKind.TASK_CLAIM, ClockKind.TASK_DUE, ClockKind.CLAIM_IDLE):
                assert ended <= KEPT_ENDED_CLOCKS + KEPT_ENDED_TASKS
            else:
                assert len(opened) <= 1, f"two open clocks: {kind}"
                assert ended <= KEPT_ENDED_CLOCKS + 1
            assert len({clock.task for clock in opened}) == len(opened)
            assert all(clock.task in tasks for clock in opened if clock.task), f"{kind} of a task that is over"
        for clock in clocks:
            assert [event.at for event in clock.why] == sorted(event.at for event in clock.why)
            for step, instant in clock.fired.items():
                assert self.fired.setdefault((clock.id, step), instant) == instant, "a step fired twice"
            if clock.open and clock.held:
                assert clock.running_since is None
            self.miss_is_on_record(clock)

    def miss_is_on_record(self, clock: Clock) -> None:
        """A clock that was met after its time was breached before, and a guaranteed one was compensated."""
        changes = {event.what for event in clock.why} & {"budget changed", "rules changed", "carried over"}
        promise = clock.kind in (ClockKind.TIER, ClockKind.TASK_CLAIM, ClockKind.TASK_DUE)
        if promise and clock.ended_as is ClockState.MET and not changes and clock.consumed > clock.budget:
            assert clock.breached_at is not None, f"{clock.id} was met late and nobody knows"
        same_rules = clock.policy == self.case.policy_version and "rules changed" not in changes
        if clock.breached_at is not None and same_rules and self.case.rule(clock.kind).guarantee:
            assert f"C1:{clock.id}" in self.case.state.compensated

    @invariant()
    def somebody_has_the_word(self) -> None:
        if not self.cases:
            return
        case, status = self.case, self.case.state.status
        assert status in ComplaintStatus
        assert case.tier in case.rules.tiers
        assert case.tier <= case.state.highest_tier
        updates = [clock for clock in case.state.clocks if clock.kind is ClockKind.STATUS_UPDATE and clock.open]
        if case.over:
            assert not [clock for clock in case.state.clocks if clock.open]
            assert not case.active_tasks()
            assert case.state.outcome
            assert status in ENDINGS
        elif status in WORKING:
            assert case.active_tasks(RESOLVE) or case.active_tasks(APPROVE_GOODWILL), "nobody has the case"
            assert len(updates) == 1
            assert case.open_clock(ClockKind.TIER)
        elif status is ComplaintStatus.SOLUTION_OFFERED:
            assert case.open_clock(ClockKind.SATISFACTION)
            assert len(updates) == 1
            assert not case.active_tasks(RESOLVE)
        elif self.received:
            assert status in (ComplaintStatus.SUMMARISING, ComplaintStatus.FOLLOWING_UP)
            wrapping_up = (SUMMARISE, ROOT_CAUSE, FOLLOW_UP)
            assert [task for task in case.active_tasks() if task.kind in wrapping_up], "nobody wraps it up"
            assert not updates
        assert (case.open_clock(ClockKind.CUSTOMER_ANSWER) is not None) == (
            status is ComplaintStatus.WAITING_FOR_CUSTOMER
        )
        if status is ComplaintStatus.WAITING_FOR_DEPARTMENT:
            assert case.active_tasks(DEPARTMENT)

    @invariant()
    def record_is_whole_and_bounded(self) -> None:
        if not self.cases:
            return
        timeline = self.case.state.timeline
        assert [entry.seq for entry in timeline.entries] == list(range(1, timeline.last_seq + 1))
        assert len(self.case.state.answers) <= REMEMBERED_ANSWERS

    def teardown(self) -> None:
        """Whatever has happened, a supervisor can end the case, and then nothing stays open."""
        if not self.cases or self.broken:
            return
        if not self.received:
            self.take_in()
        if not self.case.over:
            self.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="enough")
        self.carry_out_letters(DeliveryState.UNKNOWN)
        assert self.case.over
        assert not self.case.plan()
        self.outbox.clear()
        self.now += 400 * DAY
        self.attend()
        assert not self.outbox
        assert not self.case.active_tasks()
        assert not [clock for clock in self.case.state.clocks if clock.open]


TestComplaintLife = ComplaintLife.TestCase
TestComplaintLife.pytestmark = [pytest.mark.timeout(600)]  # type: ignore[attr-defined]  # pytest reads it
TestComplaintLife.settings = settings(
    max_examples=int(os.environ.get("EXPLORE", "300")),
    stateful_step_count=50,
    derandomize="EXPLORE" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
