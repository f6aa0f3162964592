"""Figures over HTTP and on their page: the same numbers everywhere, and everybody sees what is theirs to see."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from activities.clock import wall_clock
from domain.sla.spans import DAY
from starter.api.figures import CSV, XLSX
from tests.domain.cases import MONDAY
from tests.starter.api.calling import AGENT, AUDITOR, COLLEAGUE, LEAD, SUPERVISOR, Api, problem
from tests.starter.figures.conftest import SINCE, UNTIL

TIME = f"since={SINCE}&until={UNTIL}"


async def asked(api: Api, path: str = "/v1/figures", who: str | None = SUPERVISOR, **query: object) -> dict[str, Any]:
    headers = await (api.person(who) if who else api.system())
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    answered = await api.get(f"{path}?{TIME}{extra}", headers)
    assert answered.status_code == 200, answered.text
    content: dict[str, Any] = answered.json()
    return content


def value(shown: dict[str, Any], name: str, of: str | None = None) -> Any:
    return next(one["value"] for one in shown["figures"] if (one["name"], one["of"]) == (name, of))


async def test_figures_are_those_of_the_cases_up_to_now(api: Api) -> None:
    shown = await asked(api)
    assert shown["waiting"] == 0
    assert value(shown, "opened", "complaint") == 4
    assert value(shown, "first_contact") == 1.0
    assert value(shown, "resolved_by_tier", "1") == 1.0
    assert value(shown, "reopened") == 0.5
    assert value(shown, "resolution_time") == (1 + 2 + 3 + 20) / 4 * 60_000
    assert {one["who"]: one["resolved"] for one in shown["people"]} == {AGENT: 4}


async def test_agent_sees_the_own_figures_and_the_teams_and_nobody_elses(api: Api) -> None:
    assert value(await asked(api, who=AGENT, person=AGENT), "first_contact") == 1.0
    own = await asked(api, who=AGENT)
    assert ([one["who"] for one in own["people"]], [one["who"] for one in own["teams"]]) == ([AGENT], ["online"])
    other = await asked(api, who=COLLEAGUE)
    assert (other["people"], value(other, "first_contact")) == ([], None)
    for query, field in ((f"person={AGENT}", "person"), ("team=online", "team")):
        answered = await api.get(f"/v1/figures?{TIME}&{query}", await api.person(COLLEAGUE))
        assert problem(answered, 403, "not_allowed")["field"] == field


async def test_lead_sees_the_people_of_the_own_teams_only(api: Api) -> None:
    answered = await api.get(f"/v1/figures?{TIME}&person={AGENT}", await api.person(LEAD))
    problem(answered, 403, "not_allowed")
    assert (await asked(api, who=LEAD, person="manager-02"))["people"] == []


@pytest.mark.parametrize("who", [SUPERVISOR, AUDITOR, None])
async def test_supervisors_auditors_and_systems_see_all(api: Api, who: str | None) -> None:
    assert value(await asked(api, who=who, team="online", person=AGENT), "first_contact") == 1.0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"since={UNTIL}&until={SINCE}", "since"),
        (f"since={SINCE}&until={SINCE + 401 * DAY}", "until"),
        (f"{TIME}&tema=online", "tema"),
    ],
)
async def test_wrong_time_or_wish_is_refused_by_its_field(api: Api, query: str, field: str) -> None:
    for path in ("/v1/figures", "/v1/figures/satisfied", "/v1/exports/xes"):
        answered = await api.get(f"{path}?{query}", await api.person(SUPERVISOR))
        assert problem(answered, 422, "invalid_input")["field"] == field


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/figures/opened"])
async def test_without_a_time_the_last_seven_days_are_shown_and_the_answer_says_so(api: Api, path: str) -> None:
    who = await api.person(SUPERVISOR)
    before = wall_clock()
    shown = (await api.get(path, who)).json()
    assert before < shown["until"] <= wall_clock() + 1
    assert shown["until"] - shown["since"] == 7 * DAY
    up_to = (await api.get(f"{path}?until={UNTIL}", who)).json()
    assert (up_to["since"], up_to["until"]) == (UNTIL - 7 * DAY, UNTIL)
    from_then = (await api.get(f"{path}?since={before - DAY}", who)).json()
    assert (from_then["since"], from_then["until"] > before) == (before - DAY, True)


@pytest.mark.parametrize("path", ["/v1/figures.csv", "/v1/figures.xlsx", "/v1/exports/xes"])
async def test_file_is_of_a_time_that_is_named(api: Api, path: str) -> None:
    answered = await api.get(f"{path}?since={SINCE}", await api.person(SUPERVISOR))
    assert problem(answered, 422, "invalid_input")["field"] == "until"


async def test_figure_is_drawn_by_hours_of_a_short_time_and_by_days_of_a_long_one(api: Api) -> None:
    hours = await asked(api, "/v1/figures/resolution_time")
    assert [point["at"] for point in hours["points"]] == [MONDAY + n * 3_600_000 for n in (1, 2, 3, 20)]
    assert [point["value"] for point in hours["points"]] == [60_000, 120_000, 180_000, 1_200_000]
    assert [bar["count"] for bar in hours["spread"] if bar["count"]] == [1, 2, 1]
    who = await api.person(SUPERVISOR)
    days = (await api.get(f"/v1/figures/opened?since={SINCE}&until={SINCE + 9 * DAY}&of=complaint", who)).json()
    midnight = MONDAY - 9 * 3_600_000
    assert [(point["at"], point["value"]) for point in days["points"]] == [(midnight, 3), (midnight + DAY, 1)]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("made_up", "name"),
        ("tier_in_time?of=first", "of"),
        ("first_contact?of=1", "of"),
    ],
)
async def test_drawing_of_what_there_is_not_is_refused(api: Api, path: str, field: str) -> None:
    name, _, query = path.partition("?")
    answered = await api.get(f"/v1/figures/{name}?{TIME}&{query}".rstrip("&"), await api.person(SUPERVISOR))
    assert problem(answered, 422, "invalid_input")["field"] == field


async def test_of_a_team_or_a_person_only_what_is_theirs_is_told(api: Api) -> None:
    team, person = await asked(api, team="online"), await asked(api, person=AGENT)
    names, own = ({one["name"] for one in shown["figures"]} for shown in (team, person))
    assert "opened" not in names
    assert "tier_in_time" in names
    assert own.isdisjoint({"opened", "ended", "tier_in_time", "breaches", "compensated"})
    assert {"first_contact", "handling_time", "satisfied"} <= own
    for shown in (team, person):
        channels = {one["of"] for one in shown["figures"] if one["name"] == "response_in_time"}
        assert channels == {"chat", "email", "social"}


async def test_dates_and_instants_say_the_time_as_milliseconds_do(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    by_day = (await api.get("/v1/figures?since=2026-11-23&until=2026-11-25", who)).json()
    assert by_day["until"] - by_day["since"] == 2 * DAY
    same = datetime.fromtimestamp(SINCE / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await api.get(f"/v1/figures.csv?since={same}&until={UNTIL}", who)).status_code == 200
    there = datetime.fromtimestamp(SINCE / 1000, UTC).astimezone(ZoneInfo("Asia/Shanghai")).isoformat()
    found = (await api.get("/v1/figures?since=" + quote(there) + f"&until={UNTIL}", who)).json()
    assert found["since"] == SINCE
    for said in ("yesterday", "2026-13-01", "-5", "1900-01-01"):
        answered = await api.get(f"/v1/figures?since={said}&until={UNTIL}", who)
        assert problem(answered, 422, "invalid_input")["field"] == "since"


async def test_page_links_to_tables_of_the_time_on_show_that_the_reader_may_have(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    page = (await api.get(f"/desk/figures?days=7&team=online&person={AGENT}", who)).text
    (link,) = re.findall(r'href="(/v1/figures\.csv[^"]*)"', page)
    assert (await api.get(unescape(link), who)).status_code == 200
    assert f"team=online&amp;person={AGENT}" in link
    assert "/v1/exports/xes?since=" in page
    own = (await api.get("/desk/figures", await api.person(AGENT))).text
    assert "/v1/figures.xlsx?since=" in own
    assert "/v1/exports/" not in own


async def test_page_says_that_nobody_of_the_staff_has_this_id(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    assert "Nobody of the staff has the id nobody" in (await api.get("/desk/figures?person=nobody", who)).text
    assert "Nobody of the staff" not in (await api.get(f"/desk/figures?person={COLLEAGUE}", who)).text


async def test_share_whose_misses_have_no_value_is_not_spread(api: Api) -> None:
    assert (await asked(api, "/v1/figures/response_in_time"))["spread"] == []


async def test_tables_have_the_same_numbers(api: Api) -> None:
    shown, who = await asked(api), await api.person(SUPERVISOR)
    answered = await api.get(f"/v1/figures.csv?{TIME}", who)
    assert (answered.status_code, answered.headers["content-type"]) == (200, CSV)
    rows = list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert len(rows) == len(shown["figures"])
    (resolution,) = [row for row in rows if row["figure"] == "resolution_time"]
    assert (float(resolution["value"]), resolution["unit"]) == (390.0, "seconds")
    answered = await api.get(f"/v1/figures.xlsx?{TIME}", who)
    assert (answered.status_code, answered.headers["content-type"]) == (200, XLSX)
    with zipfile.ZipFile(io.BytesIO(answered.content)) as book:
        assert len([name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]) == 3
        assert AGENT in book.read("xl/sharedStrings.xml").decode()


async def test_page_shows_them_in_both_languages_and_draws_one(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    for language, word in (("en", "First response in time"), ("zh-CN", "首次响应及时率")):
        answered = await api.get("/desk/figures?days=365", {**who, "Accept-Language": language})
        assert answered.status_code == 200
        assert word in answered.text
        assert "uplot.min" in answered.text


async def test_page_of_an_agent_refuses_the_figures_of_others(api: Api) -> None:
    who = await api.person(COLLEAGUE)
    assert (await api.get(f"/desk/figures?person={AGENT}", who)).status_code == 403
    assert (await api.get("/desk/figures?days=x&figure=y&of=z&team=nowhere", who)).status_code == 200
