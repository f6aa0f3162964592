"""Words that are not sent yet: drafts in the form that they are for, and what stays when somebody else was quicker."""

from __future__ import annotations

import re

import pytest

from domain.errors import TaskAlreadyClaimedError, TaskNotYoursError
from domain.messages import SaveDraft
from domain.people import CustomerProfile, Language
from domain.timeline import Entry
from starter.desk.forms import body_model, draft_of, fields_for
from starter.desk.replies import ReplyTemplate, values_for
from starter.desk.texts import Texts
from tests.starter.api.calling import AGENT, CASE, NOON, Api, task_of, view_of
from tests.starter.desk.test_pages import OWNED, PAGE, post


def form_in(page: str, name: str) -> str:
    [found] = re.findall(rf'<form[^>]*id="{name}".*?</form>', page, re.DOTALL)
    return str(found)


async def test_kept_draft_stands_in_the_form_of_whoever_has_the_task_and_says_so(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED, draft="Dear <b>Ann</b>"),))
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert "Dear &lt;b&gt;Ann&lt;/b&gt;</textarea>" in form_in(page, "complete_task-T1")
    assert "A kept draft stands in the form below." in page
    assert page.count("Dear &lt;b&gt;Ann") == 1
    colleague = (await api.get(PAGE, await api.person("online-02"))).text
    assert "<small>Draft</small><br>Dear &lt;b&gt;Ann" in colleague


async def test_draft_is_what_stands_in_the_tasks_form(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert f'formaction="{PAGE}/save_draft#T1" formnovalidate' in form_in(page, "complete_task-T1")
    assert 'id="save_draft-T1"' not in page
    filled = {"task_id": "T1", "request_id": "f-9", "solution": "Half a letter", "goodwill": "much"}
    answered = await post(api, f"{PAGE}/save_draft", await api.person(AGENT), **filled)
    assert answered.status_code == 303
    [(_, verb, request)] = api.service.asked
    assert isinstance(request, SaveDraft)
    assert (verb, request.draft) == ("save_draft", "Half a letter")


def test_draft_of_several_fields_keeps_the_words_of_all() -> None:
    view = view_of(tasks=(task_of(kind="root_cause"),))
    filled = {"root_cause": "A seal. ", "preventive_measure": "Another seal."}
    draft = draft_of(fields_for("complete_task", view, "T1"), filled, Texts(Language.EN))
    assert draft == "A seal.\n\nPreventive measure: Another seal."


async def test_draft_that_is_refused_is_the_tasks_form_again(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    filled = {"task_id": "T1", "request_id": "f-8", "solution": " ", "goodwill": "5.00 CNY"}
    answered = await post(api, f"{PAGE}/save_draft", await api.person(AGENT), **filled)
    assert answered.status_code == 422
    form = form_in(answered.text, "complete_task-T1")
    assert 'value="5.00 CNY"' in form
    assert 'value="f-8"' not in form
    assert 'role="alert"' in form


async def test_kind_without_a_field_for_words_keeps_its_draft_in_a_form_of_its_own(api: Api) -> None:
    """No kind of ours is so now, and a page that was drawn before still sends its draft by that name."""
    api.service.view = view_of(tasks=(task_of(**OWNED, kind="unheard_of", draft="Dear"),))
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert "Dear</textarea>" in form_in(page, "save_draft-T1")
    answered = await post(api, f"{PAGE}/save_draft", await api.person(AGENT), task_id="T1", draft="Dear Ann")
    assert answered.status_code == 303
    assert api.service.asked[0][2].model_dump()["draft"] == "Dear Ann"


async def test_browser_lands_at_the_refusal_with_the_words_under_their_names_and_nothing_to_send(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(owner="online-02"),))
    api.service.refuses = lambda _: TaskNotYoursError("task T1 is not yours: online-02 has it")
    filled = {"task_id": "T1", "request_id": "f-7", "solution": "A new one.", "goodwill": "5.00 CNY"}
    page = (await post(api, f"{PAGE}/complete_task", await api.person(AGENT), **filled)).text
    assert re.findall(r'<[^>]* id="T1"[^>]*>', page) == ['<div class="refusal" role="alert" id="T1" tabindex="-1">']
    form = form_in(page, "complete_task-T1")
    assert "Complete · Solution</label>" in form
    assert "Complete · Goodwill</label>" in form
    assert "A new one.</textarea>" in form
    assert "f-7" not in form
    assert "<button" not in form
    assert form.count("readonly") == 2


async def test_reply_that_comes_too_late_lands_at_its_refusal_too(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(owner="online-02"),))
    api.service.refuses = lambda _: TaskAlreadyClaimedError("taken by online-02")
    page = (await post(api, f"{PAGE}/reply", await api.person(AGENT), text="Half an hour of work")).text
    assert re.findall(r'<div[^>]* id="said"', page) == ['<div class="refusal" role="alert" id="said"']
    assert page.count('id="said"') == 1
    assert "Reply to the customer · Words</label>" in page


