"""The verbs of human tasks: which a state allows, and what an owner does: claim, start, release, complete."""

from __future__ import annotations

from typing import Any

import pytest

from domain import messages as m
from domain import task_verbs
from domain.complaint.tasks import RESOLVE, SUMMARISE
from domain.people import Actor
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import MINUTE
from domain.tasks import ACTIVE, TASK_TRANSITIONS, TaskState, TaskVerb
from tests.domain.cases import AGENT, AUDITOR, CALLED, COLLEAGUE, CUSTOMER, MANAGER, SUPERVISOR, opened
from tests.domain.verbs import release, start, suspend

# --- which verb in which state --------------------------------------------------------------------------------


def test_every_verb_of_a_task_leads_somewhere_only_while_it_is_active() -> None:
    assert set(TASK_TRANSITIONS) == set(TaskVerb)
    assert {state for states in TASK_TRANSITIONS.values() for state in states} == set(ACTIVE)


@pytest.mark.parametrize(
    ("prepare", "possible"),
    [
        ("", "claim delegate exclude forward nominate skip start suspend"),
        ("claim", "complete delegate exclude forward release save_draft skip start suspend"),
        ("start", "complete delegate exclude forward release save_draft skip suspend"),
        ("suspend", "exclude resume skip"),
    ],
)
def test_state_of_a_task_allows_these_verbs(prepare: str, possible: str) -> None:
    case = opened()
    if prepare in ("claim", "suspend"):
        case.claim()
    if prepare == "start":
        start(case, AGENT)
    if prepare == "suspend":
        suspend(case)
    assert sorted(case.task().verbs()) == possible.split()


def test_ended_task_refuses_every_verb_and_says_in_which_state_it_is() -> None:
    case = opened()
    case.solve()
    asked: list[tuple[Any, type[m.TaskRequest], dict[str, Any]]] = [
        (task_verbs.claim, m.ClaimTask, {}),
        (task_verbs.start, m.StartTask, {}),
        (task_verbs.release, m.ReleaseTask, {}),
        (task_verbs.complete, m.CompleteTask, {"form": {}}),
        (task_verbs.delegate, m.DelegateTask, {"to": COLLEAGUE, "reason": "x"}),
        (task_verbs.forward, m.ForwardTask, {"team": "phone", "reason": "x"}),
        (task_verbs.nominate, m.NominateTask, {"people": [COLLEAGUE], "reason": "x"}),
        (task_verbs.suspend, m.SuspendTask, {"reason": "x"}),
        (task_verbs.resume, m.ResumeTask, {}),
        (task_verbs.skip, m.SkipTask, {"reason": "x"}),
        (task_verbs.exclude, m.ExcludeOwner, {"person": "online-02", "reason": "x"}),
        (task_verbs.save_draft, m.SaveDraft, {"draft": "x"}),
    ]
    for decide, request_type, fields in asked:
        with case.refused("task_state") as said:
            case.ask(decide, request_type, SUPERVISOR, task_id="T1", **fields)
        assert (said["state"], said["possible"]) == ("completed", [])


def test_unknown_task_is_refused_with_the_ids_there_are() -> None:
    case = opened()
    with case.refused("task_not_found") as said:
        case.ask(task_verbs.claim, m.ClaimTask, AGENT, task_id="T9")
    assert said["active"] == ["T1"]


# --- claim, start, release ------------------------------------------------------------------------------------


def test_second_who_claims_is_told_who_has_it_since_when() -> None:
    case = opened()
    case.claim()
    since = case.now
    case.wait(MINUTE)
    for who in (COLLEAGUE, AGENT):
        with case.refused("task_already_claimed") as said:
            case.claim(who)
        assert (said["owner"], said["since"]) == (AGENT.id, since)
        assert "was taken by online-01 at 2026-03-02 01:00:00Z" in str(said["message"])


@pytest.mark.parametrize(
    ("who", "code"), [(CUSTOMER, "not_allowed"), (AUDITOR, "not_allowed"), (CALLED, "not_eligible")]
)
def test_task_is_claimed_by_staff_of_its_team_only(who: Actor, code: str) -> None:
    case = opened()
    with case.refused(code):
        case.claim(who)
    with case.refused(code):
        start(case, who)


def test_member_whom_the_door_does_not_know_as_one_may_claim_by_the_policy() -> None:
    case = opened()
    assert case.claim(AGENT.model_copy(update={"teams": ()})).owner == AGENT.id


def test_start_of_a_queued_task_claims_it_and_it_is_never_idle() -> None:
    case = opened()
    start(case, AGENT)
    assert (case.task().state, case.task().owner) == (TaskState.IN_PROGRESS, AGENT.id)
    assert case.case.open_clock(ClockKind.CLAIM_IDLE) is None
    with case.refused("task_not_yours"):
        start(case, COLLEAGUE)
    with case.refused("task_state"):
        start(case, AGENT)


def test_start_of_a_claimed_task_ends_its_idleness() -> None:
    case = opened()
    case.claim()
    assert case.clock(ClockKind.CLAIM_IDLE).open
    start(case, AGENT)
    assert not case.clock(ClockKind.CLAIM_IDLE).open
    assert case.story[-1] == "task_started"


def test_released_task_keeps_its_draft_and_says_why() -> None:
    case = opened()
    case.claim()
    case.ask(task_verbs.save_draft, m.SaveDraft, AGENT, task_id="T1", draft="Dear customer")
    with case.refused("task_not_yours") as said:
        release(case, COLLEAGUE)
    assert said["owner"] == AGENT.id
    release(case, MANAGER, reason="is on leave")
    entry = case.case.state.timeline.entries[-1]
    assert (entry.facts["former_owner"], entry.facts["reason"]) == (AGENT.id, "is on leave")
    assert (case.task().draft, case.task().owner, case.task().owned_since) == ("Dear customer", None, None)


def test_draft_is_the_owners_alone() -> None:
    case = opened()
    case.claim()
    with case.refused("task_not_yours"):
        case.ask(task_verbs.save_draft, m.SaveDraft, SUPERVISOR, task_id="T1", draft="mine")


def test_idle_claim_returns_to_the_queue_and_its_owner_is_told() -> None:
    case = opened()
    case.claim()
    case.wait(15 * MINUTE)
    assert case.task().owner is None
    assert case.told(AGENT.id)[-1] == "task T1 went back to its queue: the claim lay idle"


# --- complete -------------------------------------------------------------------------------------------------


def test_form_is_refused_field_by_field() -> None:
    case = opened()
    case.claim()
    with case.refused("form_invalid") as said:
        case.complete(AGENT, RESOLVE, solution="", goodwill={"minor": -1, "currency": "yuan"}, extra=1)
    fields = said["fields"]
    assert isinstance(fields, list)
    assert [fault["field"] for fault in fields] == ["solution", "goodwill.minor", "goodwill.currency", "extra"]
    assert all(fault["expected"] for fault in fields)


def test_only_the_owner_completes() -> None:
    case = opened()
    case.claim()
    for who in (COLLEAGUE, SUPERVISOR):
        with case.refused("task_not_yours"):
            case.complete(who, RESOLVE, solution="x")


def test_completed_task_meets_its_clocks() -> None:
    case = opened()
    case.solve()
    case.accept()
    case.complete(AGENT, SUMMARISE, summary="done", cause="defect")
    ended = [clock.state for clock in case.case.state.clocks if clock.task == case.task(SUMMARISE).id]
    assert set(ended) == {ClockState.MET, ClockState.CANCELLED}
    assert case.clock(ClockKind.TASK_DUE).state is ClockState.MET
