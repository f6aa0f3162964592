"""Back-channel logout: what the server signed ends the sessions it means, and nothing else does."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from httpx import ASGITransport, AsyncClient, Response
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import delete, update
from temporalio.client import Client

from activities.store.access_tables import OIDC_PEOPLE, OIDC_SESSIONS
from starter.access.gate import Gate
from starter.access.oidc.tokens import LEEWAY, LOGOUT
from starter.api.app import make_app
from starter.api.guarded import SESSION_COOKIE
from starter.doors import Doors, Store
from tests.starter.command_line import ListeningService

ISSUER, CLIENT = "https://id.example", "desk"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}) for _ in range(2))
PATH = "/desk/oidc/backchannel-logout"


async def says(method: str, url: str, **how: Any) -> dict[str, Any]:
    """What the server says of itself, and its keys."""
    if url.endswith("/keys"):
        return {"keys": [KEY.as_dict(private=False)]}
    endpoints = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in ("authorization", "token")}
    return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **endpoints}


def logout_token(key: RSAKey = KEY, **claims: Any) -> str:
    """A logout token of `s1`; a claim that is None is left out."""
    now = int(time.time())
    said = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j1", "events": {LOGOUT: {}}}
    kept = {name: value for name, value in {**said, "sid": "s1", **claims}.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}, kept, key, algorithms=["RS256"])


@dataclass
class Desk:
    """An application that believes the server, and who is signed in at it."""

    gate: Gate
    http: AsyncClient

    async def session(self, sid: str | None, person: str = "online-01") -> str:
        claims = {"iss": ISSUER, "sub": f"u-{person}", "preferred_username": person}
        token, _ = await self.gate.vouched(claims if sid is None else {**claims, "sid": sid})
        return token

    async def is_signed_in(self, token: str) -> bool:
        answered = await self.http.get("/v1/me", headers={"Cookie": f"{SESSION_COOKIE}={token}"})
        return answered.status_code == 200

    async def tell(self, token: str, **headers: str) -> Response:
        form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        answered = await self.http.post(PATH, content=urlencode({"logout_token": token}), headers=form)
        assert answered.headers["Cache-Control"] == "no-store"
        return answered


@pytest.fixture
async def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    settings = store.settings.model_copy(update={"oidc_issuer": ISSUER, "oidc_client_id": CLIENT})
    believing = dataclasses.replace(store, settings=settings)
    gate = Gate.of(believing)
    assert gate.vouching
    monkeypatch.setattr(gate.vouching.issuer, "_json", says)
    app = make_app(Doors(settings, believing, cast(Client, None), ListeningService()), gate)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://api.test") as http:
        yield Desk(gate, http)
    async with store.engine.begin() as connection:
        for table in (OIDC_PEOPLE, OIDC_SESSIONS):
            await connection.execute(delete(table))


async def test_session_that_the_token_names_is_over_and_no_other(desk: Desk) -> None:
    meant, other = await desk.session("s1"), await desk.session("s2")
    assert (await desk.tell(logout_token(sub="u-online-01"))).status_code == 200
    assert (await desk.is_signed_in(meant), await desk.is_signed_in(other)) == (False, True)


async def test_person_whom_the_token_names_is_out_everywhere_and_nobody_else(desk: Desk) -> None:
    own = [await desk.session(sid) for sid in ("s1", "s2", None)]
    local = await desk.gate.sessions.begin("online-01")
    colleague = await desk.session("s3", "online-02")
    assert (await desk.tell(logout_token(sid=None, sub="u-online-01"))).status_code == 200
    assert [await desk.is_signed_in(one) for one in own] == [False] * 3
    # What began with a password here did not begin there.
    assert await desk.is_signed_in(local)
    assert await desk.is_signed_in(colleague)


async def test_session_of_which_the_server_did_not_say_its_name_ends_with_any_of_that_person(desk: Desk) -> None:
    unnamed = await desk.session(None)
    assert (await desk.tell(logout_token())).status_code == 200
    assert await desk.is_signed_in(unnamed)
    assert (await desk.tell(logout_token(sub="u-online-01"))).status_code == 200
    assert not await desk.is_signed_in(unnamed)


async def test_same_token_again_ends_nothing_that_began_after_it(desk: Desk, store: Store) -> None:
    said = logout_token(sid=None, sub="u-online-01")
    first = await desk.session("s1")
    assert [(await desk.tell(said)).status_code for _ in range(2)] == [200, 200]
    assert not await desk.is_signed_in(first)
    again = await desk.session("s2")
    later = int(time.time() + LEEWAY + 5) * 1000
    async with store.engine.begin() as connection:
        await connection.execute(update(OIDC_SESSIONS).values(begun_at=later))
    assert (await desk.tell(said)).status_code == 200
    assert await desk.is_signed_in(again)


NOW = int(time.time())


WRONG: dict[str, dict[str, Any]] = {
    "another key": {"key": OTHER},
    "another issuer": {"iss": "https://elsewhere.example"},
    "another client": {"aud": "another"},
    "no client": {"aud": None},
    "no time": {"iat": None},
    "a time to come": {"iat": NOW + 3_600},
    "no end": {"exp": None},
    "over": {"exp": NOW - 3_600},
    "no number": {"jti": None},
    "a nonce": {"nonce": "n"},
    "no events": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an event that is none": {"events": {LOGOUT: "now"}},
    "events that are none": {"events": LOGOUT},
    "nobody": {"sid": None},
    "a session that is no text": {"sid": 1},
    "an empty session": {"sid": ""},
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_no_logout_token_for_us_ends_nothing(desk: Desk, what: str) -> None:
    token = await desk.session("s1")
    answered = await desk.tell(logout_token(**WRONG[what]))
    assert (answered.status_code, answered.json()["error"]) == (400, "invalid_request")
    assert await desk.is_signed_in(token)


async def test_body_that_is_no_form_or_has_no_token_is_refused(desk: Desk) -> None:
    assert (await desk.tell("")).status_code == 400
    assert (await desk.tell(logout_token(), **{"Content-Type": "application/json"})).status_code == 400


async def test_without_a_sign_in_server_there_is_nobody_to_tell_it(store: Store) -> None:
    app = make_app(Doors(store.settings, store, cast(Client, None), ListeningService()), Gate.of(store))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://api.test") as http:
        assert (await http.post(PATH, data={"logout_token": logout_token()})).status_code == 404
