"""Tasks that are given to people: accepted in time or offered on, and what happens where nobody is free."""

from __future__ import annotations

import pytest

from domain import correspondence, task_verbs
from domain import messages as m
from domain import requests as r
from domain.assignment.choosing import Bar, Choice, Reason
from domain.assignment.seeking import colleague_came
from domain.complaint.facts import receive
from domain.deeds import LookupReport, NoticeKind
from domain.people import CustomerProfile
from domain.policy import Policy
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.tasks import TaskState
from domain.views import next_due, task_due
from tests.domain.assigning import NOBODY, answer, asked, facts, given_to, looked_for, pushed, pushing
from tests.domain.cases import AGENT, COLLEAGUE, CUSTOMER, EXPERT, MANAGER, MONDAY, Running, arrived, opened
from tests.domain.changes import changing
from tests.domain.fields_of_a_shop import ELSEWHERE, an_order
from tests.domain.verbs import delegate, exclude, forward, nominate, release, resume, start, suspend


def given() -> Running:
    """A complaint whose task was given to an agent."""
    case = opened(pushed())
    answer(case, given_to())
    return case


def test_teams_that_take_from_their_queue_are_given_nothing() -> None:
    case = opened()
    case.claim()
    release(case, AGENT)
    assert looked_for(case) == []
    assert "assignment" not in {clock.kind for clock in case.case.state.clocks}


def test_what_the_task_needs_is_told_to_whoever_chooses() -> None:
    case = opened(pushed(), subject="I am furious about the invoice")
    order = asked(case)
    assert order
    assert (order.need.team, order.need.problem, order.need.upset) == ("online", "billing", True)
    assert (order.need.channel, order.need.vip, order.need.named_only) == ("email", False, False)
    assert order.about == "task T1 (Resolve the complaint) was given to you: begin within 2 min"


def test_why_this_person_was_chosen_is_on_the_timeline() -> None:
    case = given()
    assert (case.task().owner, case.task().state) == (AGENT.id, TaskState.RESERVED)
    assert facts(case, "task_assigned") == {
        "task": "T1",
        "owner": AGENT.id,
        "reason": Reason.LEAST_BUSY,
        "load": 1,
        "fit": 3,
        "barred": "full 2",
        "accept_by": MONDAY + 2 * MINUTE,
    }
    assert task_due(case.case, case.task()) == MONDAY + 2 * MINUTE


def test_who_begins_in_time_keeps_it() -> None:
    case = given()
    start(case, AGENT)
    assert case.clock(ClockKind.ASSIGNMENT).state is ClockState.MET
    case.wait(5 * MINUTE)
    assert case.task().owner == AGENT.id


@pytest.mark.parametrize("how", ["reply", "draft", "complete"])
def test_whatever_the_person_does_with_the_case_is_a_beginning(how: str) -> None:
    case = given()
    if how == "reply":
        case.ask(correspondence.reply, r.Reply, AGENT, text="We are on it.")
    elif how == "draft":
        case.ask(task_verbs.save_draft, m.SaveDraft, AGENT, task_id="T1", draft="Dear")
    else:
        case.complete(AGENT, "resolve_complaint", solution="A new one")
    assert case.clock(ClockKind.ASSIGNMENT).state is ClockState.MET


def test_who_does_not_begin_in_time_loses_it_to_the_next() -> None:
    case = given()
    case.wait(2 * MINUTE)
    assert (case.task().owner, case.task().passed) == (None, (AGENT.id,))
    assert case.told(AGENT.id)[-1] == "task T1 (Resolve the complaint) is offered to others: you did not begin in time"
    assert facts(case, "task_released")["reason"] == "online-01 did not begin in time"
    order = asked(case)
    assert order
    assert order.need.passed == (AGENT.id,)
    answer(case, given_to(COLLEAGUE.id))
    assert case.task().owner == COLLEAGUE.id


def test_who_gives_it_back_passes_it_on() -> None:
    case = given()
    release(case, AGENT)
    release_again = asked(case)
    assert release_again
    assert release_again.need.passed == (AGENT.id,)
    answer(case, given_to(COLLEAGUE.id))
    release(case, COLLEAGUE)
    assert case.task().passed == (AGENT.id, COLLEAGUE.id)
    answer(case, given_to())
    release(case, AGENT)
    assert case.task().passed == (AGENT.id, COLLEAGUE.id)


