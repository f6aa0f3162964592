"""The verbs of human tasks: who may, when, what a refusal says, and what becomes of the task's clocks."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain import messages as m
from domain import requests as r
from domain import supervision, task_verbs
from domain.complaint import decisions
from domain.complaint import messages as c
from domain.complaint.tasks import DEPARTMENT, RESOLVE, SUMMARISE
from domain.deeds import NoticeKind
from domain.people import Actor, Role
from domain.sla.clock import ClockState
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR, MINUTE
from domain.tasks import ACTIVE, TASK_TRANSITIONS, TaskState, TaskVerb, queue_of
from tests.domain.cases import (
    AGENT,
    AUDITOR,
    CALLED,
    COLLEAGUE,
    CUSTOMER,
    DEPUTY,
    EXPERT,
    MANAGER,
    SUPERVISOR,
    WAREHOUSE,
    Running,
    changed,
    opened,
)


def at_tier_2(case: Running | None = None) -> Running:
    """A case that lies in the specialists' queue, with an hour in which one of them must respond."""
    case = case or opened()
    case.claim()
    case.ask(decisions.escalate, c.Escalate, AGENT, reason="complex")
    return case


def delegate(case: Running, actor: Actor, to: Actor) -> None:
    case.ask(task_verbs.delegate, m.DelegateTask, actor, task_id="T1", to=to, reason="lunch")


def nominate(case: Running, *people: Actor, by: Actor = SUPERVISOR) -> None:
    case.ask(task_verbs.nominate, m.NominateTask, by, task_id="T1", people=people, reason="knows the customer")


def exclude(case: Running, person: Actor, task_id: str = "T1") -> None:
    case.ask(task_verbs.exclude, m.ExcludeOwner, SUPERVISOR, task_id=task_id, person=person.id, reason="is a relative")


def suspend(case: Running, actor: Actor = SUPERVISOR, task_id: str = "T1") -> None:
    case.ask(task_verbs.suspend, m.SuspendTask, actor, task_id=task_id, reason="fire drill")


def resume(case: Running, actor: Actor = SUPERVISOR, task_id: str = "T1") -> None:
    case.ask(task_verbs.resume, m.ResumeTask, actor, task_id=task_id)


def forward(case: Running, actor: Actor, team: str) -> None:
    case.ask(task_verbs.forward, m.ForwardTask, actor, task_id="T1", team=team, reason="wants a call")


def start(case: Running, actor: Actor) -> None:
    case.ask(task_verbs.start, m.StartTask, actor, task_id="T1")


def release(case: Running, actor: Actor, **fields: Any) -> None:
    case.ask(task_verbs.release, m.ReleaseTask, actor, task_id="T1", **fields)


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


# --- delegate, forward, nominate, exclude ---------------------------------------------------------------------


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
