"""The pages: signing in, the inbox, a case; what is refused stays beside what was typed, and markup stays text."""

from __future__ import annotations

import html
import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from httpx import Response

from domain.errors import TaskAlreadyClaimedError
from domain.people import Actor, Role
from domain.timeline import Entry
from starter.api.guarded import SESSION_COOKIE
from starter.desk.onward import page_at
from starter.refusals import UnavailableError
from tests.readmodel.projections import projection, task
from tests.starter.api.calling import AGENT, AUDITOR, CASE, NOBODY, NOON, PASSWORD, Api, Who, task_of, view_of
from tests.starter.command_line import CUSTOMER

NASTY = "<script>alert('x')</script>\"'><img src=x>"
PAGE = f"/desk/cases/{CASE}"
OWNED: dict[str, Any] = {"owner": AGENT, "verbs": ("release", "complete", "save_draft"), "eligible": (AGENT,)}


async def post(api: Api, path: str, who: Who, **fields: str) -> Response:
    return await api.http.post(path, headers=who, data=fields)


async def sign_in(api: Api, password: str = PASSWORD, onward: str = "/desk", **headers: str) -> Response:
    await api.person(AGENT)
    api.http.cookies.clear()
    fields = {"staff_id": AGENT, "password": password, "onward": onward}
    return await api.http.post("/desk/sign-in", headers=headers, data=fields)


# --- signing in ---------------------------------------------------------------------------------------------------


async def test_person_signs_in_on_a_page_and_goes_on_to_where_they_wanted(api: Api) -> None:
    answered = await sign_in(api, onward=PAGE)
    assert (answered.status_code, answered.headers["Location"]) == (303, PAGE)
    cookie = SimpleCookie(answered.headers["Set-Cookie"])[SESSION_COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "strict")
    assert (await api.get("/desk", NOBODY)).status_code == 200
    out = await post(api, "/desk/sign-out", NOBODY)
    assert (out.status_code, out.headers["Location"]) == (303, "/desk/sign-in")
    assert (await api.get("/desk", {"Cookie": f"{SESSION_COOKIE}={cookie.value}"})).status_code == 401


@pytest.mark.parametrize("onward", ["https://elsewhere.example", "//elsewhere.example", "/desk/../v1", "javascript:x"])
async def test_link_of_somebody_else_leads_nobody_away(api: Api, onward: str) -> None:
    assert (await sign_in(api, onward=onward)).headers["Location"] == "/desk"


async def test_wrong_password_keeps_the_id_and_says_so_without_the_password(api: Api) -> None:
    answered = await sign_in(api, password="not that one, no")
    assert answered.status_code == 401
    assert f'value="{AGENT}"' in answered.text
    assert "not that one" not in answered.text
    assert 'role="alert"' in answered.text


async def test_page_of_another_site_signs_nobody_in_and_asks_nothing(api: Api) -> None:
    assert (await sign_in(api, Origin="https://elsewhere.example")).status_code == 403
    who = {**(await api.person(AGENT)), "Sec-Fetch-Site": "cross-site"}
    assert (await post(api, f"{PAGE}/add_note", who, text="x")).status_code == 403
    assert api.service.asked == []


async def test_stranger_is_asked_to_sign_in_and_then_goes_on(api: Api) -> None:
    answered = await api.get(PAGE, NOBODY)
    assert answered.status_code == 401
    assert f'name="onward" value="{PAGE}"' in answered.text
    assert answered.headers["HX-Refresh"] == "true"


async def test_who_is_signed_out_while_typing_is_told_so_and_goes_back_to_the_case(api: Api) -> None:
    answered = await post(api, f"{PAGE}/add_note", NOBODY, text="Half an hour of careful words")
    assert answered.status_code == 401
    assert f'name="onward" value="{PAGE}"' in answered.text
    assert "You were signed out." in answered.text
    assert "You were signed out." not in (await api.get(PAGE, NOBODY)).text


@pytest.mark.parametrize(
    ("asked_at", "leads_to"),
    [
        ("/desk/replies/save", "/desk/replies"),
        ("/desk/board/act", "/desk/board"),
        ("/desk/language", "/desk"),
        ("", "/desk"),
    ],
)
def test_address_at_which_something_is_asked_leads_to_its_page(asked_at: str, leads_to: str) -> None:
    assert page_at(asked_at) == leads_to


