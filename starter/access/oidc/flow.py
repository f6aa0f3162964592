"""Signing in with the browser: an authorisation code, bound to this browser by state, nonce and PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from domain.errors import InvalidInputError
from starter.access.errors import UnauthenticatedError
from starter.access.oidc.issuer import Issuer
from starter.access.oidc.tokens import Claims, verified
from starter.access.secrets import new_secret

SCOPE = "openid profile"
LASTS = 600
"""Seconds that somebody may take to sign in there."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in under way, as the browser that began it keeps it."""

    state: str
    nonce: str
    verifier: str
    onward: str

    @property
    def kept(self) -> str:
        """As the value of a cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def of(cls, kept: str | None) -> Attempt | None:
        """Out of a cookie; None for what is none."""
        try:
            found = json.loads(base64.urlsafe_b64decode(kept or ""))
            made = cls(**found)
        except (binascii.Error, ValueError, TypeError):
            return None
        return made if all(isinstance(value, str) for value in asdict(made).values()) else None


class Flow:
    """The authorisation code flow of one client."""

    def __init__(self, issuer: Issuer, client_id: str, client_secret: str | None) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._secret = client_secret

    async def begin(self, redirect_uri: str, onward: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what it has to keep meanwhile.

        Raises:
            UnavailableError: the server does not answer.
        """
        attempt = Attempt(new_secret(), new_secret(), new_secret(), onward)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = (await self._issuer.metadata()).authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", attempt

    async def finish(self, attempt: Attempt | None, redirect_uri: str, answer: Mapping[str, str]) -> Claims:
        """Who came back from the server, as it claims in the ID token.

        Raises:
            UnauthenticatedError: it is not the browser that began this, the server says no, or its token is not good.
            UnavailableError: the server does not answer.
        """
        code = await self._code(attempt, answer)
        assert attempt is not None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self._client_id,
            "code_verifier": attempt.verifier,
        }
        auth = (self._client_id, self._secret) if self._secret else None
        try:
            given = await self._issuer.redeem(form, auth)
        except InvalidInputError:
            raise UnauthenticatedError("the sign-in server does not take this code: sign in again") from None
        token = given.get("id_token")
        claims = await verified(self._issuer, token, self._client_id) if isinstance(token, str) else None
        if claims is None or not self._is_ours(claims) or not _equal(claims.get("nonce"), attempt.nonce):
            raise UnauthenticatedError("what the sign-in server said cannot be believed: sign in again")
        return claims

    async def _code(self, attempt: Attempt | None, answer: Mapping[str, str]) -> str:
        if attempt is None or not _equal(answer.get("state"), attempt.state):
            raise UnauthenticatedError("this sign-in was not begun in this browser, or too long ago: sign in again")
        metadata = await self._issuer.metadata()
        # Another server must not be able to pass its codes off as those of ours (RFC 9207).
        named = answer.get("iss")
        if (named is None and metadata.authorization_response_iss_parameter_supported) or named not in (
            None,
            self._issuer.url,
        ):
            raise UnauthenticatedError("another sign-in server answers than was asked: sign in again")
        if "error" in answer or not answer.get("code"):
            raise UnauthenticatedError("the sign-in server did not let you in")
        return answer["code"]

    def _is_ours(self, claims: Claims) -> bool:
        """Of a token for several, whether we are the one who asked for it."""
        audience = claims.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        return claims.get("azp", None if several else self._client_id) == self._client_id


def _equal(one: object, other: str) -> bool:
    return isinstance(one, str) and secrets.compare_digest(one.encode(), other.encode())
