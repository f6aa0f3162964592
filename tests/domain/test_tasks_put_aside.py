"""A task is put aside: suspended and resumed with its clocks, skipped, or left lying after a claim."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain import messages as m
from domain import task_verbs
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import DEPARTMENT, RESOLVE
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import TaskState
from tests.domain.cases import AGENT, DEPUTY, MANAGER, WAREHOUSE, Running, changed, opened
from tests.domain.verbs import exclude, release, resume, suspend


def at_tier_2(case: Running | None = None) -> Running:
    """A case that lies in the specialists' queue, with an hour in which one of them must respond."""
    case = case or opened()
    case.claim()
    case.ask(decisions.escalate, c.Escalate, AGENT, reason="complex")
    return case


# --- suspend and resume ---------------------------------------------------------------------------------------


def test_suspended_task_pauses_its_own_clocks_and_is_taken_up_where_it_was_left() -> None:
    case = at_tier_2()
    clock = case.clock(ClockKind.TASK_CLAIM)
    with case.refused("task_not_yours"):
        suspend(case, AGENT, "T2")
    suspend(case, task_id="T2")
    assert (clock.state, clock.why[-1].cause) == (ClockState.PAUSED, "task T2 is suspended")
    assert case.clock(ClockKind.TIER).state is ClockState.RUNNING
    case.wait(3 * HOUR)
    assert clock.breached_at is None
    with case.refused("task_not_yours"):
        resume(case, AGENT, "T2")
    resume(case, task_id="T2")
    assert (clock.state, case.task().state) == (ClockState.RUNNING, TaskState.READY)


def test_excluding_the_owner_of_a_suspended_task_lets_its_clocks_run_again() -> None:
    case = opened()
    case.claim()
    case.ask(
        decisions.ask_departments, c.AskDepartments, AGENT, questions=({"team": "warehouse", "question": "Where?"},)
    )
    task = case.claim(WAREHOUSE, DEPARTMENT)
    suspend(case, WAREHOUSE, task.id)
    due = case.clock(ClockKind.TASK_DUE)
    assert due.state is ClockState.PAUSED
    exclude(case, WAREHOUSE, task.id)
    assert (task.state, task.suspended_from, due.state) == (TaskState.READY, None, ClockState.RUNNING)


def test_owner_who_writes_while_the_task_is_suspended_is_at_work_when_it_is_resumed() -> None:
    case = opened()
    case.claim()
    suspend(case, AGENT)
    case.reply()
    resume(case, AGENT)
    assert case.task().state is TaskState.IN_PROGRESS
    case.wait(20 * MINUTE)
    assert case.task().owner == AGENT.id


# --- skip -----------------------------------------------------------------------------------------------------


def test_skip_is_for_those_who_lead_and_for_tasks_that_allow_it() -> None:
    case = opened()
    with case.refused("not_allowed"):
        case.ask(task_verbs.skip, m.SkipTask, AGENT, task_id="T1", reason="busy")
    with case.refused("task_state") as said:
        case.ask(task_verbs.skip, m.SkipTask, MANAGER, task_id="T1", reason="busy")
    assert said["kind"] == RESOLVE


def test_skipped_answer_of_the_last_department_lets_work_go_on() -> None:
    case = opened(subject="The kettle exploded")
    case.claim(MANAGER)
    questions = ({"team": "warehouse", "question": "Which batch?"}, {"team": "legal", "question": "Are we liable?"})
    case.ask(decisions.ask_departments, c.AskDepartments, MANAGER, questions=questions)
    for task, status in (("T2", "waiting_for_department"), ("T3", "in_progress")):
        case.ask(task_verbs.skip, m.SkipTask, MANAGER, task_id=task, reason="found out")
        assert case.case.status == status
    case.ask(decisions.ask_departments, c.AskDepartments, MANAGER, questions=questions[:1])
    case.reply(MANAGER, await_answer=True)
    case.ask(task_verbs.skip, m.SkipTask, DEPUTY, task_id="T4", reason="never mind")
    assert case.case.status == "waiting_for_customer"


def test_claim_may_lie_idle_for_ever_where_a_case_type_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened()
    monkeypatch.setattr(case.case, "claim_idle_budget", lambda task: None)
    case.claim()
    assert case.case.open_clock(ClockKind.CLAIM_IDLE) is None


def test_claim_that_was_given_up_in_time_is_not_released_a_second_time() -> None:
    policy = changed("slow", claim_idle={"steps": [{"do": "remind", "at": 0.5}, {"do": "release_claim", "at": 1}]})
    case = opened(policy)
    case.claim()
    case.wait(8 * MINUTE)
    assert case.told(AGENT.id) == ["idle claim T1: 7 min 30 s left"]
    release(case, AGENT)
    case.wait(MINUTE)
    assert case.story.count("task_released") == 1


def test_task_definition_needs_a_form() -> None:
    with pytest.raises(ValidationError):
        m.CompleteTask(request_id="r", actor=AGENT, task_id="T1", form="no")  # type: ignore[arg-type]
