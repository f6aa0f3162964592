"""A program under watch: started again when it dies, stopped when asked, killed when it does not listen."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from starter.kept_running import KeptRunning

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PATIENT = "import time; print('ready', flush=True); time.sleep(60)"
SHORT = "print('short', flush=True)"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., KeptRunning]:
    """Makes a program of a line of Python, with short pauses between its lives."""
    monkeypatch.setattr("starter.kept_running.FIRST_PAUSE", 0.05)

    def made(source: str, grace: float = 10.0) -> KeptRunning:
        return KeptRunning([sys.executable, "-c", source], tmp_path / "log", os.environ, grace=grace)

    return made


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it does not come to that")


async def test_dead_program_is_started_again(program: Callable[..., KeptRunning]) -> None:
    kept = program(SHORT)
    async with kept.kept():
        await until(lambda: kept.starts >= 3)
    assert not kept.running
    assert kept.log.read_text().splitlines()[:2] == ["short", "short"]


async def test_killed_program_is_started_again_and_its_new_words_are_told_from_the_old(
    program: Callable[..., KeptRunning],
) -> None:
    kept = program(PATIENT)
    async with kept.kept():
        await until(lambda: kept.has_said("ready"))
        assert kept.process_id is not None
        os.kill(kept.process_id, signal.SIGKILL)
        await until(lambda: kept.starts == 2)
        await until(lambda: kept.has_said("ready"))
        assert not kept.has_said("never said")
    assert kept.exit_code == -signal.SIGTERM


async def test_program_that_does_not_listen_is_killed_after_its_grace(program: Callable[..., KeptRunning]) -> None:
    kept = program(DEAF, grace=0.2)
    async with kept.kept():
        await until(lambda: kept.has_said("deaf"))
    assert kept.exit_code == -signal.SIGKILL
    assert kept.last_words() == "deaf"


async def test_program_stays_stopped(program: Callable[..., KeptRunning]) -> None:
    kept = program(PATIENT)
    await kept.start()
    await kept.stop()
    await kept.start()
    assert (kept.running, kept.starts) == (False, 1)


async def test_long_log_is_put_aside_at_the_first_start(
    program: Callable[..., KeptRunning], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.kept_running.LONGEST_LOG", 10)
    kept = program(SHORT)
    kept.log.write_text("what was said before")
    async with kept.kept():
        await until(lambda: kept.starts >= 2)
    assert "before" not in kept.log.read_text()
    assert kept.log.with_name("log.1").read_text() == "what was said before"


async def test_program_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """On Linux, where the tests run: no other system tells children that their parent has died."""
    parent = (
        "import asyncio, os, sys; from pathlib import Path; from starter.kept_running import KeptRunning\n"
        f"kept = KeptRunning([sys.executable, '-c', {PATIENT!r}], Path({str(tmp_path / 'log')!r}), os.environ)\n"
        "async def main():\n"
        "    await kept.start()\n"
        "    print(kept.process_id, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    out, _ = await process.communicate()
    await until(lambda: ended(int(out)))


def ended(process_id: int) -> bool:
    """Whether a process is over, also where nobody has asked for its exit code."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
