"""What a worker says of its health, and how a container asks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from pydantic import ValidationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from runtime import probe
from runtime.health import Health
from runtime.settings import Settings

ANYWHERE = "127.0.0.1:0"


def worker(*, is_running: bool = True, refused: RPCStatusCode | None = None) -> Worker:
    """A worker whose server answers, or refuses with this status."""

    async def describe_namespace(_: object, **__: object) -> None:
        if refused is not None:
            raise RPCError("no", refused, b"")

    client = SimpleNamespace(namespace="a", workflow_service=SimpleNamespace(describe_namespace=describe_namespace))
    return cast(Worker, SimpleNamespace(is_running=is_running, client=client))


async def asked(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, f"http://127.0.0.1:{port}{path}")
    return answer.status_code, answer.json()


async def test_worker_without_a_server_is_live_but_not_ready() -> None:
    health = Health()
    async with health.told(ANYWHERE) as port:
        assert await asked(port, "/live") == (200, {"status": "live"})
        assert await asked(port, "/ready") == (503, {"status": "not_ready", "why": "waiting_for_temporal"})
        with health.of(worker(is_running=False)):
            assert (await asked(port, "/ready"))[0] == 503


async def test_worker_is_ready_while_its_server_answers_and_until_it_stops() -> None:
    health = Health()
    async with health.told(ANYWHERE) as port:
        with health.of(worker()):
            assert await asked(port, "/ready?from=kubelet") == (200, {"status": "ready"})
            health.stop()
            assert await asked(port, "/ready") == (503, {"status": "not_ready", "why": "stopping"})
            assert (await asked(port, "/live"))[0] == 200


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (RPCStatusCode.UNAVAILABLE, "temporal_unavailable"),
        (RPCStatusCode.PERMISSION_DENIED, "temporal_permission_denied"),
        (RPCStatusCode.NOT_FOUND, "temporal_not_found"),
    ],
)
async def test_worker_that_the_server_refuses_says_how(status: RPCStatusCode, why: str) -> None:
    health = Health()
    with health.of(worker(refused=status)):
        assert await health.lacks() == why
    assert await health.lacks() == "waiting_for_temporal"


async def test_other_paths_and_methods_are_refused_with_what_is_expected() -> None:
    async with Health().told(ANYWHERE) as port:
        assert await asked(port, "/metrics") == (404, {"status": "not_found", "expected": "/live or /ready"})
        assert await asked(port, "/live", "POST") == (405, {"status": "method_not_allowed", "expected": "GET"})


@pytest.mark.parametrize("sent", [b"hello\r\n\r\n", b"GET /live HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n"])
async def test_what_is_no_request_is_answered_and_hurts_nobody(sent: bytes) -> None:
    async with Health().told(ANYWHERE) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        await reader.read()
        writer.close()
        assert (await asked(port, "/live"))[0] == 200


async def test_caller_that_leaves_without_asking_hurts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.health.REQUEST_WITHIN", 0.05)
    async with Health().told(ANYWHERE) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        assert (await asked(port, "/live"))[0] == 200


async def test_without_an_address_nothing_listens() -> None:
    async with Health().told("") as port:
        assert port == 0


@pytest.mark.parametrize(
    "address", ["9465", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", ":9465", "http://a:1", "a:b"]
)
@pytest.mark.parametrize("name", ["health_address", "metrics_address"])
def test_address_that_is_none_is_refused_by_name(name: str, address: str) -> None:
    with pytest.raises(ValidationError, match=f"(?s){name}.*expected host:port, such as 127.0.0.1:9464"):
        Settings.model_validate({name: address})


@pytest.mark.parametrize("address", ["", "127.0.0.1:9465", "0.0.0.0:0", "[::1]:9465", "localhost:9465"])
def test_address_may_be_of_any_kind_or_missing(address: str) -> None:
    assert Settings(health_address=address).health_address == address


async def test_probe_leaves_with_zero_only_for_what_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    health = Health()
    async with health.told(ANYWHERE) as port:
        url = f"http://127.0.0.1:{port}"
        assert await asyncio.to_thread(probe.main, [f"{url}/live"]) == 0
        assert capsys.readouterr().err == ""
        assert await asyncio.to_thread(probe.main, [f"{url}/ready"]) == 1
        assert capsys.readouterr().err == '503 {"status": "not_ready", "why": "waiting_for_temporal"}\n'
    assert await asyncio.to_thread(probe.main, [f"{url}/live"]) == 1
    assert "ConnectionRefusedError" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["127.0.0.1:9465/live"], ["http://a:1/", "http://a:2/"], ["https://a/"]])
def test_probe_that_is_asked_wrongly_says_how_it_is_asked(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe.main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: python -m runtime.probe URL")


def test_probe_imports_next_to_nothing() -> None:
    heavy = ["asyncio", "h11", "httpx", "pydantic", "structlog", "temporalio"]
    asked = f"import sys, runtime.probe; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
