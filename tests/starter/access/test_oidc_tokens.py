"""Tokens: only what the server signed, for us, in time, counts; its keys are asked for when they change."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from domain.errors import InvalidInputError
from starter.access.oidc import issuer as issuers
from starter.access.oidc.issuer import Issuer
from starter.access.oidc.tokens import LEEWAY, LOGOUT, LONGEST, verified
from starter.refusals import UnavailableError

ISSUER, AUDIENCE = "https://id.example", "urn:duecourse:api"
RSA = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "k2"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class Server:
    """What the server would answer, and how often it was asked for its keys."""

    keys: list[Any] = field(default_factory=lambda: [RSA])
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: int = 0

    async def answer(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        if url.endswith("/keys"):
            self.asked += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys]}
        endpoints = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in ("authorization", "token")}
        return {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **endpoints, **self.metadata}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def issuer(server: Server, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    made = Issuer(ISSUER)
    monkeypatch.setattr(made, "_json", server.answer)
    return made


def token(key: Any = RSA, alg: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    content = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "exp": now + 300, "iat": now, **claims}
    kept = {name: value for name, value in content.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid}, kept, key, algorithms=[alg])


def signed_with_the_public_key() -> str:
    """What anybody can make who believes that a public key is a secret."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"k1"}').decode().rstrip("=")
    said = f"{head}.{token().split('.')[1]}"
    mac = hmac.new(RSA.as_pem(private=False), said.encode(), hashlib.sha256).digest()
    return f"{said}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


async def test_logout_token_lets_nobody_in(issuer: Issuer) -> None:
    assert await verified(issuer, token(events={"https://elsewhere.example/event": {}}), AUDIENCE)
    assert await verified(issuer, token(events={LOGOUT: {}}), AUDIENCE) is None


async def test_token_of_the_server_says_who_it_is(issuer: Issuer, server: Server) -> None:
    server.keys = [RSA, EC, OctKey.generate_key(256, {"kid": "k3"})]
    assert (await verified(issuer, token(aud=["another", AUDIENCE]), AUDIENCE) or {})["sub"] == "u1"
    assert await verified(issuer, token(EC, "ES256"), AUDIENCE)


@pytest.mark.parametrize(
    "wrong",
    [
        token(OTHER),
        token(iss="https://elsewhere.example"),
        token(aud="urn:another:api"),
        token(aud=None),
        token(sub=None),
        token(exp=None),
        token(exp=int(time.time()) - LEEWAY - 5),
        token(nbf=int(time.time()) + LEEWAY + 60),
        f"eyJhbGciOiJub25lIn0.{token().split('.')[1]}.",
        signed_with_the_public_key(),
        "x.y.z",
        "",
        "a" * (LONGEST + 1),
    ],
)
async def test_what_the_server_did_not_sign_for_us_is_nobody(issuer: Issuer, wrong: str) -> None:
    assert await verified(issuer, wrong, AUDIENCE) is None


async def test_new_key_is_asked_for_but_not_for_every_name_that_somebody_makes_up(
    issuer: Issuer, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await verified(issuer, token(), AUDIENCE)
    server.keys = [EC]
    for _ in range(3):
        assert await verified(issuer, token(EC, "ES256"), AUDIENCE) is None
    assert server.asked == 1
    monkeypatch.setattr(issuers, "KEYS_AGAIN_AFTER", 0.0)
    assert await verified(issuer, token(EC, "ES256"), AUDIENCE)
    assert await verified(issuer, token(), AUDIENCE) is None


@pytest.mark.parametrize("metadata", [{"issuer": "https://elsewhere.example"}, {"token_endpoint": None}])
async def test_server_that_is_another_one_than_it_should_be_is_not_believed(
    issuer: Issuer, server: Server, metadata: dict[str, Any]
) -> None:
    server.metadata = metadata
    with pytest.raises(UnavailableError):
        await verified(issuer, token(), AUDIENCE)


async def test_server_whose_keys_cannot_be_read_is_said_to_be_away(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    def broken(keys: Any) -> KeySet:
        raise ValueError("no key")

    monkeypatch.setattr(KeySet, "import_key_set", broken)
    with pytest.raises(UnavailableError):
        await verified(issuer, token(), AUDIENCE)


@pytest.mark.parametrize("url", ["http://id.example", "ftp://id.example", "id.example"])
def test_server_that_is_not_reached_by_tls_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError):
        Issuer(url)