@pytest.mark.parametrize(("case_type", "waits"), [("complaint", True), ("order_change", False), ("return", False)])
def test_waiting_for_an_answer_is_offered_where_a_case_can(case_type: str, waits: bool) -> None:
    names = {field.name for field in fields_for("reply", view_of(case_type=case_type), None)}
    assert ("await_answer" in names) is waits
    assert "await_answer" in body_model("reply").model_fields


async def test_refusal_in_the_inbox_names_the_case(api: Api) -> None:
    api.service.view = view_of(subject="It <leaks>")
    api.service.refuses = lambda _: TaskAlreadyClaimedError("task T1 was taken", task="T1")
    fields = {"task_id": "T1", "from": "inbox"}
    page = (await api.http.post(f"{PAGE}/claim_task", headers=await api.person(AGENT), data=fields)).text
    refusal = page.split('role="alert"')[1].split("</div>")[0]
    assert f'<a href="{PAGE}">It &lt;leaks&gt;</a> ({CASE})' in refusal


@pytest.mark.parametrize("verb", ["claim_task", "complete_task", "reply", "insert_reply"])
async def test_reloading_what_a_form_led_to_goes_to_the_case(api: Api, verb: str) -> None:
    answered = await api.get(f"{PAGE}/{verb}", await api.person(AGENT))
    assert (answered.status_code, answered.headers["Location"]) == (303, PAGE)
    assert api.service.asked == []


async def test_whoever_gets_a_task_sees_who_handed_it_on_and_why(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED), task_of(id="T2", **OWNED)))
    api.service.entries = [
        Entry(seq=1, at=NOON, what="task_forwarded", by="phone-01", facts={"task": "T1", "reason": "first"}),
        Entry(seq=2, at=NOON, what="task_delegated", by="manager-01", facts={"task": "T1", "reason": "You know <her>"}),
        Entry(seq=3, at=NOON, what="task_claimed", by=AGENT, facts={"task": "T2"}),
    ]
    page = (await api.get(PAGE, await api.person(AGENT))).text
    first, second = page.split('id="T1"')[1].split("</article>")[0], page.split('id="T2"')[1].split("</article>")[0]
    assert "task handed to a colleague · manager-01" in first
    assert "You know &lt;her&gt;" in first
    assert "handed" not in second


async def test_only_what_others_did_is_news(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),))
    api.service.entries = [
        Entry(seq=2, at=NOON, what="replied", by=AGENT),
        Entry(seq=3, at=NOON, what="customer_replied", by="K1"),
    ]
    page = (await api.get(f"{PAGE}?since=1", await api.person(AGENT))).text
    news = page.split('id="moved"')[1].split("</p>")[0]
    assert "the customer wrote" in news
    assert "reply to the customer" not in news


async def test_reply_says_which_language_the_customer_reads(api: Api) -> None:
    customer = CustomerProfile(id="K1", language=Language.ZH_CN)
    api.service.view = view_of(tasks=(task_of(**OWNED),), customer=customer)
    page = (await api.http.get(PAGE, headers={**(await api.person(AGENT)), "Accept-Language": "en"})).text
    assert "Reply to the customer <small>(the customer reads Chinese)</small>" in page


def test_template_leaves_a_gap_where_a_case_is_about_no_order() -> None:
    template = ReplyTemplate(name="Order", language=Language.EN, text="Your order {order}. Regards")
    assert template.filled(values_for(view_of(), AGENT)) == "Your order ____. Regards"
