"""The survey: asked when the case has come to its end, each answer once and for good."""

from __future__ import annotations

import pytest

from activities.clock import wall_clock
from activities.surveys.answers import SurveyAnswer
from domain.messages import CaseView
from domain.sla.spans import DAY
from starter.desk.customer.offered import survey_round
from tests.starter.api.calling import AGENT, Api, view_of
from tests.starter.desk.customer.visiting import case, link, page


async def answer(api: Api, view: CaseView, **fields: str) -> int:
    api.service.view = view
    answered = await api.http.post(f"{link(api, view.case_id)}/survey", data=fields)
    return answered.status_code


async def given(api: Api, case_id: str) -> list[tuple[int, int | None, int | None, int | None, str | None]]:
    found: list[SurveyAnswer] = await api.store.surveys.of_case(case_id)
    return [(one.round, one.csat, one.nps, one.ces, one.text) for one in found]


@pytest.mark.parametrize(
    ("view", "asked"),
    [
        (case("in_progress"), None),
        (case("solution_offered"), None),
        (case("summarising"), 0),
        (case("closed", facts={"reopened": 2}), 2),
        (case("merged"), None),
        (case("confirming", "return"), None),
        (case("confirming", "return", facts={"satisfied": True}), 0),
        (case("done", "order_change"), 0),
        (case("resolved", "delivery"), 0),
    ],
)
def test_customer_is_asked_when_it_is_done(view: CaseView, asked: int | None) -> None:
    assert survey_round(view) == asked


async def test_first_answer_counts_and_another_round_has_its_own(api: Api) -> None:
    view = case("closed", case_id="CSURVEYAAAAAA2")
    assert await answer(api, view, csat="4", nps="9", ces="6", text=" Quick ") == 303
    assert await answer(api, view, csat="1") == 303
    assert await given(api, view.case_id) == [(0, 4, 9, 6, "Quick")]
    api.service.view = view
    assert "/survey" not in (await api.http.get(link(api, view.case_id))).text
    assert await answer(api, view.model_copy(update={"facts": {"reopened": 1}}), nps="0") == 303
    assert await given(api, view.case_id) == [(0, 4, 9, 6, "Quick"), (1, None, 0, None, None)]


async def test_satisfaction_that_the_case_knows_is_not_asked_again(api: Api) -> None:
    view = case("closed", case_id="CSURVEYAAAAAA3", facts={"score": 5})
    assert 'name="csat"' not in await page(api, view.model_copy(update={"case_id": "CAAAAAAAAAAAAA"}))
    assert await answer(api, view, csat="1", nps="10") == 303
    assert await given(api, view.case_id) == [(0, None, 10, None, None)]


@pytest.mark.parametrize(
    "fields", [{"nps": ""}, {"csat": "6"}, {"nps": "-1"}, {"ces": "0"}, {"nps": "ten"}, {"text": " "}]
)
async def test_answer_that_is_none_is_refused(api: Api, fields: dict[str, str]) -> None:
    view = case("closed", case_id="CSURVEYAAAAAA4")
    assert await answer(api, view, **fields) == 422
    assert await given(api, view.case_id) == []


async def test_nobody_answers_before_there_is_something_to_ask(api: Api) -> None:
    view = case("in_progress", case_id="CSURVEYAAAAAA5")
    assert await answer(api, view, nps="10") == 409
    assert await given(api, view.case_id) == []


async def test_figures_of_the_department_have_what_customers_thought(api: Api) -> None:
    view = case("done", "order_change", case_id="MSURVEYAAAAAA7")
    assert await answer(api, view, csat="5", nps="10", ces="7") == 303
    query = f"?since={wall_clock() - DAY}&until={wall_clock() + DAY}"
    every = (await api.get(f"/v1/figures{query}", await api.person("supervisor-01"))).json()["figures"]
    counts = {one["name"]: one["count"] for one in every}
    assert min(counts[name] for name in ("survey_satisfied", "recommend", "effort")) >= 1
    page_of_figures = (await api.get("/desk/figures", await api.person("supervisor-02"))).text
    assert "Would recommend us" in page_of_figures
    # Nobody says of whom they think it, so it is nobody's own figure.
    own = (await api.get(f"/v1/figures{query}", await api.person(AGENT))).json()["figures"]
    assert {one["name"] for one in own}.isdisjoint({"recommend", "effort", "survey_satisfied"})


async def test_agents_read_what_the_customer_thought(api: Api) -> None:
    view = case("closed", case_id="CSURVEYAAAAAA6")
    assert await answer(api, view, nps="3", text="<b>slow</b>") == 303
    api.service.view = view_of("online", case_id=view.case_id)
    told = (await api.get(f"/desk/cases/{view.case_id}", await api.person(AGENT))).text
    listed = (await api.get(f"/v1/cases/{view.case_id}/surveys", await api.person("online-02"))).json()["surveys"]
    assert [(one["round"], one["csat"], one["nps"], one["text"]) for one in listed] == [(0, None, 3, "<b>slow</b>")]
    assert "NPS 3" in told
    assert "&lt;b&gt;slow" in told
