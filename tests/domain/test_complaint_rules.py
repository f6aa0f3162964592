"""A complaint from arrival to end without a server: what is decided, refused, handed over, merged and begun again."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.case import Case
from domain.case_clocks import KEPT_ENDED_CLOCKS
from domain.case_record import KEPT_ENDED_TASKS, REMEMBERED_ANSWERS
from domain.complaint import decisions, facts, outcomes
from domain.complaint import messages as c
from domain.complaint.machine import ComplaintStatus
from domain.complaint.messages import Outcome
from domain.complaint.policy import Severity
from domain.complaint.rules import classify
from domain.complaint.tasks import APPROVE_GOODWILL, DEPARTMENT, FOLLOW_UP, RESOLVE, ROOT_CAUSE, SUMMARISE
from domain.deeds import DeliveryState, GrantCompensation, JoinCase, LookupReport, NoticeKind
from domain.errors import RequestIdReusedError
from domain.money import Money
from domain.people import Actor, Channel
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE, Span
from domain.tasks import HumanTask, TaskState
from domain.templates import TemplateName
from domain.worked_case import CONTACT
from tests.domain import cases
from tests.domain.cases import (
    AGENT,
    AUDITOR,
    CALLED,
    COLLEAGUE,
    CUSTOMER,
    DEPUTY,
    EXPERT,
    LEGAL,
    MACHINE,
    MANAGER,
    MONDAY,
    ORDER,
    QUALITY,
    STRANGER,
    SUMMARY,
    SUPERVISOR,
    WAREHOUSE,
    Running,
    arrival,
    arrived,
    changed,
    charter,
    opened,
)

TIER = ClockKind.TIER
MUCH = {"minor": 30_000, "currency": "CNY"}
FIRE = "The kettle caught fire"


def questions(*teams: str) -> tuple[dict[str, Any], ...]:
    return tuple({"team": team, "question": "Where is it?"} for team in teams)


def ask_departments(case: Running, actor: Actor, *teams: str) -> None:
    case.ask(decisions.ask_departments, c.AskDepartments, actor, questions=questions(*teams))


def escalate(case: Running, actor: Actor = AGENT) -> None:
    case.ask(decisions.escalate, c.Escalate, actor, reason="complex")


def close(case: Running) -> None:
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled in court")


def reopen(case: Running, actor: Actor = CUSTOMER) -> None:
    case.ask(decisions.reopen, c.Reopen, actor, reason="it leaks again")


def merge(case: Running, actor: Actor = SUPERVISOR, target: str = "C2", **fields: Any) -> None:
    order = case.case.state.order.id if case.case.state.order else None
    told = {"target": target, "target_customer": CUSTOMER.id, "target_order": order, "reason": "the same"}
    case.ask(decisions.merge, c.Merge, actor, **told | fields)


def merged(left: dict[str, Span] | None = None, **fields: Any) -> c.CaseMerged:
    told: dict[str, Any] = {
        "case_id": "C2",
        "customer_id": CUSTOMER.id,
        "order_id": None,
        "subject": "The kettle still leaks",
        "description": "more than before",
        "notes": ("was called",),
        "left": left or {},
    }
    return c.CaseMerged(**told | fields)


# --- classification -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "vip", "expected"),
    [
        ({}, False, ("other", Severity.NORMAL, 1, "normal", False)),
        ({"subject": "REFUND please"}, False, ("return_or_refund", Severity.NORMAL, 1, "normal", False)),
        ({"description": "物流太慢"}, False, ("delivery", Severity.NORMAL, 1, "normal", False)),
        ({"subject": "Fraud on my account"}, False, ("fraud", Severity.MAJOR, 2, "normal", True)),
        ({"subject": "Fraud", "description": "it exploded"}, False, ("safety", Severity.CRITICAL, 3, "normal", True)),
        ({"crisis_level": 1}, False, ("other", Severity.NORMAL, 1, "normal", False)),
        ({"crisis_level": 2}, False, ("other", Severity.MAJOR, 2, "normal", True)),
        ({"crisis_level": 3}, False, ("other", Severity.CRITICAL, 3, "normal", True)),
        ({"upset": True}, False, ("other", Severity.NORMAL, 1, "normal", True)),
        ({"subject": "I am FURIOUS"}, False, ("other", Severity.NORMAL, 1, "normal", True)),
        ({}, True, ("other", Severity.NORMAL, 1, "high", True)),
    ],
)
def test_charter_classifies_complaints(told: dict[str, Any], vip: bool, expected: tuple[object, ...]) -> None:
    complaint = arrival(charter(), **{"subject": "Hello"} | told)
    found = classify(complaint, vip=vip, policy=charter().complaint)
    assert (found.type, found.severity, found.entry_tier, found.priority, found.important) == expected


def rules(*lines: tuple[dict[str, Any], dict[str, Any]]) -> Policy:
    table = [{"name": f"rule {number}", "when": when, "then": then} for number, (when, then) in enumerate(lines)]
    return changed("table", complaint={"classification": table})


def test_rules_speak_in_their_order_and_severity_and_tier_only_rise() -> None:
    policy = rules(
        ({}, {"severity": "major", "entry_tier": 2, "type": "first", "sensitive": True}),
        ({"severity": ["major"], "sensitive": True}, {"severity": "minor", "entry_tier": 1, "upset": True}),
        ({"upset": True}, {"sensitive": False, "important": True, "type": "last"}),
        ({"sensitive": True}, {"type": "never"}),
    )
    found = classify(arrival(policy), vip=False, policy=policy.complaint)
    assert (found.type, found.severity, found.entry_tier) == ("last", Severity.MAJOR, 2)
    assert (found.sensitive, found.important, found.rules) == (False, True, ("rule 0", "rule 1", "rule 2"))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"channel": ["email", "chat"]}, True),
        ({"channel": ["phone"]}, False),
        ({"vip": True}, False),
        ({"vip": False}, True),
        ({"upset": False}, True),
        ({"severity": ["minor"]}, False),
        ({"words": ["KETTLE", "pan"]}, True),
        ({"words": ["pan"]}, False),
        ({"crisis_level_at_least": 1}, False),
    ],
)
def test_every_field_of_a_condition_that_is_set_must_hold(when: dict[str, Any], holds: bool) -> None:
    policy = rules((when, {"type": "found"}))
    found = classify(arrival(policy), vip=False, policy=policy.complaint)
    assert (found.type == "found") is holds


# --- arrival --------------------------------------------------------------------------------------------------


def test_promises_count_from_the_arrival_and_not_from_the_moment_the_look_up_answered() -> None:
    case = arrived()
    case.now += 10 * MINUTE
    facts.receive(case.case, case.complaint, LookupReport(), case.now)
    case.attend()
    assert case.story[:3] == ["received", "customer_unknown", "status_changed"]
    assert [case.case.due(clock) for clock in case.case.state.clocks] == [
        MONDAY + 2 * HOUR,
        MONDAY + 4 * HOUR,
        MONDAY + 30 * MINUTE,
    ]


def test_complaint_from_a_door_whose_clock_is_ahead_counts_from_now() -> None:
    case = arrived()
    ahead = facts.new_complaint(arrival(charter(), MONDAY + HOUR), charter(), MONDAY)
    assert (case.case.state.opened_at, ahead.state.opened_at) == (MONDAY, MONDAY)


def test_complaint_withdrawn_before_it_was_looked_at_stays_withdrawn() -> None:
    case = arrived()
    case.ask(decisions.withdraw, c.Withdraw, CUSTOMER, text="found it")
    facts.receive(case.case, case.complaint, LookupReport(order=ORDER), case.now)
    case.attend()
    assert (case.case.status, case.case.plan(), case.case.state.order) == ("withdrawn", [], ORDER)
    assert case.messages[-1].template is TemplateName.WITHDRAWN


def test_complaint_closed_and_reopened_before_it_was_looked_at_is_worked_on() -> None:
    case = arrived()
    close(case)
    reopen(case)
    facts.receive(case.case, case.complaint, LookupReport(), case.now)
    assert (case.case.status, case.case.tier) == ("in_progress", 2)
    assert len(case.case.active_tasks(RESOLVE)) == 1


@pytest.mark.parametrize(
    ("fields", "team", "tier"),
    [
        ({"channel": Channel.PHONE}, "phone", 1),
        ({"channel": Channel.SOCIAL}, "social", 1),
        ({"vip": True}, "vip", 1),
        ({"subject": "Identity theft"}, "specialists", 2),
        ({"subject": FIRE}, "management", 3),
    ],
)
def test_task_is_offered_to_the_team_of_tier_channel_and_customer(fields: dict[str, Any], team: str, tier: int) -> None:
    case = opened(**fields)
    assert (case.task().team, case.case.tier, case.case.state.entry_tier) == (team, tier, tier)


# --- who may speak --------------------------------------------------------------------------------------------


def test_only_who_has_the_case_or_leads_speaks_with_the_customer() -> None:
    case = opened()
    with case.refused("not_allowed") as said:
        case.reply()
    assert "claim its task first" in str(said["message"])
    case.claim()
    for actor in (COLLEAGUE, CUSTOMER, AUDITOR):
        with case.refused("not_allowed"):
            case.reply(actor)
    case.reply(MANAGER)
    case.reply()
    assert case.task().state is TaskState.IN_PROGRESS
    assert [message.author for message in case.messages[1:]] == [MANAGER.id, AGENT.id]


def test_team_may_write_while_nobody_works_on_the_case() -> None:
    case = opened()
    case.solve()
    case.reply(COLLEAGUE)
    case.reply(COLLEAGUE.model_copy(update={"teams": ()}))
    with case.refused("not_allowed"):
        case.reply(CALLED)


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR])
def test_case_of_another_customer_is_nobody_elses(actor: Actor) -> None:
    case = opened()
    for decide, request_type, fields in (
        (correspondence.customer_reply, r.CustomerReply, {"text": "hello"}),
        (decisions.withdraw, c.Withdraw, {}),
        (decisions.answer_solution, c.AnswerSolution, {"satisfied": True}),
        (decisions.reopen, c.Reopen, {"reason": "again"}),
    ):
        with case.refused("not_allowed"):
            case.ask(decide, request_type, actor, **fields)


def test_system_and_staff_may_speak_for_the_customer() -> None:
    case = opened()
    case.claim()
    for actor in (MACHINE, CALLED):
        case.ask(correspondence.customer_reply, r.CustomerReply, actor, text="the customer called")
    assert case.told(AGENT.id) == ["the customer wrote"] * 2


def test_note_is_written_by_staff_and_shows_that_its_author_works() -> None:
    case = opened()
    case.claim()
    with case.refused("not_allowed"):
        case.ask(correspondence.add_note, r.AddNote, CUSTOMER, text="hello")
    case.ask(correspondence.add_note, r.AddNote, LEGAL, text="is a lawyer")
    assert case.task().state is TaskState.RESERVED
    case.ask(correspondence.add_note, r.AddNote, AGENT, text="is a teacher")
    assert case.task().state is TaskState.IN_PROGRESS


# --- waiting --------------------------------------------------------------------------------------------------


def test_tier_time_stands_still_while_the_customer_is_asked() -> None:
    case = opened()
    case.claim()
    case.wait(10 * MINUTE)
    case.reply(await_answer=True)
    assert case.messages[-1].words["answer_by"] == case.now + 7 * DAY
    clock = case.clock(TIER)
    assert (case.case.status, clock.state) == ("waiting_for_customer", ClockState.PAUSED)
    case.wait(HOUR)
    case.reply(await_answer=True)
    assert len([one for one in case.case.state.clocks if one.kind is ClockKind.CUSTOMER_ANSWER and one.open]) == 1
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="the blue one")
    assert (case.case.status, clock.consumed) == ("in_progress", 10 * MINUTE)
    assert case.clock(ClockKind.CUSTOMER_ANSWER).state is ClockState.MET
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="and broken")
    assert case.case.status == "in_progress"


def test_word_of_the_customer_about_a_solution_reaches_who_offered_it() -> None:
    case = opened()
    case.solve()
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="is it blue?")
    assert case.told(AGENT.id) == ["the customer wrote"]


def test_word_of_the_customer_about_a_queued_case_waits_in_the_queue() -> None:
    case = opened()
    case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="hello?")
    early = arrived()
    early.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="hello?")
    assert case.notices == early.notices == []


def test_departments_are_asked_one_at_a_time_below_the_top() -> None:
    case = opened()
    with case.refused("not_allowed"):
        ask_departments(case, AGENT, "warehouse")
    case.claim()
    with case.refused("limit_exceeded"):
        ask_departments(case, AGENT, "warehouse", "legal")
    with case.refused("invalid_input") as said:
        ask_departments(case, AGENT, "moon")
    assert said["field"] == "questions.0.team"
    ask_departments(case, AGENT, "warehouse")
    with case.refused("limit_exceeded"):
        ask_departments(case, AGENT, "legal")
    case.claim(WAREHOUSE, DEPARTMENT)
    case.complete(WAREHOUSE, DEPARTMENT, answer="in aisle 7")
    assert case.case.status == "in_progress"
    assert case.told(AGENT.id) == ["warehouse answered task T2"]


def test_answer_of_a_department_to_a_queued_case_is_told_to_nobody() -> None:
    case = opened()
    case.claim()
    ask_departments(case, AGENT, "warehouse")
    case.ask(task_verbs.release, m.ReleaseTask, AGENT, task_id="T1")
    case.claim(WAREHOUSE, DEPARTMENT)
    case.complete(WAREHOUSE, DEPARTMENT, answer="in aisle 7")
    assert case.notices == []


def test_top_tier_asks_several_with_their_own_times_and_waits_for_all() -> None:
    case = opened(subject=FIRE)
    case.claim(MANAGER)
    asked = ({"team": "warehouse", "question": "Which batch?", "within": "2h"}, *questions("legal"))
    case.ask(decisions.ask_departments, c.AskDepartments, MANAGER, questions=asked)
    budgets = [clock.budget for clock in case.case.state.clocks if clock.kind is ClockKind.TASK_DUE]
    assert budgets == [2 * HOUR, charter().complaint.task_times.department_answer]
    for task_id, actor, status in (("T2", WAREHOUSE, "waiting_for_department"), ("T3", LEGAL, "in_progress")):
        case.ask(task_verbs.claim, m.ClaimTask, actor, task_id=task_id)
        case.ask(task_verbs.complete, m.CompleteTask, actor, task_id=task_id, form={"answer": "so and so"})
        assert case.case.status == status


# --- escalation -----------------------------------------------------------------------------------------------


def test_escalation_hands_over_what_was_said_and_drafted_and_withdraws_the_rest() -> None:
    case = opened()
    case.claim()
    case.ask(task_verbs.save_draft, m.SaveDraft, AGENT, task_id="T1", draft="Dear customer")
    ask_departments(case, AGENT, "warehouse")
    case.claim(WAREHOUSE, DEPARTMENT)
    with case.refused("not_allowed"):
        escalate(case, COLLEAGUE)
    escalate(case)
    task = case.task()
    assert (task.team, task.draft, task.brief["from_tier"]) == ("specialists", "Dear customer", 1)
    assert [one.state for one in case.case.state.tasks] == [TaskState.OBSOLETE, TaskState.OBSOLETE, TaskState.READY]
    assert any("no longer yours" in about for about in case.told(WAREHOUSE.id))
    assert case.told("team:specialists") == ["tier 2 takes over: complex"]
    assert case.messages[-1].template is TemplateName.ESCALATED


def test_escalation_while_the_customer_is_asked_waits_for_no_answer_any_more() -> None:
    case = opened()
    case.claim()
    case.reply(await_answer=True)
    escalate(case)
    assert (case.case.status, case.clock(ClockKind.CUSTOMER_ANSWER).state) == ("in_progress", ClockState.CANCELLED)


def test_agent_of_the_top_tier_cannot_send_it_up() -> None:
    case = opened(subject=FIRE)
    case.claim(MANAGER)
    with case.refused("limit_exceeded"):
        escalate(case, MANAGER)


def test_sensitivity_of_a_case_that_was_never_classified_changes_nothing() -> None:
    case = arrived()
    close(case)
    reopen(case)
    case.claim(EXPERT)
    case.ask(decisions.escalate, c.Escalate, EXPERT, reason="a child was hurt", sensitive=True)
    assert (case.case.tier, case.case.state.classification) == (3, None)


def test_suspended_task_is_withdrawn_by_an_escalation_with_its_clocks() -> None:
    case = opened(subject="Identity theft")
    case.claim(EXPERT)
    case.ask(task_verbs.suspend, m.SuspendTask, EXPERT, task_id="T1", reason="fire drill")
    escalate(case, MANAGER)
    assert case.case.state.tasks[0].state is TaskState.OBSOLETE
    assert [clock.kind for clock in case.case.state.clocks if clock.task == "T1" and clock.open] == []


def test_rejected_solution_is_told_to_the_next_tier() -> None:
    case = opened()
    case.solve(solution="A voucher")
    case.reject()
    assert (case.case.tier, case.task().draft, case.task().brief["tried"]) == (2, "A voucher", "A voucher")
    assert (case.task().brief["former_owner"], case.case.state.score) == (AGENT.id, 2)


def test_rejection_at_the_top_keeps_the_case_there() -> None:
    case = opened(subject=FIRE)
    case.solve(MANAGER)
    case.reject()
    assert (case.case.tier, len(case.case.active_tasks(RESOLVE))) == (3, 1)
    assert "top_tier_stays" in case.story


# --- goodwill -------------------------------------------------------------------------------------------------


def test_goodwill_within_the_limit_is_offered_at_once_and_granted_when_accepted() -> None:
    case = opened()
    case.solve(goodwill={"minor": 20_000, "currency": "CNY"})
    assert case.messages[-1].words["compensation"] == "200.00 CNY"
    case.accept()
    (grant,) = [deed for deed in case.deeds if isinstance(deed, GrantCompensation)]
    assert (grant.key, grant.amount) == ("C1:goodwill_granted:1", Money(minor=20_000, currency="CNY"))


@pytest.mark.parametrize("goodwill", [{"minor": 20_001, "currency": "CNY"}, {"minor": 1, "currency": "USD"}])
def test_goodwill_beyond_the_limit_is_decided_by_somebody_else(goodwill: dict[str, Any]) -> None:
    case = opened()
    case.solve(goodwill=goodwill)
    task = case.task(APPROVE_GOODWILL)
    assert (case.case.status, task.team, task.excluded) == ("in_progress", "supervisors", (AGENT.id,))
    assert case.case.doing == "awaiting_approval"
    case.claim(SUPERVISOR, APPROVE_GOODWILL)
    case.complete(SUPERVISOR, APPROVE_GOODWILL, approved=True, remarks="fair")
    assert (case.case.status, str(case.case.state.goodwill)) == ("solution_offered", str(Money(**goodwill)))


def test_role_without_authority_grants_nothing_alone() -> None:
    case = opened(changed("strict", complaint={"authority": {}}))
    case.solve(goodwill={"minor": 1, "currency": "CNY"})
    assert case.case.active_tasks(APPROVE_GOODWILL)


def test_refused_goodwill_returns_the_work_to_its_agent_with_all_that_held_for_it() -> None:
    case = opened()
    case.ask(task_verbs.exclude, m.ExcludeOwner, SUPERVISOR, task_id="T1", person=COLLEAGUE.id, reason="related")
    case.ask(task_verbs.forward, m.ForwardTask, SUPERVISOR, task_id="T1", team="phone", reason="wants a call")
    case.solve(CALLED, goodwill=MUCH)
    case.claim(SUPERVISOR, APPROVE_GOODWILL)
    case.complete(SUPERVISOR, APPROVE_GOODWILL, approved=False, remarks="too much")
    task = case.task()
    assert (task.owner, task.team, task.excluded, task.draft) == (
        CALLED.id,
        "phone",
        (COLLEAGUE.id,),
        "A new one is on its way.",
    )
    assert case.told(CALLED.id) == ["goodwill refused; task T3 is yours"]
    assert case.case.state.goodwill is None


def test_refused_goodwill_of_a_task_that_the_record_no_longer_has_goes_to_the_tiers_team() -> None:
    case = opened()
    case.solve(goodwill=MUCH)
    case.case.state.tasks = case.case.active_tasks()
    case.claim(SUPERVISOR, APPROVE_GOODWILL)
    case.complete(SUPERVISOR, APPROVE_GOODWILL, approved=False, remarks="too much")
    assert (case.task().team, case.task().owner) == ("online", AGENT.id)


def test_approval_that_was_handed_down_keeps_to_the_limit_of_who_decides() -> None:
    case = opened()
    case.solve(goodwill=MUCH)
    approval = case.task(APPROVE_GOODWILL)
    case.ask(task_verbs.forward, m.ForwardTask, SUPERVISOR, task_id=approval.id, team="online", reason="decide it")
    with case.refused("not_eligible"):
        case.claim(AGENT, APPROVE_GOODWILL)
    case.claim(COLLEAGUE, APPROVE_GOODWILL)
    with case.refused("limit_exceeded") as said:
        case.complete(COLLEAGUE, APPROVE_GOODWILL, approved=True, remarks="fair")
    assert said["field"] == "form.approved"
    case.ask(task_verbs.forward, m.ForwardTask, SUPERVISOR, task_id=approval.id, team="management", reason="you then")
    case.claim(MANAGER, APPROVE_GOODWILL)
    case.complete(MANAGER, APPROVE_GOODWILL, approved=True, remarks="fair")
    assert case.case.status == "solution_offered"


def test_approval_without_an_amount_is_left_to_supervisors() -> None:
    case = opened()
    case.solve(goodwill=MUCH)
    case.case.state.goodwill = None
    approval = case.task(APPROVE_GOODWILL)
    case.ask(task_verbs.forward, m.ForwardTask, SUPERVISOR, task_id=approval.id, team="management", reason="decide")
    case.claim(MANAGER, APPROVE_GOODWILL)
    with case.refused("limit_exceeded"):
        case.complete(MANAGER, APPROVE_GOODWILL, approved=True, remarks="fair")


def test_solution_that_waits_for_approval_is_handed_over_when_the_time_runs_out() -> None:
    case = opened()
    case.solve(solution="Money back", goodwill=MUCH)
    case.wait(HOUR)
    assert (case.case.tier, case.case.active_tasks(APPROVE_GOODWILL)) == (2, [])
    assert (case.task().draft, case.task().brief["former_owner"]) == ("Money back", AGENT.id)


def test_withdrawal_during_an_approval_ends_it() -> None:
    case = opened()
    case.solve(goodwill=MUCH)
    case.claim(SUPERVISOR, APPROVE_GOODWILL)
    case.ask(decisions.withdraw, c.Withdraw, CUSTOMER)
    assert (case.case.active_tasks(), case.case.plan()) == ([], [])
    assert len(case.told(SUPERVISOR.id)) == 1


def test_solution_ends_every_open_question() -> None:
    case = opened()
    case.claim()
    ask_departments(case, AGENT, "warehouse")
    case.reply(await_answer=True)
    case.solve()
    assert [task.kind for task in case.case.active_tasks()] == []
    assert case.clock(ClockKind.CUSTOMER_ANSWER).state is ClockState.CANCELLED


def test_complaint_is_solved_only_while_it_is_worked_on() -> None:
    case = opened()
    case.claim()
    case.case.state.status = ComplaintStatus.SOLUTION_OFFERED
    with case.refused("wrong_status"):
        case.complete(AGENT, RESOLVE, solution="x")


# --- the end --------------------------------------------------------------------------------------------------


def test_accepted_solution_is_summarised_and_closed() -> None:
    case = opened()
    with case.refused("wrong_status"):
        case.accept()
    case.solve()
    case.accept()
    assert (case.case.status, case.task(SUMMARISE).owner) == ("summarising", AGENT.id)
    assert {clock.kind for clock in case.case.state.clocks if clock.open} == {
        ClockKind.TASK_DUE,
        ClockKind.CLAIM_IDLE,
    }
    case.complete(AGENT, SUMMARISE, **SUMMARY)
    assert (case.case.status, case.case.state.outcome) == ("closed", Outcome.ACCEPTED)
    recorded = next(entry for entry in case.case.state.timeline.entries if entry.what == "summarise_recorded")
    assert recorded.facts == SUMMARY


def test_summary_goes_to_the_team_that_solved_it() -> None:
    case = opened()
    case.ask(task_verbs.forward, m.ForwardTask, SUPERVISOR, task_id="T1", team="phone", reason="wants a call")
    case.solve(CALLED)
    case.accept()
    assert (case.task(SUMMARISE).team, case.task(SUMMARISE).owner) == ("phone", CALLED.id)


def test_summary_of_a_case_whose_solver_is_unknown_lies_in_the_teams_queue() -> None:
    case = opened()
    case.solve()
    case.case.state.tasks.clear()
    case.accept()
    assert (case.task(SUMMARISE).team, case.task(SUMMARISE).owner) == ("online", None)
    other = opened()
    other.solve()
    other.task().owner = None
    other.accept()
    assert other.task(SUMMARISE).owner is None


def test_what_reached_the_top_gets_its_root_cause_and_what_is_important_is_followed_up() -> None:
    case = opened(subject=FIRE)
    case.solve(MANAGER)
    case.accept()
    case.complete(MANAGER, SUMMARISE, **SUMMARY)
    assert case.case.status == "summarising"
    case.claim(MANAGER, ROOT_CAUSE)
    case.complete(MANAGER, ROOT_CAUSE, **cases.ROOT_CAUSE)
    assert (case.case.status, case.clock(ClockKind.FOLLOW_UP).task) == ("following_up", case.task(FOLLOW_UP).id)
    case.claim(QUALITY, FOLLOW_UP)
    case.complete(QUALITY, FOLLOW_UP, score=5, remarks="very happy")
    assert (case.case.status, case.clock(ClockKind.FOLLOW_UP).state) == ("closed", ClockState.MET)


def test_skipped_follow_up_closes_the_case_and_dissatisfaction_opens_it_again() -> None:
    for reopens in (False, True):
        case = opened(upset=True)
        case.solve()
        case.accept()
        case.complete(AGENT, SUMMARISE, **SUMMARY)
        if reopens:
            case.claim(QUALITY, FOLLOW_UP)
            case.complete(QUALITY, FOLLOW_UP, score=1, remarks="broke again", reopen=True)
            assert (case.case.status, case.case.tier, case.case.state.reopened) == ("in_progress", 2, 1)
        else:
            skip = {"task_id": case.task(FOLLOW_UP).id, "reason": "called us herself"}
            case.ask(task_verbs.skip, m.SkipTask, DEPUTY, **skip)
            assert case.case.status == "closed"


def test_answer_that_comes_after_the_question_was_dropped_changes_no_status() -> None:
    case = opened(upset=True)
    case.solve()
    case.deliver(DeliveryState.FAILED)
    case.accept()
    case.complete(AGENT, SUMMARISE, **SUMMARY)
    case.claim(SUPERVISOR, CONTACT)
    case.complete(SUPERVISOR, CONTACT, reached=True, how="by telephone")
    assert case.case.status == "following_up"


@pytest.mark.parametrize(
    ("prepare", "outcome"),
    [("open", Outcome.CLOSED_BY_SUPERVISOR), ("offered", Outcome.CLOSED_BY_SUPERVISOR), ("accepted", Outcome.ACCEPTED)],
)
def test_supervisor_closes_a_case_and_what_was_accepted_stays_accepted(prepare: str, outcome: Outcome) -> None:
    case = opened()
    if prepare != "open":
        case.solve()
    if prepare == "accepted":
        case.accept()
    with case.refused("not_allowed"):
        case.ask(supervision.close_case, r.CloseCase, MANAGER, reason="no")
    close(case)
    assert (case.case.state.outcome, case.case.over) == (outcome, True)
    assert case.messages[-1].words["next_update_by"] is None
    with case.refused("wrong_status"):
        close(case)


def test_case_that_is_over_refuses_what_belongs_to_work() -> None:
    case = opened()
    close(case)
    with case.refused("wrong_status"):
        case.reply(SUPERVISOR)
    with case.refused("wrong_status") as said:
        case.ask(correspondence.customer_reply, r.CustomerReply, CUSTOMER, text="hello?")
    assert said["possible"] == ["reopen"]
    case.ask(correspondence.add_note, r.AddNote, SUPERVISOR, text="filed")


def test_reopened_case_begins_again_one_tier_up() -> None:
    case = opened()
    case.solve(goodwill={"minor": 1_000, "currency": "CNY"})
    case.deliver(DeliveryState.UNKNOWN)
    case.accept()
    with case.refused("not_allowed"):
        reopen(case, STRANGER)
    reopen(case)
    state = case.case.state
    assert (case.case.status, case.case.tier, state.outcome, state.closed_at) == ("in_progress", 2, None, None)
    assert (state.doubtful, len(case.case.active_tasks())) == ({}, 1)
    assert {clock.kind for clock in state.clocks if clock.open} == {
        ClockKind.STATUS_UPDATE,
        TIER,
        ClockKind.TASK_CLAIM,
    }
    assert case.messages[-1].template is TemplateName.REOPENED
    case.solve(EXPERT, goodwill={"minor": 1_000, "currency": "CNY"})
    case.accept()
    grants = [deed.key for deed in case.deeds if isinstance(deed, GrantCompensation)]
    assert grants == ["C1:goodwill_granted:1", "C1:goodwill_granted:2"]


# --- merging --------------------------------------------------------------------------------------------------


def test_merge_is_asked_and_the_case_ends_when_the_other_one_has_taken_over() -> None:
    case = opened(order=ORDER)
    case.claim()
    merge(case, AGENT)
    assert [deed.target for deed in case.deeds if isinstance(deed, JoinCase)] == ["C2"]
    assert case.case.status == "in_progress"
    with case.refused("merge_refused"):
        merge(case, target="C3")
    note = facts.handover_note(case.case, case.now)
    assert (note.order_id, note.left) == (
        ORDER.id,
        {"first_response": 2 * HOUR, "status_update": 4 * HOUR, "tier": 30 * MINUTE},
    )
    facts.joined(case.case, "C2", case.now)
    case.attend()
    assert (case.case.status, case.case.state.outcome, case.case.state.linked) == ("merged", Outcome.MERGED, ["C2"])
    last = case.messages[-1]
    assert (last.template, last.words["other_case"], last.words["next_update_by"]) == (TemplateName.MERGED, "C2", None)
    with case.refused("wrong_status"):
        reopen(case)


@pytest.mark.parametrize(
    "fields",
    [{"target": "C1"}, {"target_customer": STRANGER.id}, {"target_order": "O7"}],
    ids=["itself", "another customer", "another order"],
)
def test_merge_into_what_does_not_fit_is_refused(fields: dict[str, Any]) -> None:
    case = opened(order=ORDER)
    with case.refused("merge_refused"):
        merge(case, **fields)
    with case.refused("not_allowed"):
        merge(case, COLLEAGUE)


def test_merge_that_failed_leaves_the_case_as_it_was() -> None:
    case = opened()
    merge(case)
    facts.not_joined(case.case, "C2", "it is gone", case.now)
    case.attend()
    assert (case.case.status, case.case.state.merging_into) == ("in_progress", None)
    assert case.told("team:supervisors") == ["could not merge into C2: it is gone"]


@pytest.mark.parametrize("how", ["accepted", "closed"])
def test_merge_that_comes_after_the_customer_accepted_or_the_end_changes_nothing(how: str) -> None:
    case = opened()
    case.solve()
    merge(case)
    case.accept()
    if how == "closed":
        close(case)
    status = case.case.status
    facts.joined(case.case, "C2", case.now)
    assert (case.case.status, case.case.state.linked, case.story[-1]) == (status, ["C2"], "merge_came_too_late")


def test_merged_case_brings_its_words_and_its_earlier_promise() -> None:
    case = opened()
    case.claim()
    facts.absorb(case.case, merged({"tier": 12 * MINUTE, "first_response": 5 * HOUR, "nonsense": 1}), case.now)
    facts.absorb(case.case, merged({"tier": 0}), case.now)
    assert case.story[-2:] == ["case_absorbed", "from_merged_case"]
    case.attend()
    assert case.case.due(case.clock(TIER)) == MONDAY + 12 * MINUTE
    assert case.case.due(case.clock(ClockKind.FIRST_RESPONSE)) == MONDAY + 2 * HOUR
    assert case.told(AGENT.id)[0] == "case C2 was merged into this one"


def test_promise_that_was_taken_over_survives_a_change_of_priority() -> None:
    case = opened()
    facts.absorb(case.case, merged({"tier": 20 * MINUTE, "status_update": HOUR, "first_response": MINUTE}), case.now)
    for priority, left in (("high", 5 * MINUTE), ("normal", 20 * MINUTE)):
        case.ask(supervision.change_priority, r.ChangePriority, SUPERVISOR, priority=priority, reason="to and fro")
        assert case.case.due(case.clock(TIER)) == MONDAY + left
    assert case.case.due(case.clock(ClockKind.STATUS_UPDATE)) == MONDAY + HOUR
    assert case.case.due(case.clock(ClockKind.FIRST_RESPONSE)) == MONDAY + MINUTE


def test_promise_that_was_missed_in_the_other_case_was_answered_for_there() -> None:
    case = opened(channel=Channel.CHAT)
    case.wait(MINUTE)
    assert "first_response" not in facts.handover_note(case.case, case.now).left


def test_target_keeps_its_own_promises_where_the_policy_says_so() -> None:
    case = opened(changed("own", complaint={"merge_keeps": "target"}))
    facts.absorb(case.case, merged({"tier": MINUTE}), case.now)
    assert case.case.due(case.clock(TIER)) == MONDAY + 30 * MINUTE


def test_clocks_of_tasks_and_of_the_customers_answer_are_not_carried_over() -> None:
    case = opened(subject="Identity theft")
    facts.absorb(case.case, merged({"task_claim": MINUTE}), case.now)
    assert case.case.due(case.clock(ClockKind.TASK_CLAIM)) == MONDAY + HOUR
    case.solve(EXPERT)
    facts.absorb(case.case, merged({"satisfaction": 0}, case_id="C3"), case.now)
    case.attend()
    assert case.case.status == "solution_offered"


def test_case_of_another_order_is_not_absorbed() -> None:
    case = opened(order=ORDER)
    facts.absorb(case.case, merged(), case.now)
    assert (case.story[-1], case.case.state.linked) == ("merge_ignored", [])


# --- what a case remembers ------------------------------------------------------------------------------------


def test_request_that_comes_again_is_answered_as_before_and_other_content_is_refused() -> None:
    case = opened()
    request = r.AddNote(request_id="r1", actor=AGENT, text="hello")
    answer = m.Answer(case_id="C1", status="in_progress", at=case.now)
    assert case.case.answered(request) is None
    case.case.remember(request, answer)
    assert case.case.answered(request) == answer
    with pytest.raises(RequestIdReusedError) as refusal:
        case.case.answered(request.model_copy(update={"text": "other"}))
    assert refusal.value.details["request_id"] == "r1"


def test_oldest_answers_are_forgotten() -> None:
    case = opened()
    answer = m.Answer(case_id="C1", status="in_progress", at=case.now)
    for number in range(REMEMBERED_ANSWERS + 3):
        case.case.remember(r.AddNote(request_id=f"r{number}", actor=AGENT, text="x"), answer)
    assert (len(case.case.state.answers), next(iter(case.case.state.answers))) == (REMEMBERED_ANSWERS, "r3")


def test_case_that_is_moved_for_years_carries_a_bounded_record() -> None:
    case = opened()
    for number in range(KEPT_ENDED_TASKS + 10):
        tier = 2 if case.case.tier == 1 else 1
        case.wait(MINUTE)
        case.ask(decisions.force_tier, c.ForceTier, SUPERVISOR, tier=tier, reason=f"to and fro {number}")
    ended = [clock for clock in case.case.state.clocks if clock.kind is TIER and not clock.open]
    assert len(ended) <= KEPT_ENDED_CLOCKS + 1
    assert len(case.case.state.tasks) == KEPT_ENDED_TASKS + 1
    assert len(case.case.active_tasks()) == 1


def test_customer_whom_nothing_reaches_for_weeks_leaves_a_bounded_record() -> None:
    case = opened(subject=FIRE)
    for _ in range(60):
        case.deliver(DeliveryState.FAILED)
        case.wait(4 * HOUR)
    assert len(case.case.active_tasks()) == 2
    assert len([clock for clock in case.case.state.clocks if clock.open]) <= 4


def test_alarm_is_raised_for_a_task_that_nobody_may_take() -> None:
    teams = charter().model_dump(mode="json")["teams"]
    teams["online"]["absent"] = teams["online"]["members"]
    policy = Policy.model_validate(charter().model_dump(mode="json") | {"teams": teams, "name": "absent"})
    case = opened(policy)
    assert [notice.notice for notice in case.notices] == [NoticeKind.ALARM]
    assert "nobody_eligible" in case.story


def test_case_type_may_leave_its_hooks_empty() -> None:
    class Plain(BaseModel):
        pass

    case = opened().case
    task = HumanTask(id="T9", kind=RESOLVE, title="x", team="online", offered_at=0)
    before = case.state.model_dump_json()
    Case.check_completion(case, task, Plain(), AGENT)
    Case.task_skipped(case, task, 0)
    assert case.state.model_dump_json() == before
    assert Case.step_due(case, case.state.clocks[0], case.plan()[0]) == case.plan()[0].due


def test_promises_stop_together_with_the_work_behind_them() -> None:
    case = opened()
    case.claim()
    ask_departments(case, AGENT, "warehouse")
    case.deliver(DeliveryState.FAILED)
    case.case.stop_promises(case.now, "the customer accepted")
    assert [task.kind for task in case.case.active_tasks()] == [CONTACT]
    assert case.clock(ClockKind.FIRST_RESPONSE).state is ClockState.CANCELLED
    assert [case.clock(kind).state for kind in (TIER, ClockKind.STATUS_UPDATE)] == [ClockState.MET] * 2


def test_summary_of_a_case_that_is_worked_on_again_changes_nothing() -> None:
    case = opened()
    summary = case.case.offer(SUMMARISE, "online", None, case.now)
    before = case.case.state.model_dump_json()
    outcomes.go_on(case.case, summary, case.now)
    assert case.case.state.model_dump_json() == before
