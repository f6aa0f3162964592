"""What a view says that a case would refuse is what it refuses when it is asked, in every status of every type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from domain import correspondence, promises, supervision
from domain import requests as r
from domain.case import Act
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.machine import ComplaintStatus
from domain.complaint.tasks import DEPARTMENT
from domain.delivery.machine import DeliveryCaseStatus
from domain.errors import CaseError
from domain.messages import Request
from domain.order_change.machine import ChangeCaseStatus
from domain.people import Actor
from domain.returns.machine import ReturnCaseStatus
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR
from domain.tried import refused_now, refused_of
from domain.worked_case import WorkedCase
from tests.domain.cases import AGENT, CUSTOMER, MONDAY, SUPERVISOR, Running, opened
from tests.domain.changes import CUP, changing
from tests.domain.deliveries import troubled
from tests.domain.returns import returning

Question: TypeAlias = tuple[Callable[[Any, Any], Act], type[Request], dict[str, Any], Actor]

EVERY: dict[str, Question] = {
    "reply": (correspondence.reply, r.Reply, {"text": "x"}, SUPERVISOR),
    "await_answer": (correspondence.reply, r.Reply, {"text": "x", "await_answer": True}, SUPERVISOR),
    "customer_reply": (correspondence.customer_reply, r.CustomerReply, {"text": "x"}, CUSTOMER),
    "make_promise": (promises.make_promise, r.MakePromise, {"text": "x", "within": HOUR}, SUPERVISOR),
    "send_update_now": (supervision.send_update_now, r.SendUpdateNow, {"reason": "x"}, SUPERVISOR),
    "change_priority": (supervision.change_priority, r.ChangePriority, {"priority": "high", "reason": "x"}, SUPERVISOR),
    "close_case": (supervision.close_case, r.CloseCase, {"reason": "x"}, SUPERVISOR),
}
OF_COMPLAINTS: dict[str, Question] = {
    **EVERY,
    "escalate": (decisions.escalate, c.Escalate, {"reason": "x"}, SUPERVISOR),
    "ask_departments": (
        decisions.ask_departments,
        c.AskDepartments,
        {"questions": (c.DepartmentQuestion(team="quality", question="x"),)},
        SUPERVISOR,
    ),
    "merge": (
        decisions.merge,
        c.Merge,
        {"target": "C2", "target_customer": CUSTOMER.id, "target_order": None, "reason": "x"},
        SUPERVISOR,
    ),
    "force_tier": (decisions.force_tier, c.ForceTier, {"tier": 2, "reason": "x"}, SUPERVISOR),
}


def refuses(case: WorkedCase, question: Question, **besides: str) -> bool:
    decide, kind, content, actor = question
    try:
        decide(case, kind(actor=actor, request_id="r-test", **content, **besides))
    except CaseError:
        return True
    return False


def tried(case: WorkedCase, questions: dict[str, Question]) -> set[str]:
    return {name for name, question in questions.items() if refuses(case, question)}


def a_case(case_type: str) -> WorkedCase:
    made: dict[str, Callable[[], WorkedCase]] = {
        "complaint": lambda: opened().case,
        "order_change": lambda: changing(lines=CUP).case,
        "return": lambda: returning().case,
        "delivery": lambda: troubled().case,
    }
    return made[case_type]()


STATUSES = [
    *(("complaint", status) for status in ComplaintStatus),
    *(("order_change", status) for status in ChangeCaseStatus),
    *(("return", status) for status in ReturnCaseStatus),
    *(("delivery", status) for status in DeliveryCaseStatus),
]


@pytest.mark.parametrize(("case_type", "status"), STATUSES)
def test_view_names_exactly_what_the_case_refuses_in_its_status(case_type: str, status: Any) -> None:
    case: Any = a_case(case_type)
    case.state.status = status
    questions = OF_COMPLAINTS if case_type == "complaint" else EVERY
    assert set(refused_now(case)) == tried(case, questions)


@pytest.mark.parametrize("case_type", ["complaint", "order_change", "return", "delivery"])
def test_statuses_differ_in_what_is_refused(case_type: str) -> None:
    found = set()
    for of, status in STATUSES:
        if of == case_type:
            case: Any = a_case(case_type)
            case.state.status = status
            found.add(refused_now(case))
    assert len(found) > 1
    assert any("close_case" not in names for names in found)


def test_reply_waits_for_an_answer_only_where_the_customer_can_be_asked() -> None:
    case = opened().case
    waits = []
    for status in ComplaintStatus:
        case.state.status = status
        waits += [status.value] if "await_answer" not in refused_now(case) else []
    assert waits == ["in_progress", "waiting_for_customer", "waiting_for_department"]


def test_top_tier_climbs_no_further_and_asks_as_many_departments_as_it_wants() -> None:
    case = opened()
    case.claim()
    questions = (c.DepartmentQuestion(team="quality", question="x"),)
    case.ask(decisions.ask_departments, c.AskDepartments, AGENT, questions=questions)
    assert case.task(DEPARTMENT).active
    assert "ask_departments" in refused_now(case.case)
    case.case.state.tier = case.case.rules.top_tier
    assert "ask_departments" not in refused_now(case.case)
    assert "escalate" in refused_now(case.case)


def test_case_that_is_being_merged_is_not_merged_again() -> None:
    case = opened().case
    assert "merge" not in refused_now(case)
    case.state.merging_into = "C2"
    assert "merge" in refused_now(case)


def of_clock(case: Running, kind: ClockKind = ClockKind.TIER) -> set[str]:
    clock = case.clock(kind)
    questions: dict[str, Question] = {
        "extend_clock": (supervision.extend_clock, r.ExtendClock, {"by": 1, "reason": "x"}, SUPERVISOR),
        "pause_clock": (supervision.pause_clock, r.PauseClock, {"reason": "x"}, SUPERVISOR),
        "resume_clock": (supervision.resume_clock, r.ResumeClock, {"reason": "x"}, SUPERVISOR),
    }
    said = set(refused_of(case.case, clock))
    assert said == {verb for verb, question in questions.items() if refuses(case.case, question, clock=clock.id)}
    return said


def test_clock_that_the_status_pauses_is_not_let_go_of() -> None:
    case = opened()
    case.claim()
    assert of_clock(case) == {"resume_clock"}
    case.reply(await_answer=True)
    assert case.clock(ClockKind.TIER).state.value == "paused"
    assert of_clock(case) == {"resume_clock"}
    case.ask(supervision.pause_clock, r.PauseClock, SUPERVISOR, clock=case.clock(ClockKind.TIER).id, reason="x")
    assert of_clock(case) == {"pause_clock"}


def test_clock_that_is_breached_ended_or_used_up_its_limit_is_not_extended() -> None:
    case = opened()
    case.clock(ClockKind.TIER).extended_by = DAY
    assert of_clock(case) == {"extend_clock", "resume_clock"}
    case.clock(ClockKind.TIER).extended_by = 0
    case.clock(ClockKind.TIER).breached_at = MONDAY
    assert of_clock(case) == {"extend_clock", "resume_clock"}
    case.solve()
    case.accept()
    assert of_clock(case) == {"extend_clock", "pause_clock", "resume_clock"}
