"""The customer's page: what they are told, what they can do, and what nobody learns who has no good link."""

from __future__ import annotations

import re

import pytest
from httpx import ASGITransport
from structlog.testing import capture_logs

from activities.clock import wall_clock
from activities.notifications.templates import Letter
from domain.catalog import CASE_TYPES
from domain.complaint.machine import ComplaintStatus
from domain.deeds import DeliveryReport, DeliveryState, MessageOrder
from domain.delivery.messages import DeliveryOutcome
from domain.errors import WrongStatusError
from domain.messages import Promise
from domain.people import Actor, DeliveryChannel, Language, Role
from domain.returns.messages import ReturnOutcome
from domain.sla.rules import ClockKind
from domain.sla.spans import HOUR
from domain.templates import Doing, TemplateName
from domain.timeline import Entry
from starter.access.limiting import Limiter
from starter.access.rules import CUSTOMER_VERBS
from starter.desk.customer.offered import offered
from starter.desk.customer.standing import SAID, standing_key
from starter.desk.texts import catalogue
from starter.refusals import UnavailableError
from tests.starter.api.calling import AGENT, CASE, NOON, Api, task_of
from tests.starter.command_line import CUSTOMER, charter
from tests.starter.desk.customer.visiting import case, link, page, send, ticking, write

NASTY = "<script>alert('x')</script>\"'><img src=x>"


# --- who comes in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", ["x", f"{CASE}-7a120-{'a' * 32}", f"{CASE}-ffffffff-{'b' * 32}", "..%2f..%2fdesk", "%00"]
)
async def test_link_that_is_none_of_ours_opens_nothing(api: Api, wrong: str) -> None:
    api.service.view = case(subject="secret matter")
    answered = await api.http.get(f"/my/{wrong}")
    assert answered.status_code in (401, 404)
    assert "secret matter" not in answered.text
    assert "password" not in answered.text
    assert answered.status_code == 404 or "This link is not valid." in answered.text


async def test_link_of_one_case_opens_no_other_and_cannot_be_prolonged(api: Api) -> None:
    api.service.view = case()
    good = link(api)
    other = good.replace(CASE, "CBBBBBBBBBBBBB")
    hours = good.split("-")[1]
    later = good.replace(f"-{hours}-", f"-{int(hours, 16) + 1:x}-")
    assert [(await api.http.get(one)).status_code for one in (good, other, later)] == [200, 401, 401]


async def test_link_that_is_over_says_where_there_is_a_newer_one(api: Api) -> None:
    api.service.view = case(subject="secret matter")
    answered = await api.http.get(link(api, until=wall_clock() - HOUR))
    assert answered.status_code == 410
    assert "This link is too old" in answered.text
    assert "secret matter" not in answered.text


async def test_whoever_guesses_links_is_stopped_and_so_is_a_link_that_is_passed_round(api: Api) -> None:
    transport = api.http._transport
    assert isinstance(transport, ASGITransport)
    limits = Limiter("9/minute", wrong_keys="2/minute", customers="3/minute", customers_writes="1/hour")
    object.__setattr__(api.gate, "limiter", limits)
    api.service.view = case()
    assert [(await api.http.get("/my/x")).status_code for _ in range(3)] == [401, 401, 429]
    assert (await write(api, "one")).status_code == 303
    refused = await write(api, "two")
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert [verb for _, verb, _ in api.service.asked] == ["customer_reply"]
    assert [(await api.http.get(link(api))).status_code for _ in range(2)] == [200, 429]


async def test_case_that_is_gone_is_a_page_that_says_so(api: Api) -> None:
    api.service.view = None
    answered = await api.http.get(link(api))
    assert (answered.status_code, "<h1>" in answered.text) == (404, True)


