"""A short form of `make chaos`: server and worker are killed under open cases, with a fixed seed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(240)
async def test_killed_server_and_worker_lose_nothing_and_do_nothing_twice() -> None:
    chaos = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.chaos", "--seed", "5", "--cases", "15", "--kills", "3"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await chaos.communicate()
    assert chaos.returncode == 0, said.decode()[-4000:]
    assert "killed the server" in said.decode()
    assert "killed the worker" in said.decode()
    assert "nothing lost, nothing twice" in said.decode()
