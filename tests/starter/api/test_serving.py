"""The API as a program: it listens where it is told, finishes what it has in hand, and waits for Temporal."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import pytest
from httpx import AsyncClient
from starlette.types import Receive, Scope, Send

from domain.errors import InvalidInputError
from starter.api.serving import listening, running
from starter.server import free_port

ROOT = Path(__file__).parents[3]


def test_connections_send_at_once_what_they_have() -> None:
    with listening("127.0.0.1", 0) as opened, socket.create_connection(opened.getsockname()):
        accepted, _ = opened.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_request_under_way_is_finished_before_the_server_stops() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with AsyncClient() as http:
        with listening("127.0.0.1", 0) as opened:
            async with running(slow, opened) as port:
                asking = asyncio.create_task(http.get(f"http://127.0.0.1:{port}/"))
                await begun.wait()
                asyncio.get_running_loop().call_later(0.2, go_on.set)
            assert (await asking).status_code == 204


@pytest.mark.parametrize(
    ("proxies", "seen"), [("", "127.0.0.1"), ("10.0.0.9", "127.0.0.1"), ("127.0.0.1", "203.0.113.7")]
)
async def test_web_server_in_front_is_believed_only_if_it_is_named(proxies: str, seen: str) -> None:
    async def whoami(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["client"][0].encode()})

    async with AsyncClient() as http:
        with listening("127.0.0.1", 0) as opened:
            async with running(whoami, opened, proxies) as port:
                headers = {"X-Forwarded-For": "203.0.113.7"}
                assert (await http.get(f"http://127.0.0.1:{port}/", headers=headers)).text == seen


def test_port_that_is_taken_is_refused() -> None:
    with listening("127.0.0.1", 0) as opened, pytest.raises(InvalidInputError, match="cannot listen"):
        listening("127.0.0.1", opened.getsockname()[1])


async def test_program_waits_for_temporal_and_stops_when_it_is_told_to(tmp_path: Path) -> None:
    own = {
        "DUECOURSE_HOME": str(tmp_path),
        "DUECOURSE_API_PORT": "0",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "starter.api", cwd=ROOT, env={**os.environ, **own}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    while b"api_waits" not in (line := await process.stderr.readline()):
        assert line, "it ended"
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    assert b"api_stopped" in await process.stderr.read()
