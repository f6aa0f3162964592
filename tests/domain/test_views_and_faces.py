"""How a case is shown: to people, to search attributes, and at the top of its page in Temporal's Web UI."""

from __future__ import annotations

import pytest

from domain import requests as r
from domain import supervision
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.machine import ComplaintStatus
from domain.complaint.show import details, face, shown_facts
from domain.messages import CaseView
from domain.people import Channel
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, HOUR, MINUTE
from domain.templates import VARIABLES
from domain.views import clock_name, counted_on, next_due, view_clock, view_task
from domain.views import view_case as seen
from tests.domain.cases import AGENT, MONDAY, ORDER, QUALITY, SUMMARY, SUPERVISOR, Running, arrived, opened


def view(case: Running) -> CaseView:
    return seen(case.case, "complaint", ("reply",), shown_facts(case.case), case.now)


def test_whole_case_is_seen_with_its_tasks_clocks_and_facts() -> None:
    case = opened(order=ORDER, business_unit="kettles", upset=True)
    found = view(case)
    assert (found.team, found.tier, found.outcome, found.actions) == ("online", 1, None, ("reply",))
    assert (found.due, found.order, found.policy) == (MONDAY + 30 * MINUTE, ORDER, case.case.state.policy)
    assert found.facts["upset"] is True
    assert found.facts["business_unit"] == "kettles"
    assert found.last_seq == len(case.story)
    assert CaseView.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("later", [0, 7 * MINUTE, 45 * MINUTE, 3 * DAY])
def test_running_clocks_are_counted_up_to_whoever_looks_though_nothing_has_happened(later: int) -> None:
    case = opened(channel=Channel.PHONE)
    before, clock = view(case), case.clock(ClockKind.TIER)
    counted = {shown.id: shown for shown in counted_on(before, case.case.policy, case.now + later).clocks}
    assert (counted[clock.id].consumed, counted[clock.id].left) == (later, 30 * MINUTE - later)
    assert counted.keys() == {shown.id for shown in before.clocks}
    for shown in before.clocks:
        if case.case.calendar(shown.calendar).always and shown.due:
            assert counted[shown.id] == view_clock(case.case, case.case.clock(shown.id), case.now + later)


def test_clocks_that_stand_or_were_seen_later_are_counted_no_further() -> None:
    case = opened()
    case.ask(
        supervision.pause_clock, r.PauseClock, SUPERVISOR, clock=case.clock(ClockKind.TIER).id, reason="fire drill"
    )
    before = view(case)
    assert counted_on(before, case.case.policy, case.now - MINUTE) == before
    [paused] = [
        clock for clock in counted_on(before, case.case.policy, case.now + DAY).clocks if clock.state == "paused"
    ]
    assert paused in before.clocks


def test_case_that_was_not_looked_at_yet_is_seen_too() -> None:
    case = arrived()
    found = view(case)
    assert (found.status, found.due, found.facts["type"], found.clocks) == ("received", None, None, [])
    assert face(case.case)["CaseDueAt"] is None


def test_outcome_and_missing_team_are_shown_as_they_are() -> None:
    case = opened()
    case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    assert view(case).outcome == "closed_by_supervisor"
    facts: dict[str, object] = {"list": [1], "number": 1}
    bare = seen(case.case, "complaint", case.case.possible, facts, case.now)
    assert (bare.team, bare.outcome, bare.facts) == (None, None, {"number": 1})


def test_task_shows_who_may_have_it_when_it_is_due_and_what_can_be_done() -> None:
    case = opened(subject="Identity theft")
    found = view_task(case.case, case.task())
    assert (found.due, len(found.eligible), "skip" in found.verbs) == (MONDAY + HOUR, 20, False)
    case.case.task("T1").end(case.task().state.COMPLETED, case.now)
    assert view_task(case.case, case.task()).eligible == ()
    case = opened()
    case.solve()
    case.accept()
    summary = view_task(case.case, case.task("summarise"))
    assert "skip" in summary.verbs
    assert summary.due is not None


def test_clock_shows_its_ledger_and_its_next_step() -> None:
    case = opened()
    case.wait(10 * MINUTE)
    found = view_clock(case.case, case.clock(ClockKind.TIER), case.now)
    assert (found.consumed, found.left, found.due) == (10 * MINUTE, 20 * MINUTE, MONDAY + 30 * MINUTE)
    assert (found.next_step, found.next_step_at) == ("remind", MONDAY + 15 * MINUTE)
    case.solve()
    paused = view_clock(case.case, case.clock(ClockKind.TIER), case.now + DAY)
    assert (paused.state, paused.consumed, paused.due, paused.next_step) == ("paused", 10 * MINUTE, None, None)


