"""Goodwill of a complaint: offered within limits, decided above them, and what ends an approval."""

from __future__ import annotations

from typing import Any

import pytest

from domain import messages as m
from domain import task_verbs
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.machine import ComplaintStatus
from domain.complaint.tasks import APPROVE_GOODWILL, RESOLVE
from domain.deeds import GrantCompensation
from domain.money import Money
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR
from tests.domain.cases import AGENT, CALLED, COLLEAGUE, CUSTOMER, MANAGER, SUPERVISOR, changed, opened
from tests.domain.complaints import ask_departments

MUCH = {"minor": 30_000, "currency": "CNY"}


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
