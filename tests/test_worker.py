"""The worker as a program: it waits for a server that is away, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client

from bench.programs import OURS, DevServer, WorkerProcess
from runtime.probe import ask
from runtime.settings import Settings
from starter.server import free_port
from worker import READY, serve

PATIENCE = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DevServer]:
    """A server that is not started yet."""
    server = DevServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def health() -> str:
    """Where that worker tells of its health."""
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def running(server: DevServer, tmp_path: Path, health: str) -> Iterator[WorkerProcess]:
    """A worker for that server, not started yet."""
    environment = {
        "TEMPORAL_ADDRESS": server.address,
        "DUECOURSE_HOME": str(tmp_path),
        "DUECOURSE_HEALTH_ADDRESS": health,
    }
    running = WorkerProcess(OURS, tmp_path, environment)
    yield running
    running.stop()


async def said(running: WorkerProcess, words: str, times: int = 1) -> None:
    async with asyncio.timeout(PATIENCE):
        while not running.log.exists() or running.log.read_text().count(words) < times:
            assert running.alive
            await asyncio.sleep(0.05)


async def ended(running: WorkerProcess) -> int:
    running.child.send_signal(signal.SIGTERM)
    return await asyncio.to_thread(running.child.wait, PATIENCE)


async def becomes(health: str, *, ready: bool) -> None:
    """Wait until the worker is ready, or no longer, by the probe that a container uses."""
    async with asyncio.timeout(PATIENCE):
        while (await asyncio.to_thread(ask, f"http://{health}/ready") == "") != ready:  # noqa: ASYNC110 - it is asked
            await asyncio.sleep(0.1)


async def test_worker_waits_for_its_server_and_is_ready_while_it_is_there(
    server: DevServer, running: WorkerProcess, health: str
) -> None:
    running.start()
    await said(running, "worker_begins_again", times=2)
    assert READY not in running.log.read_text()
    assert "waiting_for_temporal" in await asyncio.to_thread(ask, f"http://{health}/ready")
    server.start()
    await said(running, READY)
    await becomes(health, ready=True)
    server.kill()
    await becomes(health, ready=False)
    assert await asyncio.to_thread(ask, f"http://{health}/live") == ""
    server.start()
    await becomes(health, ready=True)
    assert await ended(running) == 0
    assert "worker_stopped" in running.log.read_text()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_worker_that_waits_for_its_server_ends_when_it_is_told(
    running: WorkerProcess, by: signal.Signals
) -> None:
    running.start()
    await said(running, "worker_begins_again")
    began = time.monotonic()
    assert await ended(running) == 0
    assert time.monotonic() - began < 5
    assert "worker_stopped" in running.log.read_text()


async def test_worker_that_the_server_leaves_before_it_is_let_in_ends_when_it_is_told(
    server: DevServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK asks for its namespace for half a minute, and its context manager would wait for that."""

    async def last_answer(client: Client) -> list[str]:
        server.kill()
        return []

    monkeypatch.setattr("worker.register_search_attributes", last_answer)
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    server.start()
    await server.client()
    serving = asyncio.create_task(serve(Settings(home=tmp_path)))
    async with asyncio.timeout(PATIENCE):
        while server.alive:  # noqa: ASYNC110 - it is killed, and says nothing
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    assert not serving.done()
    began = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    assert time.monotonic() - began < 5


class Refused:
    """A worker that is let in at the third time only."""

    is_running = False
    times = 0

    async def run(self) -> None:
        """Run until cancelled."""
        Refused.times += 1
        if Refused.times < 3:
            raise RuntimeError("Worker validation failed: the namespace could not be described")
        self.is_running = True
        await asyncio.Event().wait()


async def test_worker_that_is_not_let_in_says_so_and_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def plugged(*_: object) -> AsyncIterator[Refused]:
        yield Refused()

    async def answered(*_: object, **__: object) -> None:
        return None

    monkeypatch.setattr("worker.connect", answered)
    monkeypatch.setattr("worker.register_search_attributes", answered)
    monkeypatch.setattr("worker.keep_standing", answered)
    monkeypatch.setattr("worker.plugged_worker", plugged)
    monkeypatch.setattr("worker.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("worker.LONGEST_PAUSE", 0.02)
    with capture_logs() as logs:
        serving = asyncio.create_task(serve(Settings(home=tmp_path)))
        async with asyncio.timeout(PATIENCE):
            while READY not in [line["event"] for line in logs]:  # noqa: ASYNC110 - a log has no event
                await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        await serving
    again = "worker_begins_again"
    assert [line["event"] for line in logs] == [again, again, READY, "worker_stopping", "worker_stopped"]
    assert "Worker validation failed" in logs[0]["error"]
    assert [line["after_seconds"] for line in logs[:2]] == [0.01, 0.02]
