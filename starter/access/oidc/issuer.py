"""The OpenID Connect server: what it says of itself and the keys that it signs with, asked for when they are needed."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from domain.errors import InvalidInputError
from starter.refusals import UnavailableError

WELL_KNOWN = "/.well-known/openid-configuration"
METADATA_FRESH_FOR = 3_600.0
"""Seconds until the server is asked again what it says of itself, and for its keys."""

KEYS_AGAIN_AFTER = 30.0
"""Seconds until it is asked again for a key that it lacked: whoever makes up names of keys must not keep us asking."""

TIMEOUT = 10.0
SIGNS = ("RSA", "EC", "OKP")
"""Kinds of keys of which only the server has the secret half."""

log = structlog.get_logger()


class Metadata(BaseModel):
    """What the server says of itself, as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False


class Issuer:
    """One server, by its URL.

    Raises:
        InvalidInputError: the URL is not https; only on this machine it need not be.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
            raise InvalidInputError("oidc_issuer: expected https://…", field="oidc_issuer")
        self.url = url
        self._metadata: Metadata | None = None
        self._metadata_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    async def metadata(self) -> Metadata:
        """What the server says of itself.

        Raises:
            UnavailableError: it does not answer, or not as such a server does.
        """
        if self._metadata is None or time.monotonic() - self._metadata_at > METADATA_FRESH_FOR:
            found = await self._json("GET", self.url.rstrip("/") + WELL_KNOWN)
            try:
                told = Metadata.model_validate(found)
            except ValidationError:
                raise _unfit("it does not say where its endpoints are") from None
            if told.issuer != self.url:
                raise _unfit("it calls itself otherwise than in our settings")
            self._metadata, self._metadata_at = told, time.monotonic()
        return self._metadata

    async def keys(self, kid: str | None) -> KeySet:
        """The keys that the server signs with; asked for again where none of them has this name.

        Raises:
            UnavailableError: it does not answer, or not as such a server does.
        """
        age = time.monotonic() - self._keys_at
        lacks = self._keys is not None and kid is not None and all(key.kid != kid for key in self._keys.keys)
        if self._keys is None or age > METADATA_FRESH_FOR or (lacks and age > KEYS_AGAIN_AFTER):
            found = await self._json("GET", (await self.metadata()).jwks_uri)
            try:
                usable = [key for key in found["keys"] if key.get("kty") in SIGNS and key.get("use", "sig") == "sig"]
                self._keys = KeySet.import_key_set({"keys": usable})
            except (JoseError, KeyError, TypeError, ValueError, AttributeError):
                raise _unfit("its keys cannot be read") from None
            self._keys_at = time.monotonic()
        return self._keys

    async def redeem(self, form: dict[str, str], auth: tuple[str, str] | None) -> dict[str, Any]:
        """What the server gives for a code.

        Raises:
            UnavailableError: it does not answer.
            InvalidInputError: it does not take the code.
        """
        return await self._json("POST", (await self.metadata()).token_endpoint, data=form, auth=auth)

    async def _json(self, method: str, url: str, **how: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as http:
                answered = await http.request(method, url, headers={"Accept": "application/json"}, **how)
            if answered.status_code in (400, 401):
                raise InvalidInputError("the sign-in server refuses", field="code")
            found = answered.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("oidc_away", error=type(error).__name__)
            raise UnavailableError("the sign-in server does not answer", part="oidc") from None
        if not isinstance(found, dict):
            raise _unfit("it answers with something else")
        return found


def _unfit(why: str) -> UnavailableError:
    log.warning("oidc_unfit", why=why)
    return UnavailableError(f"the sign-in server cannot be used: {why}", part="oidc")
