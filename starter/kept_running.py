"""A child process that is started again when it dies, with its output in a file: an undrained pipe would hang it."""

from __future__ import annotations

import asyncio
import ctypes
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a dead program is started again; doubled each time."""

STEADY = 60.0
"""A program that ran this many seconds starts again with the first pause."""

LONGEST_LOG = 20_000_000
"""A log of more bytes is put aside (`.1`) before a program is started for the first time."""

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""


@dataclass
class KeptRunning:
    """A program under watch. `starts` counts how often it was started.

    Attributes:
        command: what to run.
        log: where its output goes.
        environment: the whole of its environment.
        inherit: descriptors that it gets, so that what they lock stays locked while it lives.
        grace: seconds between SIGTERM and SIGKILL.
    """

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    inherit: tuple[int, ...] = ()
    grace: float = 30.0
    starts: int = 0
    _child: Process | None = None
    _said_before: int = 0
    _has_said: set[tuple[int, str]] = field(default_factory=set)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def running(self) -> bool:
        """Whether it is alive right now."""
        return self._child is not None and self._child.returncode is None

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs."""
        return self._child.returncode if self._child else None

    @property
    def process_id(self) -> int | None:
        """Of the running process."""
        return self._child.pid if self._child and self.running else None

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Run it, and start it again when it dies, until the context ends; then stop it."""
        await self.start()
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            await self.stop()
            await watching

    async def start(self) -> None:
        """Start it, unless it is being stopped for good."""
        async with self._changing:
            if self._stopping.is_set():
                return
            if self.starts == 0 and self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
                self.log.replace(self.log.with_name(f"{self.log.name}.1"))
            with self.log.open("ab") as output:
                self._said_before = output.tell()
                self._child = await asyncio.create_subprocess_exec(
                    *self.command,
                    stdin=DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=dict(self.environment),
                    pass_fds=self.inherit,
                    # Ctrl-C in a terminal reaches a whole session: the order of stopping is ours to choose.
                    start_new_session=True,
                    preexec_fn=die_with_parent(),
                )
            self.starts += 1

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not listen; for good, and harmless when it does not run."""
        self._stopping.set()
        async with self._changing:
            if self._child is None or self._child.returncode is not None:
                return
            with suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._child.wait(), self.grace)
            except TimeoutError:
                self._child.kill()
                await self._child.wait()

    async def _watch(self) -> None:
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while not self._stopping.is_set():
            began = loop.time()
            if self._child is not None:
                await self._child.wait()
            if loop.time() - began > STEADY:
                pause = FIRST_PAUSE
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self.start()

    def has_said(self, words: str) -> bool:
        """Whether its log has these words since it was started last."""
        asked = (self.starts, words)
        if asked not in self._has_said and self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self._said_before)
                if words.encode() in file.read():
                    self._has_said.add(asked)
        return asked in self._has_said

    def last_words(self, length: int = 1_500) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-length:].strip() if self.log.exists() else ""


def die_with_parent() -> Callable[[], object] | None:
    """On Linux, what a child does before it becomes its program: ask for SIGTERM for the time its parent dies."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DIE_WITH_PARENT, signal.SIGTERM)
