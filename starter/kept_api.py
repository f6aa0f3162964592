"""API and desk of an embedded installation: a program of its own that is kept running."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starter.api.serving import GRACE, READY
from starter.doors import Doors
from starter.installation import Installation
from starter.kept_running import KeptRunning
from starter.server import LOCALHOST
from starter.ways_in import open_ways_in


@dataclass(frozen=True)
class KeptApi:
    """The program and where it answers."""

    program: KeptRunning
    port: int

    @property
    def address(self) -> str:
        """As callers name it."""
        return f"http://{LOCALHOST}:{self.port}"

    @property
    def ready(self) -> bool:
        """Whether it answers right now."""
        return self.program.running and self.program.has_said(READY)


@asynccontextmanager
async def kept_api(
    doors: Doors, installation: Installation, port: int, *, inherit: tuple[int, ...], say: Callable[[str], None]
) -> AsyncIterator[KeptApi]:
    """Run the API until the context ends; the first time in a store, make ways in and tell them."""
    api = {"DUECOURSE_API_HOST": LOCALHOST, "DUECOURSE_API_PORT": str(port)}
    environment = installation.own_environment(doors.settings) | api
    command = [sys.executable, "-m", "starter.api"]
    program = KeptRunning(command, installation.api_log, environment, inherit=inherit, grace=GRACE + 5)
    async with program.kept():
        kept = KeptApi(program, port)
        say(f"the API answers at {kept.address}/v1/…")
        await open_ways_in(doors, kept.address, say)
        yield kept