def test_being_given_a_task_is_no_response_of_the_team_but_beginning_is() -> None:
    case = opened(pushing(push={"specialists": {}}), subject="Fraud with my card")
    answer(case, given_to(EXPERT.id))
    assert case.clock(ClockKind.TASK_CLAIM).state is ClockState.RUNNING
    start(case, EXPERT)
    assert case.clock(ClockKind.TASK_CLAIM).state is ClockState.MET


def test_where_nobody_is_free_supervisors_are_alarmed_once_and_it_is_tried_again() -> None:
    case = opened(pushed())
    answer(case, NOBODY)
    assert case.told("team:supervisors") == [
        "nobody is free for task T1 (Resolve the complaint) of team online: full 1, not present 24"
    ]
    assert facts(case, "nobody_free")["again_at"] == MONDAY + MINUTE
    assert task_due(case.case, case.task()) == next_due(case.case)
    case.wait(MINUTE)
    answer(case, NOBODY)
    assert facts(case, "nobody_free")["again_at"] == MONDAY + 3 * MINUTE
    case.wait(2 * MINUTE)
    answer(case, given_to())
    assert case.task().owner == AGENT.id
    assert len([notice for notice in case.notices if notice.notice is NoticeKind.ALARM]) == 1


def test_whoever_comes_need_not_wait_until_it_is_tried_again() -> None:
    case = opened(pushed())
    colleague_came(case.case, "T1", case.now)
    case.attend()
    assert len(looked_for(case)) == 1
    answer(case, NOBODY)
    for task_id in ("T1", "T9"):
        colleague_came(case.case, task_id, case.now)
        case.attend()
    answer(case, given_to())
    assert case.task().owner == AGENT.id
    colleague_came(case.case, "T1", case.now)
    assert looked_for(case) == []


def test_alarm_of_a_team_without_members_says_so() -> None:
    case = opened(pushed())
    answer(case, Choice())
    assert case.told("team:supervisors")[0].endswith("of team online: no members")


