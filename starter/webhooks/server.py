"""The little HTTP server under the webhooks: h11 over asyncio, on this machine only unless a setting says otherwise.

Whoever wants it to be reached from outside puts the web server in front that ends TLS there anyway.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import h11
import structlog

from domain.errors import CaseError
from domain.shop.errors import KeyReusedError, ParcelNotFoundError, ShopError
from starter.webhooks.receiving import Inbox
from starter.webhooks.signatures import SignatureError, Signatures, StaleWebhookError

LOCALHOST = "127.0.0.1"
LARGEST_BODY = 65_536
"""Bytes; an event is a few hundred."""

WITHIN = 10.0
"""Seconds in which a request must be in."""

PATHS = {"/webhooks/shop": "shop", "/webhooks/carrier": "carrier"}
LIVE = "/live"
"""Where a container asks whether this program answers."""

log = structlog.get_logger()


@dataclass
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    too_large: bool = False


@dataclass
class Receiver:
    """Answers webhooks: 204 once one is kept, now or before; 4xx with code, sentence and field for what is wrong."""

    inbox: Inbox
    signatures: Signatures

    async def answer(self, request: _Request) -> tuple[int, dict[str, object] | None]:
        """Status and body of the answer."""
        if (request.method, request.path) == ("GET", LIVE):
            return 200, {"status": "live"}
        sender = PATHS.get(request.path)
        if sender is None:
            return 404, _error("not_found", f"expected a POST to one of {', '.join(PATHS)}", "path")
        if request.method != "POST":
            return 405, _error("method_not_allowed", "expected POST", "method")
        if request.too_large:
            return 413, _error("too_large", f"expected at most {LARGEST_BODY} bytes", "body")
        try:
            webhook_id = self.signatures.check(request.body, request.headers)
            news = await self.inbox.take(sender, webhook_id, request.body)
        except CaseError as error:
            log.info("webhook_refused", sender=sender, code=error.code, field=error.details.get("field"))
            return _status(error), _error(error.code, error.message, str(error.details.get("field") or ""))
        log.info("webhook_kept", sender=sender, news=news)
        return 204, None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which has one request."""
        connection = h11.Connection(h11.SERVER)
        try:
            async with asyncio.timeout(WITHIN):
                status, body = await self.answer(await _read(connection, reader))
        except h11.RemoteProtocolError:
            status, body = 400, _error("malformed", "expected an HTTP request", "request")
        except (TimeoutError, ConnectionError):
            writer.close()
            return
        except Exception:
            # Whatever else goes wrong: the sender tries again, and the next one is answered.
            log.exception("webhook_failed")
            status, body = 500, _error("internal", "try again later", "request")
        with suppress(ConnectionError, h11.LocalProtocolError):
            writer.write(_written(connection, status, body))
            await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(receiver: Receiver, port: int, host: str = LOCALHOST) -> AsyncIterator[int]:
    """Listen until the context ends; yields the port.

    Raises:
        OSError: the port is taken, or the address is none of this machine's.
    """
    server = await asyncio.start_server(receiver.serve, host, port)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> _Request:
    request: _Request | None = None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(16_384))
        elif isinstance(event, h11.Request):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            path = event.target.decode("latin-1").partition("?")[0]
            request = _Request(event.method.decode("latin-1"), path, headers)
        elif isinstance(event, h11.Data) and request:
            request.body += event.data
            if len(request.body) > LARGEST_BODY:
                request.too_large, request.body = True, b""
                return request
        elif isinstance(event, h11.EndOfMessage) and request:
            return request
        else:
            raise h11.RemoteProtocolError("the sender has gone")


def _written(connection: h11.Connection, status: int, body: dict[str, object] | None) -> bytes:
    content = json.dumps(body).encode() if body else b""
    headers = [("content-type", "application/json"), ("content-length", str(len(content))), ("connection", "close")]
    head = connection.send(h11.Response(status_code=status, headers=headers[0 if content else 1 :]))
    assert head is not None
    return head + (connection.send(h11.Data(data=content)) or b"" if content else b"")


def _status(error: CaseError) -> int:
    if isinstance(error, SignatureError | StaleWebhookError):
        return 401
    if isinstance(error, ParcelNotFoundError):
        return 404
    if isinstance(error, KeyReusedError):
        return 409
    # Transient: the sender tries again, as the standard says of every answer that is not 2xx.
    return 503 if isinstance(error, ShopError) and error.transient else 422


def _error(code: str, message: str, where: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "field": where}}
