"""Around a case: search, filters, the customer's other cases and the order, templates of replies, what went wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.money import Money
from domain.people import CustomerProfile, Language, OrderSummary
from domain.shop.errors import ShopUnavailableError
from domain.shop.orders import Order, OrderLine
from domain.shop.values import Address, PaymentMethod
from starter.api.guarded import SESSION_COOKIE
from starter.doors import Store
from tests.readmodel.projections import projection, task
from tests.starter.api.calling import AGENT, CASE, COLLEAGUE, LEAD, NOBODY, NOON, SUPERVISOR, Api, task_of, view_of
from tests.starter.desk.test_pages import NASTY, OWNED, PAGE, post, show_in_inbox

CNY = Money(minor=9_900, currency="CNY")
SUMMARY = OrderSummary(id="O1", customer_id="K1", status="delivered", placed_at=NOON)


def order_with(*lines: OrderLine) -> Order:
    address = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN")
    fixed: dict[str, Any] = {"customer_id": "K1", "currency": "CNY", "placed_at": NOON, "address": address}
    money: dict[str, Any] = {"shipping": CNY, "total": CNY, "payment_method": PaymentMethod.ALIPAY}
    return Order(id="O1", number="202600001", lines=lines, **fixed, **money)


def line(number: int, coming: int = 0) -> OrderLine:
    pieces: dict[str, Any] = {"quantity": 9, "fulfilled": 9, "shipped": 9, "delivered": 9, "return_requested": coming}
    return OrderLine(
        id=f"L{number}", variant_id=f"v{number}", title=f"Kettle {number}", category="kitchen", unit_price=CNY, **pieces
    )


def sold(monkeypatch: pytest.MonkeyPatch, store: Store, answer: Order | Exception | None) -> None:
    """What the shop says of the order."""

    async def whole_order(order_id: str) -> Order | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(store.orders, "whole_order", whole_order)


# --- search and filters -------------------------------------------------------------------------------------------

ABOUT_O77 = {"customer_id": "K77", "order_id": "O77", "order_number": "1042"}


async def test_search_finds_by_customer_order_and_words_what_somebody_may_see(api: Api) -> None:
    await show_in_inbox(api, "CSEARCHAAAAAA2", subject=f"The samovar {NASTY}", **ABOUT_O77)
    await show_in_inbox(api, "CSEARCHAAAAAA3", subject="samovar too", team="phone", tasks=(task(team="phone"),))
    who = await api.person(AGENT)
    for sought in ("K77", "O77", "1042", "%231042", "%23+1042", "SAMOVAR"):
        page = (await api.get(f"/desk/search?q={sought}", who)).text
        assert "/desk/cases/CSEARCHAAAAAA2" in page
        assert "CSEARCHAAAAAA3" not in page
        assert "Found: 1" in page
        assert "<script>" not in page
    assert "Found: 2" in (await api.get("/desk/search?q=samovar", await api.person(SUPERVISOR))).text
    assert "Found: 0" in (await api.get("/desk/search?q=%25", who)).text


async def test_number_of_a_case_leads_straight_to_it(api: Api) -> None:
    answered = await api.get(f"/desk/search?q=+{CASE.lower()}+", await api.person(AGENT))
    assert (answered.status_code, answered.headers["Location"]) == (303, PAGE)


async def test_inbox_is_narrowed_down_by_channel_and_priority(api: Api) -> None:
    await show_in_inbox(api, "CFILTERAAAAAA2", subject="by phone", channel="phone", priority="urgent")
    await show_in_inbox(api, "CFILTERAAAAAA3", subject="by chat", channel="chat")
    who = await api.person(AGENT)
    page = (await api.get("/desk?channel=phone&priority=urgent", who)).text
    assert "by phone</a>" in page
    assert "by chat</a>" not in page
    assert re.search(r'<option value="phone" selected>', page)
    assert "by chat</a>" in (await api.get("/desk?channel=pigeon&priority=<b>", who)).text


# --- order and other cases ----------------------------------------------------------------------------------------


async def test_page_names_the_order_as_its_customer_does_and_beside_that_as_the_shop_does(api: Api) -> None:
    api.service.view = view_of(
        case_type="return", subject="Order 1042: refund", order_id="order_01J", order_number="1042"
    )
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert "<h1>Order 1042: refund</h1>" in page
    assert "<dd>1042 <small>order_01J</small></dd>" in page


async def test_other_cases_are_shown_as_far_as_somebody_may_see_them(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.service.view = view_of(customer=CustomerProfile(id="K88"), order=SUMMARY)
    sold(monkeypatch, api.store, order_with(line(1, coming=2)))
    for number, team in ((2, "online"), (3, "phone")):
        shown = projection(f"CAROUNDAAAAAA{number}", at=NOON, customer_id="K88", subject=f"of {team}", team=team)
        assert await api.store.readmodel.write(shown)
    page = (await api.get(f"{PAGE}/around", await api.person(AGENT))).text
    assert "of online</a>" in page
    assert "of phone" not in page
    assert "1 more with other teams" in page
    assert "Kettle 1" in page
    assert "(2 on the way)" in page
    assert "Rose Street" not in page
    everything = (await api.get(f"{PAGE}/around", await api.person(SUPERVISOR))).text
    assert "of phone</a>" in everything


@pytest.mark.parametrize("answer", [ShopUnavailableError("no answer"), None])
async def test_shop_that_says_nothing_leaves_the_page_as_it_is(
    api: Api, monkeypatch: pytest.MonkeyPatch, answer: Exception | None
) -> None:
    api.service.view = view_of(order=SUMMARY)
    sold(monkeypatch, api.store, answer)
    page = await api.get(f"{PAGE}/around", await api.person(AGENT))
    assert page.status_code == 200
    assert "says nothing about order O1" in page.text


async def test_inspection_begins_with_what_was_announced(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = task_of(**{**OWNED, "kind": "inspect_goods"})
    api.service.view = view_of(case_type="return", status="inspecting", tasks=(mine,), order=SUMMARY)
    sold(monkeypatch, api.store, order_with(line(1), *(line(number, coming=number) for number in range(2, 9))))
    page = (await api.get(PAGE, await api.person(AGENT))).text
    assert re.findall(r'<option value="(L\d)" selected>Kettle', page) == [f"L{number}" for number in range(2, 9)]
    assert re.findall(r'name="items.(\d).sound"\s+value="(\d)"', page)[0] == ("0", "2")
    answered = await post(
        api,
        f"{PAGE}/complete_task",
        await api.person(AGENT),
        task_id="T1",
        **{
            "items.0.line_id": "L2",
            "items.0.sound": "1",
            "items.0.damaged": "1",
            "items.0.accepted": "true",
            "items.1.line_id": "",
            "items.1.sound": "0",
        },
    )
    assert answered.status_code == 303
    [(_, _, request)] = api.service.asked
    assert request.model_dump()["form"]["items"] == [{"line_id": "L2", "sound": "1", "damaged": "1", "accepted": True}]


# --- templates of replies -----------------------------------------------------------------------------------------


async def test_template_is_kept_by_those_who_lead_and_goes_behind_what_was_typed(api: Api) -> None:
    lead, agent = await api.person(LEAD), await api.person(AGENT)
    words = {"name": "Late", "language": "en", "text": "Order {order} of case {case} is late. {me}"}
    assert (await post(api, "/desk/replies", agent, **words)).status_code == 403
    assert (await post(api, "/desk/replies", lead, **words)).status_code == 303
    assert (await post(api, "/desk/replies", lead, **{**words, "text": words["text"] + NASTY})).status_code == 303
    listed = (await api.get("/desk/replies", agent)).text
    assert listed.count("<h2>Late</h2>") == 1
    assert "<script>" not in listed
    assert "/desk/replies/remove" not in listed
    api.service.view = view_of(
        tasks=(task_of(**OWNED),), customer=CustomerProfile(id="K1", language=Language.EN), order=SUMMARY
    )
    assert f"Order O1 of case {CASE} is late. {AGENT}" in (await api.get(PAGE, agent)).text
    sent = {"template": "Late:en", "text": "Dear customer,", "request_id": "f-9"}
    page = (await post(api, f"{PAGE}/insert_reply", agent, **sent)).text
    assert f"Dear customer,\n\nOrder O1 of case {CASE} is late. {AGENT}&lt;script&gt;" in page
    assert 'name="request_id" value="f-9"' in page
    assert api.service.asked == []
    assert (await post(api, "/desk/replies/remove", lead, name="Late", language="en")).status_code == 303
    assert "<h2>Late</h2>" not in (await api.get("/desk/replies", agent)).text


async def test_template_with_a_slip_of_the_pen_is_refused_and_stays_typed(api: Api) -> None:
    sent = {"name": "Odd", "language": "en", "text": "Dear {costumer}"}
    answered = await post(api, "/desk/replies", await api.person(LEAD), **sent)
    assert answered.status_code == 422
    assert "Dear {costumer}</textarea>" in answered.text
    assert "{costumer}" in answered.text.split('role="alert"')[1][:400]


# --- pages that are fresh, and pages that are none ----------------------------------------------------------------


async def test_page_that_refreshes_itself_tells_what_is_new_and_one_with_typed_words_stays(api: Api) -> None:
    api.service.view = view_of(tasks=(task_of(**OWNED),), last_seq=2)
    who = await api.person(AGENT)
    assert f'hx-get="{PAGE}?since=2"' in (await api.get(PAGE, who)).text
    assert "The case has moved on:" not in (await api.get(f"{PAGE}?since=2", who)).text
    refused = await post(api, f"{PAGE}/complete_task", who, task_id="T1", goodwill="a lot")
    assert 'hx-get="/desk/cases' not in refused.text.replace("/around", "").split('id="live"')[0]


async def test_times_are_those_of_the_browser_once_it_has_told(api: Api) -> None:
    api.service.view = view_of()
    who = await api.person(AGENT)
    cookie = who["Cookie"]
    there = (await api.get(PAGE, {"Cookie": f"{cookie}; duecourse_zone=Asia%2FShanghai"})).text
    assert "16:00</time>" in there or "16:00 ·" in there
    assert "Times are those of Asia/Shanghai." in there
    odd = (await api.get(PAGE, {"Cookie": f"{cookie}; duecourse_zone=..%2Fetc"})).text
    assert "Times are those of" not in odd


@pytest.mark.parametrize(
    ("path", "status"),
    [("/desk/nowhere", 404), ("/desk/cases/x", 404), (f"{PAGE}?since=x", 422), ("/desk/take-next", 405)],
)
async def test_whatever_goes_wrong_at_the_desk_is_a_page(api: Api, path: str, status: int) -> None:
    answered = await api.get(path, await api.person(AGENT))
    assert answered.status_code == status
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>There is nothing to show here</h1>" in answered.text


async def test_what_breaks_at_the_desk_is_a_page_and_a_problem_elsewhere(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(api.store.readmodel, "tasks", broken)
    who = await api.person(COLLEAGUE)
    at_the_desk, elsewhere = await api.get("/desk", who), await api.get("/v1/tasks", who)
    assert (at_the_desk.status_code, elsewhere.status_code) == (500, 500)
    assert "系统出错了" in at_the_desk.text
    assert elsewhere.json()["code"] == "unexpected"


async def test_refusal_is_told_in_the_language_of_whoever_reads(api: Api) -> None:
    who = {**(await api.person("online-03")), "Accept-Language": "zh-CN"}
    page = (await api.get("/desk/nowhere", {**NOBODY, "Accept-Language": "zh-CN"})).text
    assert "没有此页面" in page
    api.service.view = view_of(team="phone")
    page = (await api.get(PAGE, who)).text
    assert "此工单现由以下团队处理：" in page
    assert "phone" not in page.split("此工单现由以下团队处理：")[1].split("</strong>")[0]
    assert SESSION_COOKIE in who["Cookie"]
