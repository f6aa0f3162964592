"""People sign in, act with the cookie, and sign out; pages of other sites do not."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from httpx import Response

from starter.api.guarded import SESSION_COOKIE
from tests.starter.api.calling import AGENT, AUDITOR, CASE, NOBODY, PASSWORD, Api, Who, problem


async def sign_in(api: Api, staff_id: str = AGENT, password: str = PASSWORD, **headers: str) -> Response:
    await api.person(staff_id)
    api.http.cookies.clear()
    return await api.http.post("/v1/session", headers=headers, json={"staff_id": staff_id, "password": password})


async def test_session_is_in_a_cookie_that_no_script_reads_and_no_other_site_sends(api: Api) -> None:
    answered = await sign_in(api)
    assert (answered.status_code, answered.json()["id"]) == (201, AGENT)
    cookie = SimpleCookie(answered.headers["Set-Cookie"])[SESSION_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert cookie.value not in answered.text


async def test_who_has_signed_in_is_known_until_they_sign_out(api: Api) -> None:
    await sign_in(api)
    token = api.http.cookies[SESSION_COOKIE]
    assert (await api.get("/v1/me", NOBODY)).json() == {"id": AGENT, "role": "agent", "teams": ["online"], "scopes": []}
    assert (await api.http.delete("/v1/session")).status_code == 204
    problem(await api.get("/v1/me", {"Cookie": f"{SESSION_COOKIE}={token}"}), 401, "unauthenticated")
    assert (await api.http.delete("/v1/session")).status_code == 204


async def test_auditor_is_one_by_their_account(api: Api) -> None:
    await sign_in(api, AUDITOR)
    assert (await api.get("/v1/me", NOBODY)).json()["role"] == "auditor"


async def test_wrong_password_and_unknown_account_are_told_alike(api: Api) -> None:
    wrong = problem(await sign_in(api, password="not that one, no"), 401, "unauthenticated")
    unknown = await api.http.post("/v1/session", json={"staff_id": "nobody-99", "password": PASSWORD})
    assert problem(unknown, 401, "unauthenticated")["detail"] == wrong["detail"]
    assert "Set-Cookie" not in unknown.headers


async def test_passwords_are_not_tried_out(api: Api) -> None:
    answers = [await sign_in(api, password=f"guess number {number}") for number in range(11)]
    assert {one.status_code for one in answers[:10]} == {401}
    problem(answers[10], 429, "rate_limited")
    problem(await sign_in(api), 429, "rate_limited")


async def test_disabled_account_is_signed_out_at_once(api: Api) -> None:
    who = await api.person("online-09")
    assert (await api.get("/v1/me", who)).status_code == 200
    await api.gate.accounts.disable("online-09")
    problem(await api.get("/v1/me", who), 401, "unauthenticated")


async def test_account_of_somebody_in_no_team_opens_nothing(api: Api) -> None:
    problem(await api.get("/v1/me", await api.person("gone-01")), 403, "not_allowed")
    problem(await sign_in(api, "gone-01"), 403, "not_allowed")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_page_of_another_site_writes_nothing_with_our_cookie(api: Api, headers: dict[str, str]) -> None:
    who: Who = {**(await api.person(AGENT)), **headers}
    problem(await api.verb("add_note", who, text="x"), 403, "not_allowed")
    problem(await sign_in(api, **headers), 403, "not_allowed")
    assert api.service.asked == []


async def test_own_page_writes_and_a_key_is_not_asked_where_it_comes_from(api: Api) -> None:
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://api.test"}
    assert (await api.verb("add_note", {**(await api.person(AGENT)), **own}, text="x")).status_code == 200
    away = {"Origin": "https://elsewhere.example"}
    assert (await api.verb("customer_reply", {**(await api.system()), **away}, text="x")).status_code == 200
    assert (await api.get(f"/v1/cases/{CASE}", {**(await api.person(AGENT)), **away})).status_code == 200
