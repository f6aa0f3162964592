"""Showing and asking cases through the API: the actor is always who has come in."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import FormInvalidError, TaskAlreadyClaimedError
from domain.people import Actor, Role
from domain.timeline import Entry
from starter.cli.asking import request_type
from starter.verbs import VERBS
from tests.starter.api.calling import (
    AGENT,
    AUDITOR,
    CASE,
    COLLEAGUE,
    LEAD,
    NOON,
    SUPERVISOR,
    Api,
    problem,
    task_of,
    view_of,
)

WHY = {"reason": "because"}


async def test_agent_sees_a_case_of_their_team_as_it_stands(api: Api) -> None:
    shown = await api.get(f"/v1/cases/{CASE}", await api.person(AGENT))
    assert shown.status_code == 200
    assert shown.json() == view_of().model_dump(mode="json")


async def test_timeline_is_shown_in_order(api: Api) -> None:
    api.service.entries = [Entry(seq=1, at=NOON, what="opened", by="duecourse")]
    shown = await api.get(f"/v1/cases/{CASE}/timeline", await api.system())
    assert [entry["what"] for entry in shown.json()["entries"]] == ["opened"]


async def test_person_acts_as_themselves_with_role_and_teams_of_the_policy(api: Api) -> None:
    answered = await api.verb("claim_task", await api.person(AGENT), key="r-1", task_id="T1")
    assert answered.status_code == 200, answered.text
    [(case_id, verb, request)] = api.service.asked
    assert (case_id, verb, request.request_id) == (CASE, "claim_task", "r-1")
    assert request.actor == Actor(id=AGENT, role=Role.AGENT, teams=("online",))


async def test_system_speaks_for_the_customer_under_its_own_name(api: Api) -> None:
    answered = await api.verb("customer_reply", await api.system(), text="Where is it?")
    assert answered.status_code == 200, answered.text
    assert api.service.asked[0][2].actor == Actor(id="system:shop", role=Role.SYSTEM)


@pytest.mark.parametrize("smuggled", [{"actor": {"id": "supervisor-01", "role": "supervisor"}}, {"request_id": "x"}])
async def test_actor_in_the_body_is_refused(api: Api, smuggled: dict[str, Any]) -> None:
    answered = await api.verb("claim_task", await api.person(AGENT), task_id="T1", **smuggled)
    assert problem(answered, 422, "invalid_input")["field"] == next(iter(smuggled))
    assert api.service.asked == []


async def test_people_are_named_by_id_and_the_policy_says_who_they_are(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    assert (await api.verb("reassign", who, task_id="T1", to="online-02", **WHY)).status_code == 200
    assert api.service.asked[-1][2].model_dump()["to"]["teams"] == ("online",)
    assert (await api.verb("nominate_task", who, task_id="T1", people=["online-02"], **WHY)).status_code == 200
    assert [one["id"] for one in api.service.asked[-1][2].model_dump()["people"]] == ["online-02"]
    unknown = await api.verb("reassign", who, task_id="T1", to="nobody-01", **WHY)
    assert problem(unknown, 422, "invalid_input")["field"] == "to"


async def test_forms_and_spans_reach_the_case_as_it_takes_them(api: Api) -> None:
    form = {"solution": "A new one is on its way.", "goodwill": {"minor": 500, "currency": "CNY"}}
    assert (await api.verb("complete_task", await api.person(AGENT), task_id="T1", form=form)).status_code == 200
    assert api.service.asked[-1][2].model_dump()["form"] == form
    supervisor = await api.person(SUPERVISOR)
    assert (await api.verb("extend_clock", supervisor, clock="tier:1", by="1h30m", **WHY)).status_code == 200
    assert api.service.asked[-1][2].model_dump()["by"] == 5_400_000
    wrong = await api.verb("extend_clock", supervisor, clock="tier:1", by="soon", **WHY)
    assert problem(wrong, 422, "invalid_input")["field"] == "by"


async def test_reopening_and_merging_go_their_own_way(api: Api) -> None:
    who = await api.person(AGENT)
    assert (await api.verb("reopen", who, **WHY)).status_code == 200
    assert api.service.asked[-1][1] == "reopen"
    assert (await api.verb("merge", who, target="CBBBBBBBBBBBBB", **WHY)).status_code == 200
    assert api.service.asked[-1][1] == "merge into CBBBBBBBBBBBBB"


async def test_merging_into_what_is_no_case_number_is_not_found(api: Api) -> None:
    answered = await api.verb("merge", await api.person(SUPERVISOR), target="digest:online-01", **WHY)
    assert problem(answered, 404, "case_not_found")["field"] == "target"


async def test_refusal_of_a_case_keeps_its_code_its_words_and_its_details(api: Api) -> None:
    api.service.refuses = lambda _: TaskAlreadyClaimedError("taken by online-02", task="T1", owner="online-02")
    said = problem(await api.verb("claim_task", await api.person(AGENT), task_id="T1"), 409, "task_already_claimed")
    assert said["details"] == {"task": "T1", "owner": "online-02"}
    assert said["detail"] == "taken by online-02"


async def test_refused_form_names_its_fields(api: Api) -> None:
    fields = [{"field": "solution", "expected": "some words"}]
    api.service.refuses = lambda _: FormInvalidError("the form is not valid", fields=fields)
    said = problem(await api.verb("complete_task", await api.person(AGENT), task_id="T1", form={}), 422, "form_invalid")
    assert said["details"]["fields"] == fields


# --- whose case it is ---------------------------------------------------------------------------------------------


async def test_agent_of_another_team_neither_sees_nor_touches_a_case(api: Api) -> None:
    who = await api.person(COLLEAGUE)
    said = problem(await api.get(f"/v1/cases/{CASE}", who), 403, "not_allowed")
    assert (said["field"], said["details"]["team"]) == ("case_id", "online")
    problem(await api.get(f"/v1/cases/{CASE}/timeline", who), 403, "not_allowed")
    problem(await api.verb("add_note", who, text="Hello"), 403, "not_allowed")
    assert api.service.asked == []


@pytest.mark.parametrize(
    "task", [task_of("phone"), task_of("quality", owner=COLLEAGUE), task_of("online", COLLEAGUE, state="completed")]
)
async def test_task_of_their_team_or_of_their_own_lets_an_agent_in(api: Api, task: Any) -> None:
    api.service.view = view_of("online", (task,))
    assert (await api.get(f"/v1/cases/{CASE}", await api.person(COLLEAGUE))).status_code == 200


async def test_task_of_their_team_that_is_over_does_not(api: Api) -> None:
    api.service.view = view_of("online", (task_of("phone", "phone-02", state="completed"),))
    problem(await api.get(f"/v1/cases/{CASE}", await api.person(COLLEAGUE)), 403, "not_allowed")


async def test_lead_sees_what_their_team_has_to_do_with_and_supervisors_and_auditors_see_all(api: Api) -> None:
    path = f"/v1/cases/{CASE}"
    problem(await api.get(path, await api.person(LEAD)), 403, "not_allowed")
    api.service.view = view_of("online", (task_of("management"),))
    for person in (LEAD, SUPERVISOR, AUDITOR):
        assert (await api.get(path, await api.person(person))).status_code == 200


async def test_agent_does_not_merge_into_a_case_that_they_may_not_see(api: Api) -> None:
    own, foreign = view_of(), view_of("phone")

    async def snapshot(case_id: str) -> Any:
        return own if case_id == CASE else foreign

    api.service.snapshot = snapshot  # type: ignore[method-assign]  # two cases of two teams
    answered = await api.verb("merge", await api.person(AGENT), target="CBBBBBBBBBBBBB", **WHY)
    assert problem(answered, 403, "not_allowed")["field"] == "target"


@pytest.mark.parametrize("number", ["digest:x", "caaaaaaaaaaaaa", "C" * 2_000, "CAAAAAAAAAAAA1", "%00"])
async def test_what_is_no_case_number_never_reaches_temporal(api: Api, number: str) -> None:
    answered = await api.get(f"/v1/cases/{number}", await api.person(SUPERVISOR))
    problem(answered, 404, "case_not_found")
    problem(
        await api.post(f"/v1/cases/{number}/add_note", await api.person(AGENT), {"text": "x"}), 404, "case_not_found"
    )


def test_every_verb_that_the_command_line_knows_is_one_of_the_api() -> None:
    assert {verb: request_type(verb) for verb in VERBS} == VERBS
