"""Recorded histories replay on today's code, whatever the hash seed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.histories.recording import recorded_histories

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", ["1", "20261121"])
async def test_recorded_histories_replay_under_hash_seed(seed: str) -> None:
    replay = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.histories.replay",
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await replay.communicate()
    assert replay.returncode == 0, said.decode() or complained.decode()[-3000:]
    assert f"{len(recorded_histories())} histories replayed" in said.decode()


def test_every_path_of_the_complaint_has_a_recorded_history() -> None:
    assert len(recorded_histories()) >= 40
