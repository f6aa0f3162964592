"""Lists of cases and tasks: filtered, sorted by what is due, a page at a time, and everybody sees what is theirs."""

from __future__ import annotations

from typing import Any

import pytest

from domain.numbers import complaint_number, return_number
from domain.tasks import TaskState
from starter.doors import Store
from tests.readmodel.conftest import empty
from tests.readmodel.projections import NOW, projection, task
from tests.starter.api.calling import AGENT, AUDITOR, COLLEAGUE, LEAD, SUPERVISOR, Api, Who, problem


@pytest.fixture
async def filled(store: Store) -> None:
    """Two cases of the online team and one of the phone team, which has asked online-01 for something."""
    await empty(store.engine)  # tests of other rooms share this store
    held: dict[str, Any] = {"owner": AGENT, "state": TaskState.RESERVED}
    await store.readmodel.write_all(
        [
            projection("C-late", due=NOW + 2_000, tasks=(task(due=NOW + 2_000),)),
            projection("C-soon", due=NOW + 1_000, tasks=(task(due=NOW + 1_000),)),
            projection("C-phone", team="phone", tasks=(task(team="phone"), task(2, team="quality", **held))),
        ]
    )


async def listed(api: Api, what: str, who: Who, **query: Any) -> list[str]:
    """The case ids on a page."""
    answered = await api.http.get(f"/v1/{what}", headers=who, params=query)
    assert answered.status_code == 200, answered.text
    return [item["case_id"] for item in answered.json()["items"]]


@pytest.mark.usefixtures("filled")
async def test_agent_lists_the_cases_of_their_teams_what_is_due_soonest_first(api: Api) -> None:
    assert await listed(api, "cases", await api.person(AGENT)) == ["C-soon", "C-late"]
    assert await listed(api, "cases", await api.person(COLLEAGUE)) == ["C-phone"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("query", [{"team": "phone"}, {"teams": ["phone", "quality"]}])
async def test_asking_for_another_team_finds_nothing_more(api: Api, query: dict[str, Any]) -> None:
    assert await listed(api, "cases", await api.person(AGENT), **query) == []
    assert await listed(api, "cases", await api.person(SUPERVISOR), **query) == ["C-phone"]


@pytest.mark.usefixtures("filled")
async def test_supervisors_auditors_and_systems_list_all(api: Api) -> None:
    for who in (await api.person(SUPERVISOR), await api.person(AUDITOR), await api.system()):
        assert await listed(api, "cases", who) == ["C-soon", "C-late", "C-phone"]


@pytest.mark.usefixtures("filled")
async def test_own_tasks_are_listed_wherever_they_are(api: Api) -> None:
    who = await api.person(AGENT)
    assert await listed(api, "tasks", who) == ["C-soon", "C-late"]
    assert await listed(api, "tasks", who, owner=AGENT) == ["C-phone"]
    assert await listed(api, "tasks", who, owner=COLLEAGUE) == []


@pytest.mark.usefixtures("filled")
async def test_pages_follow_each_other(api: Api) -> None:
    who, found, cursor = await api.system(), list[str](), None
    while True:
        query = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await api.http.get("/v1/cases", headers=who, params=query)).json()
        found += [item["case_id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == ["C-soon", "C-late", "C-phone"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"cursor": "made-up"}, "cursor"),
        ({"sort": "name"}, "sort"),
        ({"stauts": "closed"}, "stauts"),
        ({"team": "a\x00b"}, "team"),
        ({"type": "complaints"}, "type"),
        ({"status": "nonsense"}, "status"),
        ({"channel": "fax"}, "channel"),
        ({"priority": "hi"}, "priority"),
        ({"source": "shop"}, "source"),
    ],
)
async def test_wrong_wish_is_refused_by_its_field(api: Api, query: dict[str, Any], field: str) -> None:
    answered = await api.http.get("/v1/cases", headers=await api.system(), params=query)
    said = problem(answered, 422, "invalid_input")
    assert (said["field"], said["errors"][0]["field"]) == (field, field)


@pytest.mark.parametrize("query", [{"case_type": "complaints"}, {"channel": "fax"}, {"priority": "hi"}])
async def test_tasks_of_what_there_cannot_be_are_refused(api: Api, query: dict[str, str]) -> None:
    answered = await api.http.get("/v1/tasks", headers=await api.system(), params=query)
    said = problem(answered, 422, "invalid_input")
    assert [said["field"]] == [*query]
    assert {"case_type": "'complaint'", "channel": "'email'", "priority": "normal"}[said["field"]] in said["detail"]


@pytest.mark.usefixtures("filled")
async def test_right_value_that_no_case_has_finds_nothing(api: Api) -> None:
    for query in ({"type": "return"}, {"status": "summarising"}, {"channel": "social"}, {"priority": "high"}):
        assert await listed(api, "cases", await api.system(), **query) == []


async def test_cases_are_found_by_the_callers_own_reference(api: Api, store: Store) -> None:
    await empty(store.engine)
    mine, back, other = complaint_number("shop", "4711"), return_number("shop", "4711"), complaint_number("crm", "4711")
    await store.readmodel.write_all(
        [projection(case_id) for case_id in (mine, back, other, complaint_number("x", "1"))]
    )
    shop = await api.system()
    assert {*await listed(api, "cases", shop, reference="4711")} == {mine, back}
    assert await listed(api, "cases", shop, reference="4711", source="crm") == [other]
    assert await listed(api, "cases", shop, reference="4712") == []
    assert await listed(api, "cases", shop, case_ids=[mine, other], reference="4711") == [mine]
    # Whoever is bound to teams finds only theirs, whatever the reference.
    assert await listed(api, "cases", await api.person(COLLEAGUE), reference="4711", source="shop") == []


@pytest.mark.usefixtures("filled")
async def test_board_counts_the_cases_that_somebody_may_see(api: Api) -> None:
    async def counted(who: Who) -> set[str]:
        answered = await api.get("/v1/board", who)
        assert answered.status_code == 200, answered.text
        return {team for cell in answered.json()["cells"] for team in cell["teams"]}

    assert await counted(await api.system()) >= {"online", "phone", "quality"}
    assert "online" not in await counted(await api.person(LEAD))
    assert problem(await api.get("/v1/board", await api.person(AGENT)), 403, "not_allowed")