async def test_page_allows_no_inline_script_and_is_kept_by_nobody(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    for path in ("/desk", PAGE, "/desk/sign-in"):
        answered = await api.get(path, await api.person(AGENT))
        policy = answered.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answered.headers["Cache-Control"] == "no-store"
        assert answered.headers["Referrer-Policy"] == "same-origin"
        assert re.findall(r"<style| style=| on[a-z]+=|<script(?! src=\"/desk/static/)", answered.text) == []


async def test_dress_is_served_from_here_and_kept_for_good(api: Api) -> None:
    page = (await api.get("/desk/sign-in", NOBODY)).text
    named = set(re.findall(r'(?:src|href)="(/desk/static/[^"]+)"', page))
    assert len(named) == 7
    for path in named:
        answered = await api.get(path, NOBODY)
        assert answered.status_code == 200
        assert "immutable" in answered.headers["Cache-Control"]
        assert re.search(r"\.[0-9a-f]{12}\.(?:min\.)?(?:css|js|svg)$", path)
    assert (await api.get("/desk/static/pages.py", NOBODY)).status_code == 404


async def test_language_is_the_browsers_until_somebody_chooses(api: Api) -> None:
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9"}
    assert '<html lang="zh-CN"' in (await api.get("/desk/sign-in", chinese)).text
    who = await api.person("online-05")
    assert '<html lang="zh-CN"' in (await api.get("/desk", {**who, **chinese})).text
    chosen = await post(api, "/desk/language", who, language="en", onward="/desk")
    assert chosen.status_code == 303
    assert '<html lang="en"' in (await api.get("/desk", {**who, **chinese})).text
    assert (await post(api, "/desk/language", who, language="tlh")).status_code == 422


# --- the inbox ----------------------------------------------------------------------------------------------------


async def show_in_inbox(api: Api, case_id: str, **fields: Any) -> None:
    given = {"subject": NASTY, "customer_id": CUSTOMER, "tasks": (task(team="online", due=NOON),)}
    assert await api.store.readmodel.write(projection(case_id, at=NOON, **{**given, **fields}))


async def test_inbox_shows_my_tasks_and_my_teams_queue_soonest_first(api: Api) -> None:
    await show_in_inbox(api, "CINBOXAAAAAAA2", subject="later", tasks=(task(due=NOON + 2),))
    await show_in_inbox(api, "CINBOXAAAAAAA3", subject="sooner", tasks=(task(due=NOON + 1),))
    await show_in_inbox(api, "CINBOXAAAAAAA4", subject="foreign", tasks=(task(team="phone"),))
    await show_in_inbox(api, "CINBOXAAAAAAA5", subject="mine", tasks=(task(owner=AGENT, state="reserved"),))
    page = (await api.get("/desk", await api.person(AGENT))).text
    assert page.index("mine</a>") < page.index("sooner</a>") < page.index("later</a>")
    assert "foreign" not in page
    assert re.search(r"\d d \d+ h left</span>", page)
    watching = (await api.get("/desk", await api.person(AUDITOR))).text
    assert "foreign" in watching
    assert "/claim_task" not in watching


async def test_page_follows_what_has_changed_since_it_was_drawn(api: Api) -> None:
    who = await api.person(AGENT)
    await show_in_inbox(api, "CINBOXAAAAAAC2")
    [stream] = re.findall(r'hx-sse:connect="([^"]+)"', (await api.get("/desk", who)).text)
    await show_in_inbox(api, "CINBOXAAAAAAC3")
    told = (await api.get(f"{html.unescape(stream)}&seconds=0", who)).text
    assert "CINBOXAAAAAAC3" in told
    assert "CINBOXAAAAAAC2" not in told


async def test_inbox_shows_words_of_a_customer_as_words(api: Api) -> None:
    await show_in_inbox(api, "CINBOXAAAAAAA6")
    page = (await api.get("/desk", await api.person(AGENT))).text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "<img" not in page


async def test_filter_that_means_nothing_is_left_alone_and_a_broken_cursor_is_refused(api: Api) -> None:
    who = await api.person(AGENT)
    assert (await api.get("/desk?team=phone&case_type=%3Cb%3E", who)).status_code == 200
    assert (await api.get("/desk?after=broken", who)).status_code == 422


async def test_next_task_is_claimed_and_whoever_was_quicker_is_passed_over(api: Api) -> None:
    await show_in_inbox(api, "CINBOXAAAAAAA7", tasks=(task(due=1),))
    await show_in_inbox(api, "CINBOXAAAAAAB7", tasks=(task(due=2),))
    taken = iter([TaskAlreadyClaimedError("taken"), None])
    api.service.refuses = lambda verb: next(taken)
    answered = await post(api, "/desk/take-next", await api.person(AGENT))
    assert answered.status_code == 303
    assert answered.headers["Location"].startswith("/desk/cases/C")
    [(case_id, verb, request)] = api.service.asked
    assert (verb, request.actor) == ("claim_task", Actor(id=AGENT, role=Role.AGENT, teams=("online",)))
    assert case_id == "CINBOXAAAAAAB7"


async def test_claim_that_is_refused_is_told_in_the_inbox(api: Api) -> None:
    api.service.refuses = lambda _: TaskAlreadyClaimedError("taken by online-02", task="T1")
    fields = {"task_id": "T1", "from": "inbox"}
    answered = await api.http.post(f"{PAGE}/claim_task", headers=await api.person(AGENT), data=fields)
    assert answered.status_code == 409
    assert "Somebody else was quicker" in answered.text
    assert 'id="work"' in answered.text


# --- a case -------------------------------------------------------------------------------------------------------


async def test_case_shows_everything_a_customer_wrote_as_words(api: Api) -> None:
    api.service.view = view_of(
        tasks=(task_of(**OWNED, brief={"tried": NASTY}, draft=NASTY),),
        subject=NASTY,
        description=NASTY,
        facts={"reference": NASTY},
    )
    api.service.entries = [Entry(seq=1, at=NOON, what=NASTY, by=NASTY, text=NASTY, facts={NASTY: NASTY})]
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert page.count("&lt;script&gt;") >= 9
    assert re.findall(r"<img|<script>", page) == []


async def test_owner_is_offered_what_the_task_allows_and_others_are_not(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),), actions=("climb",))
    page = (await api.get(PAGE, await api.person(AGENT))).text
    offered = set(re.findall(rf'action="{PAGE}/(\w+)', page))
    assert {"complete_task", "save_draft", "release_task", "reply", "add_note", "escalate"} <= offered
    assert not {"claim_task", "merge", "close_case", "reassign", "reopen"} & offered
    colleague = (await api.get(PAGE, await api.person("online-02"))).text
    assert {"reply", "complete_task"}.isdisjoint(re.findall(rf'action="{PAGE}/(\w+)', colleague))
    assert re.findall(rf'action="{PAGE}', (await api.get(PAGE, await api.person(AUDITOR))).text) == []


