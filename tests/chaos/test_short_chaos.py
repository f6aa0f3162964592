"""A short form of `make chaos`: server and worker are killed under open cases, with a fixed seed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


async def chaos(*wishes: str) -> tuple[int | None, str]:
    """Run it; returns its exit code and what it said."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.chaos", *wishes),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate()
    return running.returncode, said.decode()


@pytest.mark.timeout(240)
async def test_killed_server_and_worker_lose_nothing_and_do_nothing_twice() -> None:
    code, said = await chaos("--seed", "5", "--cases", "15", "--kills", "3")
    assert code == 0, said[-8000:]
    assert "killed the server" in said
    assert "killed the worker" in said
    assert "nothing lost, nothing twice" in said


async def test_case_that_does_not_end_leaves_its_history_and_what_the_programs_said(tmp_path: Path) -> None:
    code, said = await chaos("--cases", "2", "--kills", "0", "--patience", "0.5", "--keep", str(tmp_path))
    assert code == 1
    assert "the worker's last words" in said
    assert "chaos: STUCK" in said
    kept = {file.suffix for file in tmp_path.iterdir()}
    assert kept == {".json", ".txt", ".log"}
