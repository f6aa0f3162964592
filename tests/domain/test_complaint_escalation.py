"""A complaint climbs: what is handed over, what is withdrawn, and what is told to the next tier."""

from __future__ import annotations

from domain import messages as m
from domain import task_verbs
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import DEPARTMENT, RESOLVE
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.tasks import TaskState
from domain.templates import TemplateName
from tests.domain.cases import AGENT, COLLEAGUE, EXPERT, MANAGER, WAREHOUSE, arrived, opened
from tests.domain.complaints import FIRE, ask_departments, close, escalate, reopen


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
