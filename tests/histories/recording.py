"""Keeps the event histories of scenarios, so that tomorrow's code can be replayed against what yesterday's did.

`RECORD=1 make test ARGS="tests/scenarios -n 0"` writes them anew. Once a version has been released, a recorded history
is never rewritten: a case of that version may still be open somewhere.
"""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

from tests.world import World

FOLDER = Path(__file__).parent
POLICIES = FOLDER / "policies"


async def record(test_name: str, world: World) -> None:
    """Write the history of each run of each case that the test opened, if recording was asked for."""
    if not os.environ.get("RECORD"):
        return
    name = re.sub(r"[^a-z0-9_]+", "-", test_name.removeprefix("test_").lower()).strip("-")
    for case in world.opened[:2]:
        await case.quiet()
    for number, handle in enumerate([*(case.handle for case in world.opened[:2]), *world.others], 1):
        history = await handle.fetch_history()
        path = FOLDER / f"{name}-{number}.json.gz"
        path.write_bytes(gzip.compress(history.to_json().encode(), mtime=0))
    POLICIES.mkdir(exist_ok=True)
    for found in await world.archive.load_all():
        (POLICIES / f"{found.version.replace('@', '-')}.json").write_text(found.document)


def recorded_histories() -> list[Path]:
    """Every recorded history, by name."""
    return sorted(FOLDER.glob("*.json.gz"))
