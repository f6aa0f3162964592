"""Who is there, who is away, and customers' own agents, over the API and on the desk."""

from __future__ import annotations

from typing import Any

import pytest

from activities.assignment.duty_book import DutyBook
from domain.assignment.duty import Presence
from starter.access.principals import Scope
from starter.api.guarded import SESSION_COOKIE
from tests.readmodel.projections import projection, task
from tests.starter.api.calling import AGENT, COLLEAGUE, LEAD, NOON, SUPERVISOR, Api, Who, problem
from tests.starter.command_line import CUSTOMER

LATER = 4_000_000_000_000


async def put(api: Api, path: str, who: Who, **body: object) -> Any:
    return await api.http.put(path, headers=who, json=body)


async def colleagues(api: Api, who: Who) -> dict[str, dict[str, Any]]:
    answered = await api.get("/v1/staff", who)
    assert answered.status_code == 200, answered.text
    return {one["id"]: one for one in answered.json()["staff"]}


async def test_person_says_that_they_take_work_and_is_shown_with_what_they_have(api: Api) -> None:
    who = await api.person(AGENT)
    assert (await put(api, "/v1/me/presence", who, state="available")).status_code == 204
    before = (await colleagues(api, who))[AGENT]
    await api.store.readmodel.write(projection("CSTAFFAAAAAAAA", tasks=(task(owner=AGENT, state="reserved"),)))
    one = (await colleagues(api, who))[AGENT]
    assert (one["presence"], one["on_shift"], one["absent"]) == ("available", True, False)
    assert one["load"] == before["load"] + 1
    assert one["heard_at"] > NOON // 2
    assert one["teams"] == ["online"]
    assert one["room"] == before["room"] | {"email": before["room"]["email"] - 1}


async def test_people_see_those_of_their_teams_and_supervisors_everybody(api: Api) -> None:
    mine = await colleagues(api, await api.person(AGENT))
    assert AGENT in mine
    assert COLLEAGUE not in mine
    assert {AGENT, COLLEAGUE, LEAD} <= {*await colleagues(api, await api.person(SUPERVISOR))}
    assert AGENT in await colleagues(api, await api.system(Scope.WRITE_STAFF, name="roster"))


async def test_presence_of_others_is_said_by_those_who_lead_them_and_by_systems(api: Api) -> None:
    path, book = f"/v1/staff/{COLLEAGUE}/presence", DutyBook(api.store.engine)
    system = await api.system(Scope.WRITE_STAFF, name="exchange")
    assert (await put(api, path, system, state="busy")).status_code == 204
    assert (await book.told([COLLEAGUE]))[COLLEAGUE].presence is Presence.BUSY
    problem(await put(api, path, await api.person(LEAD), state="away"), 403, "not_allowed")
    assert (await put(api, path, await api.person(SUPERVISOR), state="away")).status_code == 204
    problem(await put(api, "/v1/staff/ghost-01/presence", system, state="busy"), 422, "invalid_input")
    problem(await put(api, path, system, state="asleep"), 422, "invalid_input")


async def test_absences_are_put_on_record_replaced_and_taken_back(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    body = {"staff_id": AGENT, "begins_at": NOON, "ends_at": LATER}
    first = await put(api, "/v1/absences/holiday-1", who, **body)
    assert (first.status_code, first.json()["told_by"]) == (200, SUPERVISOR)
    await put(api, "/v1/absences/holiday-1", who, **body | {"ends_at": LATER + 1})
    listed = (await api.get("/v1/absences", await api.person(AGENT))).json()["absences"]
    assert [(one["id"], one["ends_at"]) for one in listed] == [("holiday-1", LATER + 1)]
    problem(await put(api, "/v1/absences/A2", who, **body | {"ends_at": NOON}), 422, "invalid_input")
    lead = await api.person(LEAD)
    problem(await put(api, "/v1/absences/holiday-1", lead, **body | {"staff_id": LEAD}), 403, "not_allowed")
    problem(await api.http.delete("/v1/absences/holiday-1", headers=lead), 403, "not_allowed")
    for _ in range(2):
        assert (await api.http.delete("/v1/absences/holiday-1", headers=who)).status_code == 204
    assert (await api.get("/v1/absences", who)).json() == {"absences": []}


async def test_customer_gets_an_agent_of_their_own(api: Api) -> None:
    who, path = await api.system(Scope.WRITE_CUSTOMERS), f"/v1/customers/{CUSTOMER}/agent"
    assert (await put(api, path, who, staff_id=AGENT)).status_code == 204
    problem(await put(api, path, who, staff_id="ghost-01"), 422, "invalid_input")
    for _ in range(2):
        assert (await api.http.delete(path, headers=who)).status_code == 204


@pytest.mark.parametrize("state", ["busy", "available"])
async def test_presence_is_said_and_shown_on_the_desk(api: Api, state: str) -> None:
    who = await api.person(COLLEAGUE)
    answered = await api.http.post("/desk/presence", headers=who, data={"state": state})
    assert (answered.status_code, answered.headers["Location"]) == (303, "/desk")
    assert f'<option value="{state}" selected>' in (await api.get("/desk", who)).text
    assert (await api.http.post("/desk/presence", headers=who, data={"state": "asleep"})).status_code == 422


@pytest.mark.parametrize("path", ["/v1/session", "/desk/sign-out"])
async def test_who_signs_out_is_given_no_more_tasks(api: Api, path: str) -> None:
    who, book = await api.person(AGENT), DutyBook(api.store.engine)
    await book.say(AGENT, Presence.AVAILABLE)
    assert SESSION_COOKIE in who["Cookie"]
    answered = await api.http.request("DELETE" if path.startswith("/v1") else "POST", path, headers=who, data={})
    assert answered.status_code in (204, 303)
    assert (await book.told([AGENT]))[AGENT].presence is Presence.OFFLINE
