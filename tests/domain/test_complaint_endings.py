"""A complaint ends: accepted, summarised, followed up, closed by a supervisor, and begun again."""

from __future__ import annotations

import pytest

from domain import correspondence, supervision, task_verbs
from domain import messages as m
from domain import requests as r
from domain.complaint.messages import Outcome
from domain.complaint.tasks import FOLLOW_UP, ROOT_CAUSE, SUMMARISE
from domain.deeds import DeliveryState, GrantCompensation
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.templates import TemplateName
from domain.worked_case import CONTACT
from tests.domain import cases
from tests.domain.cases import (
    AGENT,
    CALLED,
    CUSTOMER,
    DEPUTY,
    EXPERT,
    MANAGER,
    QUALITY,
    STRANGER,
    SUMMARY,
    SUPERVISOR,
    opened,
)
from tests.domain.complaints import FIRE, close, reopen

TIER = ClockKind.TIER


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
