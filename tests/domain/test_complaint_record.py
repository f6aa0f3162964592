"""What a complaint remembers: answers to requests, a bounded record, alarms, and promises that stop with the work."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from domain import messages as m
from domain import requests as r
from domain.case import Case
from domain.case_clocks import KEPT_ENDED_CLOCKS
from domain.case_record import KEPT_ENDED_TASKS, REMEMBERED_ANSWERS
from domain.complaint import decisions, outcomes
from domain.complaint import messages as c
from domain.complaint.tasks import RESOLVE, SUMMARISE
from domain.deeds import DeliveryState, NoticeKind
from domain.errors import RequestIdReusedError
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import HumanTask
from domain.worked_case import CONTACT
from tests.domain.cases import AGENT, SUPERVISOR, charter, opened
from tests.domain.complaints import FIRE, ask_departments

TIER = ClockKind.TIER


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
