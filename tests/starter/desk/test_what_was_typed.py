"""What pages give a browser to keep typed words by, and where the other language leads: to the page as it stands."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from starter.desk.onward import onward_of
from tests.starter.api.calling import AGENT, LEAD, SUPERVISOR, Api, Who, task_of, view_of
from tests.starter.desk.test_board import put
from tests.starter.desk.test_pages import OWNED, PAGE, post

FIRST = "CAAAAAAAAAAAAB"


async def other_language(api: Api, who: Who, path: str) -> str:
    """Where the button of the other language leads from a page."""
    [onward] = re.findall(r'name="onward" value="([^"]*)"', (await api.get(path, who)).text)
    answered = await post(api, "/desk/language", who, language="en", onward=onward.replace("&amp;", "&"))
    return answered.headers["Location"]


@pytest.mark.parametrize(
    "path",
    [
        PAGE,
        "/desk/board?sight=all&team=online",
        "/desk/policies/try?version=&changes=complaint.tiers.1.time+%3D+45m%0A%E4%B8%AD&days=30",
        "/desk/figures?days=90&figure=opened",
    ],
)
async def test_other_language_leads_to_the_page_with_what_was_chosen_in_its_address(api: Api, path: str) -> None:
    assert await other_language(api, await api.person(SUPERVISOR), path) == path


async def test_form_for_many_cases_is_drawn_anew_for_the_same_cases_also_after_it_was_refused(api: Api) -> None:
    who = await api.person(SUPERVISOR)
    await put(api, FIRST)
    path = f"/desk/board/act?{urlencode({'verb': 'close_case', 'case': FIRST})}"
    assert await other_language(api, who, path) == path
    fields = {"verb": "close_case", f"on.{FIRST}": "", "reason": ""}
    refused = await post(api, "/desk/board/act", who, **fields)
    assert refused.status_code == 422
    assert path.replace("&", "&amp;") in refused.text
    for page in (refused.text, (await api.get(path, who)).text):
        assert f'data-place="board close_case {FIRST}"' in page
        assert '<form method="post" action="/desk/board/act" class="act" id="close_case"' in page


@pytest.mark.parametrize("onward", ["/desk?x=//evil\\", "//evil.example/desk?a=b", "/desk?a=<b>", "/desk/board/act"])
def test_address_that_is_none_of_ours_leads_to_the_inbox(onward: str) -> None:
    assert onward_of(onward) == "/desk"


async def test_template_that_was_saved_says_so_by_the_name_of_its_form(api: Api) -> None:
    lead = await api.person(LEAD)
    assert 'id="done"' not in (await api.get("/desk/replies?done=else", lead)).text
    answered = await post(api, "/desk/replies", lead, name="Sorry", language="en", text="We are sorry.")
    page = (await api.get(answered.headers["Location"], lead)).text
    assert 'id="done" data-verb="save_reply"' in page
    assert 'id="save_reply"' in page
    assert 'data-place="replies"' in page


async def test_form_tells_one_draft_from_another_and_whether_there_is_any(api: Api) -> None:
    marks = []
    for draft in (None, "Dear Ann", "Dear Bob", "Dear Ann"):
        api.service.view = view_of(tasks=(task_of(**OWNED, draft=draft),))
        page = (await api.get(PAGE, await api.person(AGENT))).text
        marks += re.findall(r'id="complete_task-T1"[^>]* data-draft="([^"]*)"', page)
    assert marks[0] == ""
    assert marks[1] == marks[3] != marks[2]
