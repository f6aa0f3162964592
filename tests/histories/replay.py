"""Replays every recorded history against today's workflows; run as a program under a given PYTHONHASHSEED."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncIterator

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.policy import Policy
from runtime.plugin import duecourse_plugin
from runtime.published import publish
from tests.histories.recording import POLICIES, recorded_histories
from worker import WORKFLOWS

LESSON = """
Today's workflow code does not do again what it did in {name}:

    {error}

Cases of that version may be open right now. Each of them would stop at its next wake with this very error, its clocks
with it, until the code is put right. Three honest ways on:

  1. Undo the change, if the order of commands was not meant to change. Iterating over a set, reading a clock or a
     dictionary's order from outside, and a new `await` before an old one are the usual causes.
  2. Guard it: `if workflow.patched("what-changed"):` new commands, else the old ones. New cases take the new way, open
     ones the old; record a history of the new way beside the old.
  3. If no case of the old version can be open (it was never released), say so in the commit and record anew:
     RECORD=1 make test ARGS="tests/scenarios -n 0"
"""


async def replay_all() -> list[str]:
    """Replay every history; returns a lesson for each that fails."""
    for path in sorted(POLICIES.glob("*.json")):
        name, _, digest = path.stem.rpartition("-")
        publish(f"{name}@{digest}", Policy.model_validate_json(path.read_text()))
    replayer = Replayer(workflows=WORKFLOWS, plugins=[duecourse_plugin()])
    async with replayer.workflow_replay_iterator(_histories()) as results:
        return [
            LESSON.format(name=result.history.workflow_id, error=result.replay_failure)
            async for result in results
            if result.replay_failure
        ]


async def _histories() -> AsyncIterator[WorkflowHistory]:
    """All of them, one after the other, for one worker: bringing one up for each takes longer than the replay."""
    for path in recorded_histories():
        yield WorkflowHistory.from_json(path.name, gzip.decompress(path.read_bytes()).decode())


def main() -> None:
    """Print the lessons; exit code 1 when there is one."""
    failures = asyncio.run(replay_all())
    sys.stdout.write("\n".join(failures) or f"{len(recorded_histories())} histories replayed\n")
    sys.stdout.flush()
    # The interpreter sometimes aborts at exit after Temporal's core was used (sdk-python issue 300).
    os._exit(1 if failures else 0)


if __name__ == "__main__":
    main()
