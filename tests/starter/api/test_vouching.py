"""Signing in at a real OpenID Connect server, in the browser and with tokens; and who is not believed."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr
from sqlalchemy import delete
from temporalio.client import Client

from activities.store.access_tables import OIDC_PEOPLE
from domain.errors import InvalidInputError
from runtime.settings import Settings
from starter.access.gate import Gate
from starter.access.oidc.flow import Attempt
from starter.access.oidc.people import OidcPeople
from starter.access.oidc.vouching import Vouching
from starter.access.principals import Scope
from starter.api.app import make_app
from starter.api.guarded import SESSION_COOKIE
from starter.desk.vouching import COOKIE
from starter.doors import Doors, Store
from tests.oidc.server import AUDIENCE, CLIENT, REDIRECT_URI, SECRET, OidcServer, answer_in, oidc_server
from tests.starter.api.calling import problem, view_of
from tests.starter.command_line import ListeningService

AGENT = "u-online-01"
"""Who signs in there as u-NAME is NAME of the staff."""


@pytest.fixture(scope="module")
def server() -> Iterator[OidcServer]:
    with oidc_server() as running:
        yield running


@pytest.fixture
async def browser(store: Store, server: OidcServer) -> AsyncIterator[AsyncClient]:
    async with at_the_desk(store, server) as opened:
        yield opened


@asynccontextmanager
async def at_the_desk(store: Store, server: OidcServer, **changed: Any) -> AsyncIterator[AsyncClient]:
    """A browser before an application that believes this server."""
    own: dict[str, Any] = {
        "oidc_issuer": server.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_audience": AUDIENCE,
        "oidc_auditors": "auditors",
        **changed,
    }
    believing = dataclasses.replace(store, settings=store.settings.model_copy(update=own))
    service = ListeningService()
    service.view = view_of()
    app = make_app(Doors(believing.settings, believing, cast(Client, None), service), Gate.of(believing))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://api.test") as http:
        yield http
    async with store.engine.begin() as connection:
        await connection.execute(delete(OIDC_PEOPLE))


async def signed_in(browser: AsyncClient, server: OidcServer, login: str = AGENT, onward: str = "/desk") -> Response:
    """The page that somebody sees when they come back from the server."""
    begun = await browser.get("/desk/oidc", params={"onward": onward})
    assert begun.status_code == 303, begun.text
    back = server.signs_in(begun.headers["location"], login)
    assert back.startswith(REDIRECT_URI)
    return await browser.get(urlsplit(back).path, params=answer_in(back))


@pytest.mark.parametrize("client", [{}, {"oidc_client_id": "desk-in-public", "oidc_client_secret": None}])
async def test_person_signs_in_there_and_is_at_the_desk(
    store: Store, server: OidcServer, client: dict[str, Any]
) -> None:
    async with at_the_desk(store, server, **client) as browser:
        assert "/desk/oidc?onward=%2Fdesk" in (await browser.get("/desk")).text
        page = await signed_in(browser, server)
        assert page.status_code == 200
        # By a page of ours: the strict cookie is not sent with a redirect that another site began.
        assert '<meta http-equiv="refresh" content="0; url=/desk">' in page.text
        assert browser.cookies.get(COOKIE) is None
        me = (await browser.get("/v1/me")).json()
        assert (me["id"], me["role"], me["teams"]) == ("online-01", "agent", ["online"])


async def test_person_goes_on_to_where_they_wanted_and_nowhere_else(browser: AsyncClient, server: OidcServer) -> None:
    wanted = "/desk/cases/CAAAAAAAAAAAAA"
    assert f"url={wanted}" in (await signed_in(browser, server, onward=wanted)).text
    assert 'url=/desk"' in (await signed_in(browser, server, onward="https://elsewhere.example")).text


async def test_group_there_makes_auditors(browser: AsyncClient, server: OidcServer) -> None:
    await signed_in(browser, server, "a-somebody")
    assert (await browser.get("/v1/me")).json()["role"] == "auditor"


async def test_who_is_nobody_of_the_staff_is_not_let_in(browser: AsyncClient, server: OidcServer) -> None:
    page = await signed_in(browser, server, "u-stranger")
    assert page.status_code == 403
    assert 'role="alert"' in page.text
    assert (await browser.get("/v1/me")).status_code == 401


async def test_staff_id_belongs_to_whoever_came_with_it_first(
    browser: AsyncClient, server: OidcServer, store: Store
) -> None:
    await signed_in(browser, server, "u-online-01")
    browser.cookies.clear()
    assert (await signed_in(browser, server, "v-online-01")).status_code == 403
    assert await OidcPeople(store.engine).forget("online-01")
    assert (await signed_in(browser, server, "v-online-01")).status_code == 200


async def test_disabled_account_lets_nobody_in_by_this_way_either(
    browser: AsyncClient, server: OidcServer, store: Store
) -> None:
    gate = Gate.of(store)
    await gate.accounts.create("phone-02", "correct horse battery")
    await gate.accounts.disable("phone-02")
    assert (await signed_in(browser, server, "u-phone-02")).status_code == 403


async def test_code_is_of_no_use_in_another_browser_nor_twice(browser: AsyncClient, server: OidcServer) -> None:
    begun = await browser.get("/desk/oidc")
    back = server.signs_in(begun.headers["location"], AGENT)
    kept = browser.cookies.get(COOKIE, path="/desk/oidc")
    assert kept
    browser.cookies.clear()
    path, answer = urlsplit(back).path, answer_in(back)
    assert (await browser.get(path, params=answer)).status_code == 401
    own = {"Cookie": f"{COOKIE}={kept}"}
    for changed in ({"state": "another"}, {"iss": "https://elsewhere.example"}, {"code": "made-up"}):
        assert (await browser.get(path, params={**answer, **changed}, headers=own)).status_code == 401
    without = {name: value for name, value in answer.items() if name != "iss"}
    assert (await browser.get(path, params=without, headers=own)).status_code == 401
    assert (await browser.get(path, params=answer, headers=own)).status_code == 200
    assert (await browser.get(path, params=answer, headers=own)).status_code == 401


async def test_other_attempt_of_the_same_browser_cannot_redeem_the_code(
    browser: AsyncClient, server: OidcServer
) -> None:
    begun = await browser.get("/desk/oidc")
    back = server.signs_in(begun.headers["location"], AGENT)
    await browser.get("/desk/oidc")
    assert (await browser.get(urlsplit(back).path, params=answer_in(back))).status_code == 401


async def test_who_refuses_there_is_not_let_in_here(browser: AsyncClient) -> None:
    begun = await browser.get("/desk/oidc")
    state = answer_in(begun.headers["location"])["state"]
    answered = await browser.get("/desk/oidc/callback", params={"state": state, "error": "access_denied"})
    assert (answered.status_code, SESSION_COOKIE in browser.cookies) == (401, False)


async def test_system_comes_with_a_token_of_its_own_and_its_scopes(browser: AsyncClient, server: OidcServer) -> None:
    who = {"Authorization": f"Bearer {server.token_of_system('cases:read')}"}
    me = (await browser.get("/v1/me", headers=who)).json()
    assert (me["id"], me["role"], me["scopes"]) == ("system:shop", "system", ["cases:read"])
    assert (await browser.get("/v1/cases", headers=who)).status_code == 200
    problem(await browser.get("/v1/policies", headers=who), 403, "not_allowed")
    broken = {"Authorization": f"{who['Authorization'][:-4]}AAAA"}
    problem(await browser.get("/v1/cases", headers=broken), 401, "unauthenticated")


async def test_person_comes_with_an_access_token_but_not_with_an_id_token(
    browser: AsyncClient, server: OidcServer, store: Store
) -> None:
    given = await tokens_of(browser, server)
    who = {"Authorization": f"Bearer {given['access_token']}"}
    assert (await browser.get("/v1/me", headers=who)).json()["id"] == "online-01"
    problem(
        await browser.get("/v1/me", headers={"Authorization": f"Bearer {given['id_token']}"}), 401, "unauthenticated"
    )
    async with at_the_desk(store, server, oidc_audience="urn:another:api") as other:
        problem(await other.get("/v1/me", headers=who), 401, "unauthenticated")


async def tokens_of(browser: AsyncClient, server: OidcServer) -> dict[str, str]:
    """What an application of somebody's own gets for them."""
    begun = await browser.get("/desk/oidc")
    back = server.signs_in(begun.headers["location"], AGENT)
    kept = browser.cookies.get(COOKIE, path="/desk/oidc")
    attempt = Attempt.of(kept)
    assert attempt
    form = {
        "grant_type": "authorization_code",
        "code": answer_in(back)["code"],
        "redirect_uri": REDIRECT_URI,
        "code_verifier": attempt.verifier,
    }
    async with AsyncClient() as application:
        answered = await application.post(f"{server.issuer}/token", data=form, auth=(CLIENT, SECRET))
    found: dict[str, str] = answered.raise_for_status().json()
    return found