async def test_address_that_is_none_is_a_page_too_and_so_is_code_that_broke(api: Api) -> None:
    api.service.view = case()
    for method, path in (("GET", f"{link(api)}/nowhere"), ("PUT", link(api)), ("GET", f"{link(api)}/files/x")):
        answered = await api.http.request(method, path)
        assert (answered.status_code in (404, 405, 422), "<h1>" in answered.text) == (True, True)

    def breaks(verb: str) -> None:
        raise RuntimeError(f"{verb}: {NASTY}")

    api.service.refuses = breaks
    answered = await send(api, "withdraw", text="private words")
    assert (answered.status_code, "Something went wrong" in answered.text) == (500, True)
    assert "private words" not in answered.text


async def test_log_has_neither_link_nor_customer_nor_their_words(api: Api) -> None:
    api.service.view = case(subject="private subject")
    with capture_logs() as events:
        await api.http.get(link(api))
        await write(api, "private words", ("private name.png", b"no picture"))
        await api.http.get(f"/my/{CASE}-7a120-{'a' * 32}")
    said = str(events)
    assert len(events) >= 3
    assert [private for private in ("private", "-7a120-", link(api)[4:], CUSTOMER) if private in said] == []


async def test_address_of_the_page_is_told_to_nobody_and_kept_nowhere(api: Api) -> None:
    api.service.view = case()
    answered = await api.http.get(link(api))
    assert answered.headers["Referrer-Policy"] == "no-referrer"
    assert answered.headers["Cache-Control"] == "no-store"
    assert "noindex" in answered.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answered.headers
    assert re.findall(r"<style| style=| on[a-z]+=|<script", answered.text) == []


# --- what they are told -------------------------------------------------------------------------------------------


async def test_page_says_where_the_case_stands_and_by_when_they_hear_from_us(api: Api) -> None:
    clocks = [ticking(ClockKind.STATUS_UPDATE, NOON), ticking(ClockKind.TIER, NOON + 1)]
    promise = Promise(id="P1", text="A new kettle", made_by=AGENT, made_at=NOON, due=NOON + HOUR)
    told = await page(api, case(clocks=clocks, promises=[promise], facts={"doing": "queued"}))
    assert "waits for the next colleague who is free" in told
    assert charter().complaint.tiers[1].name[Language.EN] in told
    assert "15 Jan 2027, 16:00 (UTC+08:00)" in told
    assert "Settled there or escalated by" in told
    assert "A new kettle" in told
    chinese = await page(api, case(clocks=clocks, facts={"doing": "queued"}), "?language=zh-CN")
    assert '<html lang="zh-CN">' in chinese
    assert "2027年1月15日 16:00" in chinese


async def test_page_tells_nothing_of_what_goes_on_inside(api: Api) -> None:
    inside = Entry(seq=1, at=NOON, what="note_added", by=AGENT, text="The customer is difficult")
    reply = Entry(seq=2, at=NOON, what="replied", by=AGENT, text="Not delivered yet")
    api.service.entries = [inside, reply]
    task = task_of(owner=AGENT, draft="half a thought", brief={"tried": "nothing"})
    told = await page(api, case(tasks=(task,), breached=True, facts={"severity": "severe", "type": "quality"}))
    for secret in ("difficult", "Not delivered yet", "half a thought", AGENT, "severe", "charter@", CUSTOMER):
        assert secret not in told


async def test_conversation_is_what_arrived_and_what_they_said_newest_first(api: Api) -> None:
    for number, state in enumerate([DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN]):
        await deliver(api, "CTALKAAAAAAAAA", f"m{number}", state)
    api.service.entries = [
        Entry(seq=1, at=NOON, what="customer_replied", by=CUSTOMER, text=NASTY),
        Entry(seq=2, at=NOON + 1, what="solution_rejected", by=CUSTOMER, text="It still leaks"),
    ]
    api.service.view = case(case_id="CTALKAAAAAAAAA", description="From the beginning", opened_at=1)
    told = (await api.http.get(link(api, "CTALKAAAAAAAAA"))).text
    assert "Body of m0" in told
    assert "Body of m1" not in told
    assert "Body of m2" not in told
    assert "&lt;script&gt;" in told
    assert "<img" not in told
    order = [told.index(words) for words in ("Body of m0", "It still leaks", "&lt;script&gt;", "From the beginning")]
    # What was delivered bears the time at which it was, which is today.
    assert order[1:] == sorted(order[1:])
    assert "You did not accept our solution" in told


