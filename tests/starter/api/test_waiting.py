"""The API before Temporal has answered for the first time, and how the whole one takes its place."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, TransportError

from bench.programs import DevServer, Program
from starter.api.waiting import waiting_app
from starter.server import free_port

PATIENCE = 60.0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/health", 200), ("GET", "/ready", 503), ("POST", "/v1/complaints", 503), ("POST", "/health", 503)],
)
async def test_it_is_alive_and_everything_else_may_be_asked_again(method: str, path: str, status: int) -> None:
    async with AsyncClient(transport=ASGITransport(waiting_app()), base_url="http://api") as http:
        answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Connection"] == "close"
    if status == 200:
        assert answer.json() == {"status": "ok"}
    else:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Retry-After"] == "2"
        told = answer.json()
        assert (told["code"], told["details"]) == ("unavailable", {"part": "temporal"})


async def becomes(program: Program, url: str, status: int) -> None:
    async with asyncio.timeout(PATIENCE), AsyncClient() as http:
        while True:
            try:
                if (await http.get(url)).status_code == status:
                    return
            except TransportError:
                # Not there yet, or just then replaced by the whole one.
                assert program.alive, program.last_words()
            await asyncio.sleep(0.1)


async def test_program_is_alive_while_it_waits_for_temporal_and_ready_once_it_is_there(tmp_path: Path) -> None:
    server, port = DevServer(tmp_path), free_port()
    own = {
        "DUECOURSE_HOME": str(tmp_path),
        "DUECOURSE_API_PORT": str(port),
        "TEMPORAL_ADDRESS": server.address,
    }
    program = Program([sys.executable, "-m", "starter.api"], tmp_path / "api.log", own)
    program.start()
    try:
        await becomes(program, f"http://127.0.0.1:{port}/health", 200)
        await becomes(program, f"http://127.0.0.1:{port}/ready", 503)
        server.start()
        await becomes(program, f"http://127.0.0.1:{port}/ready", 200)
        assert "api_ready" in program.last_words(100_000)
    finally:
        program.stop()
        server.stop()
    assert "api_stopped" in program.last_words()
