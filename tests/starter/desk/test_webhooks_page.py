"""The page of outgoing webhooks: supervisors change them as the API does, auditors read, nobody else sees them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, select, update

from activities.store.subscription_tables import OUTGOING_EVENTS, SUBSCRIPTIONS
from activities.subscriptions.outgoing import Sent
from domain.lines import LINE_NAMES
from starter.desk.texts import catalogue
from starter.doors import Store
from tests.starter.api.calling import AGENT, AUDITOR, LEAD, NOON, SUPERVISOR, Api
from tests.starter.desk.test_pages import post

HOOK = "https://93.184.215.14/hooks/9f2c?key=hidden"
PAGE = "/desk/webhooks"


@pytest.fixture(autouse=True)
async def emptied(store: Store) -> AsyncIterator[None]:
    yield
    async with store.engine.begin() as connection:
        for table in (SUBSCRIPTIONS, OUTGOING_EVENTS):
            await connection.execute(delete(table))


async def added(api: Api, **fields: str) -> str:
    """Add one in the form; returns the page that tells its secret."""
    given = {"name": "my-shop", "url": HOOK, **fields}
    answered = await post(api, PAGE, await api.person(SUPERVISOR), **given)
    assert answered.status_code == 200, answered.text
    return answered.text


async def test_secret_is_told_once_and_what_was_asked_for_stands_on_the_page(api: Api) -> None:
    told = await added(api, **{"event.task_offered": "true"})
    [secret] = re.findall(r"whsec_[\w+/=]+", told)
    page = (await api.get(PAGE, await api.person(SUPERVISOR))).text
    assert secret not in page
    assert html.escape(HOOK) in page
    assert "<dd>task offered</dd>" in page
    again = await post(api, PAGE, await api.person(SUPERVISOR), name="my-shop", url=HOOK)
    assert (again.status_code, again.headers["location"]) == (303, PAGE)
    assert "everything that happens" in (await api.get(PAGE, await api.person(SUPERVISOR))).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "https://127.0.0.1:9/"}, "This address must not be reached"),
        ({"url": "http://93.184.215.14/"}, "This address must not be reached"),
        ({"url": "file:///etc/passwd"}, "expected https://host/path"),
        ({"name": "No Name"}, "name"),
        ({"event.no_such_line": "true"}, "expected the name of a timeline line"),
    ],
)
async def test_what_the_api_refuses_is_refused_here_and_stays_in_the_form(
    api: Api, wrong: dict[str, str], said: str
) -> None:
    answered = await post(api, PAGE, await api.person(SUPERVISOR), **{"name": "till", "url": HOOK, **wrong})
    assert answered.status_code == 422
    assert said in answered.text.split('role="alert"')[1]
    assert f'value="{html.escape(wrong.get("url", HOOK))}"' in answered.text
    assert "There is no" in answered.text or "Nobody has subscribed yet." in answered.text


async def test_what_was_given_up_on_is_shown_with_its_answer_and_sent_again(api: Api, store: Store) -> None:
    await added(api)
    who = await api.person(SUPERVISOR)
    assert (await post(api, f"{PAGE}/ping", who, name="my-shop")).headers["location"] == f"{PAGE}#my-shop"
    failed = {"state": Sent.GIVEN_UP.value, "attempts": 9, "ended_at": NOON, "detail": "answered 404"}
    async with store.engine.begin() as connection:
        await connection.execute(update(OUTGOING_EVENTS).values(failed))
        await connection.execute(update(SUBSCRIPTIONS).values(failures=3, last_error="answered 500"))
    page = (await api.get(PAGE, who)).text
    for said in ("given up", "answered 404", "<td>9</td>", "answered 500"):
        assert said in page
    assert (await post(api, f"{PAGE}/send-again", who, name="my-shop")).status_code == 303
    async with store.engine.connect() as connection:
        [event] = (await connection.execute(select(OUTGOING_EVENTS.c.state, OUTGOING_EVENTS.c.attempts))).all()
    assert tuple(event) == (Sent.WAITING.value, 0)


async def test_one_that_has_ended_says_so_and_is_not_tried_until_it_is_saved_again(api: Api, store: Store) -> None:
    await added(api)
    async with store.engine.begin() as connection:
        await connection.execute(update(SUBSCRIPTIONS).values(disabled_at=NOON))
    who = await api.person(SUPERVISOR)
    page = (await api.get(PAGE, who)).text
    assert "the receiver wants no more" in page
    assert f"{PAGE}/send-again" not in page
    assert (await post(api, f"{PAGE}/send-again", who, name="my-shop")).status_code == 409
    await post(api, PAGE, who, name="my-shop", url=HOOK)
    assert f"{PAGE}/send-again" in (await api.get(PAGE, who)).text


async def test_one_that_is_turned_off_is_gone(api: Api) -> None:
    await added(api)
    who = await api.person(SUPERVISOR)
    assert (await post(api, f"{PAGE}/remove", who, name="my-shop")).status_code == 303
    assert "Nobody has subscribed yet." in (await api.get(PAGE, who)).text
    assert (await post(api, f"{PAGE}/remove", who, name="my-shop")).status_code == 404


async def test_auditors_read_no_more_of_an_address_than_its_host_and_change_nothing(api: Api) -> None:
    await added(api)
    who = await api.person(AUDITOR)
    page = (await api.get(PAGE, who)).text
    assert "https://93.184.215.14/…" in page
    assert "9f2c" not in page
    assert '<form method="post" action="/desk/webhooks' not in page
    assert (await post(api, PAGE, who, name="my-shop", url=HOOK)).status_code == 403


@pytest.mark.parametrize("staff_id", [AGENT, LEAD])
async def test_those_who_work_on_cases_see_no_webhooks(api: Api, staff_id: str) -> None:
    who = await api.person(staff_id)
    assert (await api.get(PAGE, who)).status_code == 403
    assert PAGE not in (await api.get("/desk", who)).text


async def test_form_of_another_site_subscribes_nobody(api: Api) -> None:
    who = {**await api.person(SUPERVISOR), "Origin": "https://elsewhere.example"}
    assert (await post(api, PAGE, who, name="my-shop", url=HOOK)).status_code == 403
    assert "Nobody has subscribed yet." in (await api.get(PAGE, await api.person(SUPERVISOR))).text


def test_every_line_that_can_be_ticked_has_a_name_in_every_language() -> None:
    assert [line for line in LINE_NAMES if f"entry.{line}" not in catalogue()] == []