async def test_case_that_came_out_of_this_one_has_its_page_as_long_as_this_link_lasts(api: Api) -> None:
    told = await page(api, case(linked=("RAAAAAAAAAAAAA",)))
    [other] = re.findall(r'href="(/my/RAAAAAAAAAAAAA[^?"]+)', told)
    assert other.split("-")[1] == link(api).split("-")[1]
    assert (await api.http.get(other)).status_code == 200


async def deliver(api: Api, case_id: str, key: str, state: DeliveryState) -> None:
    order = MessageOrder(
        case_id=case_id,
        key=key,
        channel=DeliveryChannel.EMAIL,
        customer_id=CUSTOMER,
        language=Language.EN,
        zone="UTC",
        policy="charter",
        template=TemplateName.AGENT_MESSAGE,
        words={},
    )
    report = DeliveryReport(state=state, channel=DeliveryChannel.EMAIL)
    await api.store.deliveries.write(key, order, report, Letter("About it", f"Body of {key}"))


def test_every_way_in_which_a_case_can_stand_has_words() -> None:
    said = {key.removeprefix("stands.") for key in catalogue() if key.startswith("stands.")}
    statuses = {f"{one.name}_{status}" for one in CASE_TYPES.values() for status in (*one.under_way, *one.over)}
    statuses -= {"complaint_resolved"}  # only search attributes call it so
    statuses |= {f"complaint_{status}" for status in ComplaintStatus} | {f"complaint_{doing}" for doing in Doing}
    ends = {"complaint_closed_accepted", "complaint_closed_no_answer"}
    ends |= {f"return_closed_{one}" for one in ReturnOutcome if one not in ("refused", "lapsed", "withdrawn")}
    ends |= {f"delivery_resolved_{one}" for one in DeliveryOutcome if one != "closed"}
    assert said == statuses | ends


def test_end_with_words_of_its_own_is_told_in_them() -> None:
    assert standing_key(case("closed", outcome="no_answer")) == "complaint_closed_no_answer"
    assert standing_key(case("closed", outcome="closed_by_supervisor")) == "complaint_closed"
    assert standing_key(case("summarising", outcome="accepted", facts={"doing": "queued"})) == "complaint_summarising"
    assert standing_key(case("closed", "return", outcome="repaired")) == "return_closed_repaired"


def test_every_form_choice_and_thanks_has_words() -> None:
    for what in (*CUSTOMER_VERBS, "reply", "survey"):
        assert {f"my.form_{what}", f"my.done_{what}"} <= {*catalogue()}
    assert {f"my.choice_{what}" for what in SAID - {"customer_replied"}} <= {*catalogue()}


# --- what they can do ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case_type", "status", "actions", "verbs"),
    [
        ("complaint", "in_progress", ("climb", "withdraw"), {"withdraw"}),
        ("complaint", "solution_offered", ("accept", "reject", "withdraw"), {"answer_solution", "withdraw"}),
        ("complaint", "summarising", ("reopen", "wrap_up"), set()),
        ("complaint", "closed", ("reopen",), {"reopen"}),
        ("complaint", "merged", (), set()),
        ("order_change", "awaiting_answer", ("withdraw",), {"answer_change", "withdraw_change"}),
        ("order_change", "committing", (), set()),
        ("return", "awaiting_answer", ("withdraw",), {"answer_return", "withdraw_return"}),
        ("return", "awaiting_parcel", ("withdraw",), {"report_sent", "withdraw_return"}),
        ("return", "confirming", ("close",), {"rate_return"}),
        ("delivery", "deciding", ("wait",), set()),
    ],
)
async def test_page_offers_what_makes_sense_now(
    api: Api, case_type: str, status: str, actions: tuple[str, ...], verbs: set[str]
) -> None:
    view = case(status, case_type, actions=actions)
    assert {*offered(view)} == verbs
    forms = set(re.findall(r'action="/my/[^/"]+/(\w+)\?', await page(api, view)))
    over = status in CASE_TYPES[case_type].over
    also = ({"survey"} if (over and status != "merged") or status == "summarising" else set()) | (
        set() if over else {"reply"}
    )
    assert forms == verbs | also


