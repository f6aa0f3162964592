"""The way to Medusa's admin API: the one place with its timeouts, its retries, and which of its errors are final."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeAlias

import httpx
import structlog
from pydantic import SecretStr

from domain.shop.errors import OrderBusyError, ShopAccessError, ShopRefusedError, ShopUnavailableError

Json: TypeAlias = dict[str, Any]
"""A body, with amounts as Decimals, exactly as they are written."""

TIMEOUT = httpx.Timeout(connect=3.0, write=5.0, read=12.0, pool=10.0)
"""Seconds. Medusa answers in well under one; a whole activity has 30."""

READ_AGAIN_AFTER = (0.1, 0.4)
"""Seconds before a read is asked again, and once more. What writes is never sent twice: the adapters read first."""

CONNECTIONS = 10
"""At once. Medusa serves some 30 requests a second, whatever comes."""

_NEVER_RAN = frozenset({429, 503})
_GATEWAY = frozenset({502, 504})
_KEY_REFUSED = frozenset({401, 403})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

ACTIVE = "already has an existing active order change"
NONE_ACTIVE = "An active Order Change is required"

log = structlog.get_logger()


class NoAnswerError(ShopUnavailableError):
    """Sent, and nobody said what came of it: it may still be running there."""


class MedusaClient:
    """One connection pool with one secret API key. Close it with `aclose`.

    Raises, in every call:
        NoAnswerError: sent, but not answered by Medusa; what it did is found out by reading, later.
        ShopUnavailableError: not sent, sent away unheard, or answered with a 500: read what came of it, ask again.
        ShopAccessError: the key is wrong, revoked, or may not do this; logged as an error each time.
        OrderBusyError: the order has an active change, with `holder` None: only its reader knows whose.
        ShopRefusedError: any other 4xx, which is final; `details` has status, type and Medusa's sentence.
    """

    def __init__(self, url: str, api_key: SecretStr, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # An API key is sent as the user name of basic authentication, without a password.
        self._http = httpx.AsyncClient(
            base_url=url,
            auth=(api_key.get_secret_value(), ""),
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS),
            transport=transport,
        )
        # It logs every address, and those name orders and customers.
        logging.getLogger("httpx").setLevel(logging.WARNING)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give up the connections."""
        await self._http.aclose()

    async def get(self, path: str, **query: str | list[str]) -> Json:
        """What is found there; asked again after a moment when nobody answers."""
        for pause in READ_AGAIN_AFTER:
            try:
                return await self._ask("GET", path, query=query)
            except ShopAccessError:
                raise
            except ShopUnavailableError:
                await asyncio.sleep(pause)
        return await self._ask("GET", path, query=query)

    async def find(self, path: str, **query: str | list[str]) -> Json | None:
        """What is found there, None for a 404."""
        try:
            return await self.get(path, **query)
        except ShopRefusedError as refusal:
            if refusal.details["status"] == httpx.codes.NOT_FOUND:
                return None
            raise

    async def post(self, path: str, **body: object) -> Json:
        """What comes of it. Sent once."""
        return await self._ask("POST", path, body=body)

    async def delete(self, path: str) -> Json:
        """What is said of the deletion. Sent once."""
        return await self._ask("DELETE", path)

    async def _ask(
        self, method: str, path: str, *, query: Mapping[str, str | list[str]] | None = None, body: Json | None = None
    ) -> Json:
        try:
            answer = await self._http.request(method, f"/admin/{path}", params=query, json=body)
        except _NEVER_SENT as error:
            raise ShopUnavailableError(f"Medusa cannot be reached ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise NoAnswerError(f"Medusa did not answer ({type(error).__name__})") from None
        return _judged(answer)


def said(refusal: ShopRefusedError) -> str:
    """Medusa's sentence in a refusal; the sentence is all that tells its 400s apart."""
    return str(refusal.details["said"])


def _judged(answer: httpx.Response) -> Json:
    status = answer.status_code
    if status in _GATEWAY:
        raise NoAnswerError(f"no answer from behind the gateway ({status})")
    if status in _NEVER_RAN:
        raise ShopUnavailableError(f"Medusa is too busy ({status})")
    body = _parsed(answer)
    if answer.is_success:
        return body
    sentence = str(body.get("message", ""))
    if status in _KEY_REFUSED:
        # Nothing goes on until somebody acts, in any case: this must be seen.
        log.error("medusa_refuses_our_key", status=status, setting="DUECOURSE_MEDUSA_API_KEY")
        raise ShopAccessError(f"Medusa refuses DUECOURSE_MEDUSA_API_KEY ({status})", field="medusa_api_key")
    if not answer.is_client_error:
        raise ShopUnavailableError(f"Medusa failed ({status}): {sentence}", status=status)
    if ACTIVE in sentence:
        raise OrderBusyError("the order has an active change at Medusa", field="order_id", holder=None)
    raise ShopRefusedError(
        f"Medusa refused ({status}): {sentence}", status=status, type=str(body.get("type", "")), said=sentence
    )


def _parsed(answer: httpx.Response) -> Json:
    try:
        body = json.loads(answer.text or "{}", parse_float=Decimal)
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    if answer.is_success:
        raise NoAnswerError(f"an answer that is not Medusa's ({answer.status_code})")
    return {}
