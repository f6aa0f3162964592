"""Who may speak with the customer of a complaint, and what it means that somebody else has the word."""

from __future__ import annotations

import pytest

from domain import correspondence, task_verbs
from domain import messages as m
from domain import requests as r
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import DEPARTMENT
from domain.people import Actor
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.tasks import TaskState
from tests.domain.cases import (
    AGENT,
    AUDITOR,
    CALLED,
    COLLEAGUE,
    CUSTOMER,
    LEGAL,
    MACHINE,
    MANAGER,
    STRANGER,
    WAREHOUSE,
    arrived,
    charter,
    opened,
)
from tests.domain.complaints import FIRE, ask_departments, questions

TIER = ClockKind.TIER


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