async def test_key_of_a_system_works_beside_all_that(browser: AsyncClient, store: Store) -> None:
    key = await Gate.of(store).keys.create("till", [Scope.READ_CASES])
    assert (await browser.get("/v1/me", headers={"Authorization": f"Bearer {key}"})).json()["id"] == "system:till"


async def test_server_that_is_away_is_said_to_be_so(store: Store) -> None:
    async with at_the_desk(store, OidcServer("http://127.0.0.1:9")) as browser:
        assert (await browser.get("/desk/oidc")).status_code == 503
        assert (await browser.get("/desk")).status_code == 401


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"oidc_issuer": "https://id.example"}, "oidc_client_id"),
        ({"oidc_issuer": "http://id.example", "oidc_client_id": "desk"}, "oidc_issuer"),
        ({"oidc_issuer": "https://id.example", "oidc_client_id": "desk", "oidc_audience": "desk"}, "oidc_audience"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_their_name(store: Store, asked: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        Vouching.of(Settings(**asked), store.engine)  # type: ignore[arg-type]  # each takes a text
    assert refused.value.details["field"] == field


async def test_without_a_server_nobody_is_sent_anywhere(store: Store, server: OidcServer) -> None:
    async with at_the_desk(store, server, oidc_issuer="") as browser:
        assert (await browser.get("/desk/oidc")).status_code == 404
        assert "/desk/oidc" not in (await browser.get("/desk")).text
