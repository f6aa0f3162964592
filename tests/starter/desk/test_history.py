"""The history page: a recorded history told as a story, in both languages, with links into Temporal's Web UI."""

from __future__ import annotations

import re

from temporalio.contrib.pydantic import pydantic_data_converter

from domain.timeline import Entry
from starter.desk.history import web_ui
from starter.story.happenings import instant_of
from starter.story.reading import History, Run, decode
from tests.starter.api.calling import AGENT, CASE, Api
from tests.starter.desk.test_pages import NASTY
from tests.starter.story.test_story import UP, recorded

PAGE = f"/desk/cases/{CASE}/history"


async def past() -> History:
    events = recorded(UP)
    runs = (Run("run-1", 1), Run("run-2", instant_of(events[0])))
    return History("default", runs[1], runs, events, await decode(pydantic_data_converter, events))


async def test_history_is_told_turn_by_turn_with_links_to_its_events(api: Api) -> None:
    api.service.past = await past()
    at = instant_of(api.service.past.events[2])
    api.service.entries = [Entry(seq=1, at=at, what=NASTY, by="duecourse")]
    answered = await api.get(PAGE, await api.person(AGENT))
    assert answered.status_code == 200
    assert "online-01 asked: Escalate" in answered.text
    assert "Tier 2 takes over: told the customer, by email" in answered.text
    assert "&lt;script&gt;" in answered.text
    base = web_ui(api.store.settings.web_ui, api.service.past, CASE)
    assert base.endswith(f"/namespaces/default/workflows/{CASE}/run-2/history")
    assert f'href="{base}/events/18"' in answered.text
    assert re.findall(r'href="\?run=([\w-]+)"', answered.text) == ["run-1", "run-2"]


async def test_history_is_told_in_chinese_too(api: Api) -> None:
    api.service.past = await past()
    page = (await api.get(PAGE, {**(await api.person("online-06")), "Accept-Language": "zh-CN"})).text
    assert "online-01 请求：" in page
    assert "向客户发送消息" in page


async def test_history_without_a_web_ui_has_no_links_to_it(api: Api) -> None:
    assert web_ui("", await past(), CASE) == ""


async def test_case_without_a_history_is_none(api: Api) -> None:
    assert (await api.get(PAGE, await api.person(AGENT))).status_code == 404
