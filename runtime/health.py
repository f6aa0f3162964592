"""What a worker tells of itself over HTTP: `GET /live` while it runs, `GET /ready` while Temporal lets it work.

For whoever starts, counts and restarts workers. Nothing about cases is told here, so it needs no password.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus

import h11
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError
from temporalio.worker import Worker

from runtime.settings import host_and_port

TEMPORAL_WITHIN = timedelta(seconds=2)
"""How long Temporal may take to answer when somebody asks whether the worker is ready."""

REQUEST_WITHIN = 5.0
"""Seconds in which a request must be in and answered."""

LIVE, READY = "/live", "/ready"


class Health:
    """The health of a worker that may have no server yet, lose it, and find it again."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._stopping = False

    @contextmanager
    def of(self, worker: Worker) -> Iterator[None]:
        """Answer for this worker until the context ends."""
        self._worker = worker
        try:
            yield
        finally:
            self._worker = None

    def stop(self) -> None:
        """From now on it takes no work, although it may still finish some."""
        self._stopping = True

    async def lacks(self) -> str:
        """What keeps the worker from taking work, in one word; empty when nothing does."""
        if self._stopping:
            return "stopping"
        if self._worker is None or not self._worker.is_running:
            return "waiting_for_temporal"
        client = self._worker.client
        try:
            # Not a bare ping: this also needs the namespace and the right to use it.
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace), timeout=TEMPORAL_WITHIN
            )
        except RPCError as error:
            return f"temporal_{error.status.name.lower()}"
        return ""

    async def answer(self, method: str, path: str) -> tuple[HTTPStatus, dict[str, str]]:
        """Status and body of the answer to a request."""
        if path not in (LIVE, READY):
            return HTTPStatus.NOT_FOUND, {"status": "not_found", "expected": f"{LIVE} or {READY}"}
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, {"status": "method_not_allowed", "expected": "GET"}
        if path == LIVE:
            return HTTPStatus.OK, {"status": "live"}
        if lacks := await self.lacks():
            return HTTPStatus.SERVICE_UNAVAILABLE, {"status": "not_ready", "why": lacks}
        return HTTPStatus.OK, {"status": "ready"}

    @asynccontextmanager
    async def told(self, address: str) -> AsyncIterator[int]:
        """Answer at `host:port` until the context ends; yields the port, 0 without an address.

        Raises:
            OSError: the port is taken, or the host is not one of this machine.
        """
        if not address:
            yield 0
            return
        server = await asyncio.start_server(self._serve, *host_and_port(address))
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            async with asyncio.timeout(REQUEST_WITHIN):
                status, body = await self.answer(*await _asked(connection, reader))
        except h11.RemoteProtocolError:
            status, body = HTTPStatus.BAD_REQUEST, {"status": "malformed", "expected": "an HTTP request"}
        except (TimeoutError, ConnectionError):
            writer.close()
            return
        with suppress(ConnectionError, h11.LocalProtocolError):
            writer.write(_written(connection, status, body))
            await writer.drain()
        writer.close()


async def _asked(connection: h11.Connection, reader: asyncio.StreamReader) -> tuple[str, str]:
    """Method and path of a request; a body is of no interest."""
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            return event.method.decode("latin-1"), event.target.decode("latin-1").partition("?")[0]
        if event is not h11.NEED_DATA:
            raise h11.RemoteProtocolError("the sender has gone")
        connection.receive_data(await reader.read(4_096))


def _written(connection: h11.Connection, status: HTTPStatus, body: dict[str, str]) -> bytes:
    content = json.dumps(body).encode()
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(content))),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ]
    parts = [h11.Response(status_code=status, headers=headers), h11.Data(data=content), h11.EndOfMessage()]
    return b"".join(connection.send(part) or b"" for part in parts)