async def test_every_control_has_a_label(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),), actions=("climb", "ask_department", "merge", "accept"))
    page = (await api.get(PAGE, await api.person("supervisor-01"))).text
    controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*?\bid="([^"]+)"', page)
    assert len(controls) > 10
    assert len(controls) == len(re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")', page))
    assert [one for one in controls if f'<label for="{one}"' not in page] == []
    assert len(controls) == len({*controls})


async def test_form_reaches_the_case_as_the_api_would_send_it(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    filled = {"task_id": "T1", "request_id": "f-1", "solution": "A new one.\r\nToday.", "goodwill": "5.00 CNY"}
    answered = await post(api, f"{PAGE}/complete_task", await api.person(AGENT), **filled)
    assert (answered.status_code, answered.headers["Location"]) == (303, f"{PAGE}?done=complete_task#T1")
    [(_, verb, request)] = api.service.asked
    assert (verb, request.request_id, request.actor.id) == ("complete_task", "f-1", AGENT)
    goodwill = {"minor": 500, "currency": "CNY"}
    expected = {"solution": "A new one.\nToday.", "goodwill": goodwill, "leave_linked": False}
    assert request.model_dump()["form"] == expected
    assert "Done: Complete" in (await api.get(answered.headers["Location"], await api.person(AGENT))).text


async def test_refusal_stands_beside_the_form_and_what_was_typed_stays(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    filled = {"task_id": "T1", "request_id": "f-2", "solution": f"Take {NASTY}", "goodwill": "a lot"}
    answered = await post(api, f"{PAGE}/complete_task", await api.person(AGENT), **filled)
    assert answered.status_code == 422
    form = re.search(r'<form[^>]*id="complete_task-T1".*?</form>', answered.text, re.DOTALL)
    assert form
    assert 'role="alert"' in form[0]
    assert "Take &lt;script&gt;" in form[0]
    assert re.search(
        r'name="goodwill"\s+aria-invalid="true" aria-describedby="complete_task-T1-goodwill-said"', form[0]
    )
    assert 'value="f-2"' not in form[0]
    assert api.service.asked == []


async def test_form_that_nobody_answered_keeps_its_name_so_that_it_is_done_once(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    api.service.refuses = lambda _: UnavailableError("nobody answers")
    answered = await post(api, f"{PAGE}/reply", await api.person(AGENT), request_id="f-3", text="Hello")
    assert answered.status_code == 503
    assert 'name="request_id" value="f-3"' in answered.text


async def test_words_are_kept_even_if_the_task_went_to_somebody_else(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(owner="online-02"),))
    api.service.refuses = lambda _: TaskAlreadyClaimedError("taken by online-02")
    answered = await post(api, f"{PAGE}/reply", await api.person(AGENT), text="Half an hour of work")
    assert answered.status_code == 409
    assert "Half an hour of work</textarea>" in answered.text


@pytest.mark.parametrize("body", [b"text=%ff", b"text=%00", b"text=\xff", b"&".join(b"a=1" for _ in range(300))])
async def test_what_is_no_form_is_refused(api: Api, body: bytes) -> None:
    headers = {**(await api.person(AGENT)), "Content-Type": "application/x-www-form-urlencoded"}
    assert (await api.http.post(f"{PAGE}/add_note", headers=headers, content=body)).status_code == 400


async def test_json_is_no_form_and_a_book_is_too_long(api: Api) -> None:
    who = await api.person(AGENT)
    assert (await api.http.post(f"{PAGE}/add_note", headers=who, json={"text": "x"})).status_code == 415
    assert (await post(api, f"{PAGE}/add_note", who, text="x" * 300_000)).status_code == 413