def test_next_due_is_what_people_must_keep_and_have_not_missed() -> None:
    case = opened(channel=Channel.CHAT)
    assert next_due(case.case) == MONDAY + 30_000
    case.wait(MINUTE)
    assert next_due(case.case) == MONDAY + 30 * MINUTE
    assert case.clock(ClockKind.FIRST_RESPONSE).open


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ClockKind.TIER, "tier 2 time"),
        (ClockKind.STATUS_UPDATE, "status update"),
        (ClockKind.TASK_CLAIM, "time to claim T1"),
    ],
)
def test_clock_has_a_name_that_people_say(kind: ClockKind, name: str) -> None:
    case = opened(subject="Identity theft")
    assert clock_name(case.case, case.clock(kind)) == name


def test_face_shows_where_the_case_stands() -> None:
    case = opened()
    assert face(case.case) == {
        "CaseStatus": "in_progress",
        "CaseTier": 1,
        "CaseTeam": "online",
        "CasePriority": "normal",
        "CaseBreached": False,
        "CaseDueAt": MONDAY + 30 * MINUTE,
    }
    case.solve()
    assert (face(case.case)["CaseStatus"], face(case.case)["CaseDueAt"]) == ("solution_offered", None)


def test_resolved_case_keeps_its_face_to_the_end() -> None:
    case = opened(upset=True)
    case.solve()
    case.accept()
    faces = [face(case.case)]
    case.complete(AGENT, "summarise", **SUMMARY)
    faces.append(face(case.case))
    assert case.case.state.status is ComplaintStatus.FOLLOWING_UP
    case.claim(QUALITY, "follow_up")
    case.complete(QUALITY, "follow_up", score=5, remarks="very happy")
    faces.append(face(case.case))
    assert faces == [faces[0]] * 3
    assert (faces[0]["CaseStatus"], faces[0]["CaseDueAt"]) == ("resolved", None)


def test_details_tell_who_has_it_and_every_open_clock_without_personal_data() -> None:
    case = opened()
    queued = details(case.case, case.now)
    assert queued.splitlines()[0] == "**Tier 1 · in progress** · team online · email"
    assert "- task T1 Resolve the complaint: ready, in the queue of online" in queued
    assert "- tier 1 time: running, 30 min left, due 2026-03-02 01:30:00Z" in queued
    case.claim()
    case.reply(await_answer=True)
    held = details(case.case, case.now)
    assert "in progress, online-01 since 2026-03-02 01:00:00Z" in held
    assert "- tier 1 time: paused, 30 min left" in held.splitlines()
    assert "idle claim" not in held
    assert "kettle" not in held


@pytest.mark.parametrize(
    ("prepare", "doing"),
    [
        ("queued", "queued"),
        ("claimed", "in_progress"),
        ("asked", "waiting_for_customer"),
        ("department", "waiting_for_department"),
        ("solved", "solution_offered"),
        ("approval", "awaiting_approval"),
        ("over", "queued"),
    ],
)
def test_customer_is_told_what_is_being_done(prepare: str, doing: str) -> None:
    case = opened()
    if prepare in ("claimed", "asked", "department"):
        case.claim()
    if prepare == "asked":
        case.reply(await_answer=True)
    if prepare == "department":
        questions = ({"team": "warehouse", "question": "Where is it?"},)
        case.ask(decisions.ask_departments, c.AskDepartments, AGENT, questions=questions)
    if prepare == "solved":
        case.solve()
    if prepare == "approval":
        case.solve(goodwill={"minor": 90_000, "currency": "CNY"})
    if prepare == "over":
        case.ask(supervision.close_case, r.CloseCase, SUPERVISOR, reason="settled")
    assert case.case.doing.value == doing


def test_words_of_every_message_are_those_that_templates_may_use() -> None:
    case = opened(order=ORDER)
    case.reply(SUPERVISOR, await_answer=True)
    assert all(message.words.keys() <= VARIABLES for message in case.messages)
    assert case.case.words(case.now)["due_by"] is None
    assert case.messages[0].words["due_by"] == MONDAY + 30 * MINUTE
    assert case.messages[0].words["order_id"] == ORDER.id
