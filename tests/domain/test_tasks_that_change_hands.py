"""A task changes hands: delegated, forwarded, nominated, reassigned, or kept from somebody."""

from __future__ import annotations

import pytest

from domain import requests as r
from domain import supervision
from domain.deeds import NoticeKind
from domain.people import Actor, Role
from domain.sla.rules import ClockKind
from domain.tasks import TaskState, queue_of
from tests.domain.cases import AGENT, AUDITOR, CALLED, COLLEAGUE, CUSTOMER, EXPERT, MANAGER, SUPERVISOR, opened
from tests.domain.verbs import delegate, exclude, forward, nominate, release, resume, suspend


def test_delegated_task_is_anothers_and_the_former_owner_is_told_when_somebody_else_did_it() -> None:
    case = opened()
    case.claim()
    delegate(case, AGENT, COLLEAGUE)
    assert (case.task().owner, case.task().state) == (COLLEAGUE.id, TaskState.RESERVED)
    assert case.told(AGENT.id) == []
    delegate(case, MANAGER, AGENT)
    assert case.told(COLLEAGUE.id)[-1] == "task T1 (Resolve the complaint) went to online-01: lunch"
    assert len([clock for clock in case.case.state.clocks if clock.kind is ClockKind.CLAIM_IDLE and clock.open]) == 1


@pytest.mark.parametrize(
    ("to", "code"),
    [(CALLED, "not_eligible"), (CUSTOMER, "not_allowed"), (AGENT, "task_state"), (AUDITOR, "not_allowed")],
)
def test_task_is_delegated_to_one_other_eligible_person(to: Actor, code: str) -> None:
    case = opened()
    case.claim()
    with case.refused(code):
        delegate(case, AGENT, to)
    with case.refused("task_not_yours"):
        delegate(case, COLLEAGUE, COLLEAGUE)


def test_who_is_named_by_somebody_else_is_who_the_policy_says_and_not_who_the_request_says() -> None:
    case = opened()
    case.claim()
    for named in (
        Actor(id=CUSTOMER.id, role=Role.AGENT, teams=("online",)),
        EXPERT.model_copy(update={"teams": ("online",)}),
    ):
        with case.refused("not_eligible"):
            delegate(case, AGENT, named)
    release(case, AGENT)
    with case.refused("not_eligible"):
        nominate(case, Actor(id="ghost-01", role=Role.AGENT, teams=("online",)))


def test_queued_task_is_given_away_by_those_who_lead() -> None:
    case = opened()
    with case.refused("task_not_yours") as said:
        delegate(case, AGENT, COLLEAGUE)
    assert "nobody has it: claim it first" in str(said["message"])
    delegate(case, MANAGER, COLLEAGUE)
    assert case.task().owner == COLLEAGUE.id


def test_supervisor_reassigns_what_can_be_delegated() -> None:
    case = opened()
    suspend(case)
    with case.refused("task_state"):
        case.ask(supervision.reassign, r.Reassign, SUPERVISOR, task_id="T1", to=AGENT, reason="x")
    resume(case)
    with case.refused("not_allowed"):
        case.ask(supervision.reassign, r.Reassign, MANAGER, task_id="T1", to=AGENT, reason="x")
    case.ask(supervision.reassign, r.Reassign, SUPERVISOR, task_id="T1", to=AGENT, reason="x")
    assert case.task().owner == AGENT.id


def test_forwarded_task_lies_in_the_other_teams_queue_for_all_of_them() -> None:
    case = opened()
    nominate(case, COLLEAGUE)
    with case.refused("invalid_input") as said:
        forward(case, COLLEAGUE, "nowhere")
    assert (said["field"], "phone" in str(said["expected"])) == ("team", True)
    with case.refused("task_not_yours"):
        forward(case, AGENT, "phone")
    forward(case, COLLEAGUE, "phone")
    assert (case.task().team, case.task().nominees, queue_of(case.task())) == ("phone", (), "team:phone")
    assert case.claim(CALLED).owner == CALLED.id


def test_single_nominee_owns_the_task_at_once_and_nobody_else_may_take_it() -> None:
    case = opened()
    with case.refused("not_allowed"):
        nominate(case, AGENT, by=AGENT)
    with case.refused("not_allowed"):
        nominate(case, CUSTOMER)
    nominate(case, COLLEAGUE, COLLEAGUE)
    assert (case.task().owner, case.task().nominees) == (COLLEAGUE.id, (COLLEAGUE.id,))
    release(case, COLLEAGUE)
    with case.refused("not_eligible") as said:
        case.claim()
    assert said["nominees"] == (COLLEAGUE.id,)


def test_several_nominees_share_the_task_and_are_all_told() -> None:
    case = opened()
    nominate(case, COLLEAGUE, EXPERT)
    assert case.task().owner is None
    assert all("is for you" in about for person in (COLLEAGUE, EXPERT) for about in case.told(person.id))
    assert case.claim(EXPERT).owner == EXPERT.id


def test_excluded_person_neither_takes_nor_is_given_the_task() -> None:
    case = opened()
    case.claim()
    exclude(case, AGENT)
    exclude(case, AGENT)
    assert (case.task().owner, case.task().excluded) == (None, (AGENT.id,))
    with case.refused("not_eligible"):
        case.claim()
    with case.refused("not_eligible"):
        delegate(case, SUPERVISOR, AGENT)
    with case.refused("not_eligible"):
        nominate(case, COLLEAGUE, AGENT)


def test_nominee_who_is_excluded_leaves_nobody_and_that_raises_an_alarm() -> None:
    case = opened()
    nominate(case, COLLEAGUE)
    exclude(case, COLLEAGUE)
    alarms = [notice for notice in case.notices if notice.notice is NoticeKind.ALARM]
    assert [alarm.recipients for alarm in alarms] == [("team:supervisors",)]
    assert "nobody is eligible for task T1" in alarms[0].about
    nominate(case, AGENT)
    assert case.task().owner == AGENT.id


def test_exclusion_of_one_of_many_raises_no_alarm() -> None:
    case = opened()
    exclude(case, COLLEAGUE)
    assert case.notices == []