def test_nobody_is_looked_for_before_the_next_shift_begins() -> None:
    case = opened(pushed())
    answer(case, Choice(barred={Bar.OFF_SHIFT: 25}, again_at=MONDAY + HOUR // 4))
    case.wait(HOUR // 4 - 1)
    assert looked_for(case) == []
    case.wait(1)
    assert len(looked_for(case)) == 1


def test_when_everybody_was_asked_in_vain_everybody_is_asked_again() -> None:
    case = given()
    case.wait(2 * MINUTE)
    answer(case, Choice(barred={Bar.PASSED: 1}))
    assert case.task().passed == ()
    case.wait(MINUTE)
    order = asked(case)
    assert order
    assert order.need.passed == ()


def test_task_may_be_taken_from_the_queue_while_somebody_is_looked_for() -> None:
    case = opened(pushed())
    case.claim(COLLEAGUE)
    assert asked(case) is None
    answer(case, given_to())
    assert case.task().owner == COLLEAGUE.id
    assert facts(case, "assignment_overtaken") == {"task": "T1", "person": AGENT.id}
    assert case.told(AGENT.id) == ["task T1 (Resolve the complaint) is not yours: online-02 has it"]


@pytest.mark.parametrize("found", [NOBODY, given_to(COLLEAGUE.id)], ids=["nobody", "themselves"])
def test_answer_that_comes_too_late_and_tells_nothing_new_changes_nothing(found: Choice) -> None:
    case = opened(pushed())
    case.claim(COLLEAGUE)
    told = case.story
    answer(case, found)
    assert case.story == told


def test_task_that_was_forwarded_meanwhile_is_not_given_to_the_former_team() -> None:
    case = opened(pushed())
    forward(case, MANAGER, "legal")
    assert len(looked_for(case)) == 1
    answer(case, given_to())
    assert (case.task().owner, case.task().team, case.task().passed) == (None, "legal", ())
    assert case.told(AGENT.id) == ["task T1 (Resolve the complaint) is not yours: nobody has it"]


def test_who_was_excluded_meanwhile_does_not_get_it() -> None:
    case = opened(pushed())
    exclude(case, AGENT)
    answer(case, given_to())
    assert case.task().owner is None
    order = asked(case)
    assert order
    assert order.need.excluded == (AGENT.id,)


def test_people_who_were_nominated_take_it_themselves() -> None:
    case = opened(pushed())
    answer(case, NOBODY)
    nominate(case, AGENT, COLLEAGUE)
    case.wait(MINUTE)
    assert looked_for(case) == []


def test_who_is_handed_a_task_by_a_colleague_need_not_begin_in_two_minutes() -> None:
    case = given()
    delegate(case, AGENT, COLLEAGUE)
    case.wait(5 * MINUTE)
    assert case.task().owner == COLLEAGUE.id


def test_task_that_is_laid_aside_waits_with_its_time_to_begin() -> None:
    case = given()
    case.wait(MINUTE)
    suspend(case)
    case.wait(HOUR // 5)
    resume(case)
    case.wait(MINUTE - 1)
    assert case.task().owner == AGENT.id
    case.wait(1)
    assert case.task().owner is None


def test_what_is_taken_up_again_in_the_queue_is_given_to_somebody() -> None:
    case = opened(pushed())
    suspend(case, MANAGER)
    answer(case, given_to())
    assert case.task().owner is None
    resume(case, MANAGER)
    answer(case, given_to(COLLEAGUE.id))
    assert case.task().owner == COLLEAGUE.id


def test_task_that_waits_for_somebody_to_be_free_goes_on_waiting_when_it_is_taken_up_again() -> None:
    case = opened(pushed())
    answer(case, NOBODY)
    suspend(case, MANAGER)
    resume(case, MANAGER)
    assert looked_for(case) == []


def test_case_that_ends_looks_for_nobody_any_more() -> None:
    case = opened(pushed())
    answer(case, NOBODY)
    case.claim()
    case.solve()
    assert not [clock for clock in case.case.state.clocks if clock.kind is ClockKind.ASSIGNMENT and clock.open]


def test_tasks_of_every_type_of_case_are_given_to_people() -> None:
    order = asked(changing(an_order(ago=DAY), policy=pushing(push={"specialists": {}}), address=ELSEWHERE))
    assert order
    assert (order.need.team, order.need.kind, order.need.problem) == ("specialists", "decide_change", "order_change")
    assert (order.need.channel, order.need.upset) == ("chat", False)


def with_agent(named: str, policy: Policy | None = None) -> Running:
    """A complaint of a customer with an agent of their own, offered to the VIP team."""
    case = arrived(policy)
    customer = CustomerProfile(id=CUSTOMER.id, vip=True, named_agent=named)
    receive(case.case, case.complaint, LookupReport(customer=customer), case.now)
    case.attend()
    return case


def test_customers_own_agent_is_given_the_task_of_a_team_that_takes_from_its_queue() -> None:
    case = with_agent("online-21")
    order = asked(case)
    assert order
    assert (order.need.team, order.need.named, order.need.named_only) == ("vip", "online-21", True)
    answer(case, given_to("online-21"))
    assert case.task().owner == "online-21"
    case.wait(2 * MINUTE)
    assert (case.task().owner, looked_for(case)) == (None, [])


def test_where_the_customers_own_agent_is_not_free_the_queue_has_the_task() -> None:
    case = with_agent("online-21")
    answer(case, Choice(barred={Bar.ABSENT: 1}))
    assert facts(case, "named_agent_not_free") == {"task": "T1", "person": "online-21", "barred": "absent 1"}
    assert not [notice for notice in case.notices if notice.notice is NoticeKind.ALARM]
    case.wait(5 * MINUTE)
    assert looked_for(case) == []


def test_customers_own_agent_of_another_team_is_not_asked() -> None:
    assert looked_for(with_agent("phone-01")) == []


def test_own_agent_goes_first_in_a_team_whose_tasks_are_given_out() -> None:
    order = asked(with_agent("online-21", pushing(push={"vip": {}})))
    assert order
    assert (order.need.named, order.need.named_only, order.need.vip) == ("online-21", False, True)