async def test_customer_accepts_the_solution_as_themselves(api: Api) -> None:
    view = case("solution_offered", actions=("accept",), facts={"solution": NASTY, "goodwill": "20.00 CNY"})
    told = await page(api, view)
    assert "20.00 CNY" in told
    assert "&lt;script&gt;" in told
    answered = await send(api, "answer_solution", satisfied="true", score="5", text="Thank you", request_id="a-1")
    assert answered.status_code == 303
    assert answered.headers["Location"].startswith(f"{link(api)}?language=en&done=answer_solution")
    [(case_id, verb, request)] = api.service.asked
    assert (case_id, verb, request.request_id) == (CASE, "answer_solution", "a-1")
    assert request.actor == Actor(id=CUSTOMER, role=Role.CUSTOMER)
    assert request.model_dump(include={"satisfied", "score", "text"}) == {
        "satisfied": True,
        "score": 5,
        "text": "Thank you",
    }
    assert "Thank you for your answer" in await page(api, view, "?done=answer_solution")


async def test_price_is_answered_together_with_the_amount_that_was_shown(api: Api) -> None:
    told = await page(
        api, case("awaiting_answer", "order_change", facts={"collect": "12.50 CNY", "after": "99.00 CNY"})
    )
    assert '<input type="hidden" name="amount" value="12.50 CNY">' in told
    assert (await send(api, "answer_change", accepted="false", amount="12.50 CNY")).status_code == 303
    [(_, _, request)] = api.service.asked
    assert request.model_dump(include={"accepted", "amount"}) == {
        "accepted": False,
        "amount": {"minor": 1250, "currency": "CNY"},
    }


async def test_refusal_stands_beside_the_form_and_what_was_typed_stays(api: Api) -> None:
    api.service.view = case("solution_offered", actions=("accept",))
    answered = await send(api, "answer_solution", satisfied="true", score="9", text="So be it")
    assert answered.status_code == 422
    form = re.search(r'<form[^>]*id="answer_solution".*?</form>', answered.text, re.DOTALL)
    assert form
    assert 'role="alert"' in form[0]
    assert "So be it</textarea>" in form[0]
    assert api.service.asked == []


async def test_words_are_kept_even_if_the_case_has_moved_on_meanwhile(api: Api) -> None:
    api.service.view = case("closed", actions=("reopen",))
    api.service.refuses = lambda _: WrongStatusError("the case is closed")
    answered = await write(api, "Half an hour of typing")
    assert answered.status_code == 409
    assert "Half an hour of typing" in answered.text


async def test_form_that_nobody_answered_keeps_its_name_so_that_it_is_done_once(api: Api) -> None:
    api.service.view = case()
    api.service.refuses = lambda _: UnavailableError("nobody answers")
    answered = await write(api, "Hello", request_id="c-once")
    assert answered.status_code == 503
    assert 'name="request_id" value="c-once"' in answered.text


@pytest.mark.parametrize("what", ["claim_task", "close_case", "extend_clock", "add_note", "send_update_now"])
async def test_customer_can_ask_nothing_that_is_for_the_staff(api: Api, what: str) -> None:
    api.service.view = case()
    assert (await send(api, what, reason="please", task_id="T1")).status_code == 404
    assert api.service.asked == []


async def test_every_control_has_a_label(api: Api) -> None:
    for view in (
        case("solution_offered", actions=("accept", "withdraw")),
        case("awaiting_answer", "return", actions=("withdraw",), facts={"price": "5.00 CNY"}),
        case("confirming", "return"),
        case("closed", actions=("reopen",)),
    ):
        told = await page(api, view)
        controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*?\bid="([^"]+)"', told)
        assert len(controls) > 2
        assert len(controls) == len(re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")', told))
        assert [one for one in controls if f'<label for="{one}"' not in told] == []
        assert len(controls) == len({*controls})
