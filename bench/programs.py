"""Programs that are measured and killed: Temporal's dev server on a database file, and workers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from temporalio.client import Client

from runtime.logs import telemetry
from runtime.plugin import duecourse_plugin
from starter.server import PRAGMAS, free_port
from starter.temporal_binary import temporal_executable
from worker import READY

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
"""Seconds until a server or worker that does not come up counts as broken."""

OURS, BARE = "worker", "bench.bare_worker"
"""The modules that are run as workers."""


class Program:
    """A child process whose output goes to a file: an undrained pipe would hang it."""

    def __init__(self, arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environment = {**os.environ, **environment}
        self._child: subprocess.Popen[bytes] | None = None
        self.log = log

    def start(self) -> None:
        """Start it, or start it again."""
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                self._arguments, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    @property
    def alive(self) -> bool:
        """Whether it runs right now."""
        return self._child is not None and self._child.poll() is None

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The running process.

        Raises:
            RuntimeError: it was not started, or has ended by itself; the end of its log says why.
        """
        if self._child is None or self._child.poll() is not None:
            raise RuntimeError(f"{' '.join(self._arguments[:4])} does not run: {self.last_words()}")
        return self._child

    def last_words(self, length: int = 2_000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-length:] if self.log.exists() else ""

    def kill(self) -> None:
        """SIGKILL: no last word, no flushed buffer."""
        child = self.child
        child.kill()
        child.wait()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for what does not listen; harmless when it has ended already."""
        if self._child is None or self._child.poll() is not None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


class DevServer(Program):
    """Temporal's dev server on a database file, on one port for its whole life."""

    def __init__(self, home: Path) -> None:
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        pragmas = [word for pragma in PRAGMAS for word in ("--sqlite-pragma", pragma)]
        where = ["--ip", "127.0.0.1", "--port", str(self.port), "--db-filename", str(home / "temporal.db")]
        command = [temporal_executable(), "server", "start-dev", "--headless", "--log-level", "error"]
        super().__init__([*command, *where, *pragmas], home / "server.log", {})

    async def client(self) -> Client:
        """A client, once the server answers; it finds the server again after a restart.

        Raises:
            RuntimeError: the server has ended, or does not answer in time.
        """
        runtime, deadline = telemetry(), time.monotonic() + PATIENCE
        while True:
            try:
                return await Client.connect(self.address, plugins=[duecourse_plugin()], runtime=runtime)
            except RuntimeError:
                if not self.alive or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)


class WorkerProcess(Program):
    """A worker with a task queue of its own."""

    def __init__(self, module: str, home: Path, environment: Mapping[str, str]) -> None:
        super().__init__([sys.executable, "-m", module], home / f"{module}.log", environment)

    async def ready(self) -> None:
        """Start it and wait until it takes work.

        Raises:
            RuntimeError: it has ended.
            TimeoutError: it does not come up.
        """
        seen = self.log.stat().st_size if self.log.exists() else 0
        self.start()
        async with asyncio.timeout(PATIENCE):
            while READY.encode() not in self._said_since(seen):
                self.child.poll()
                await asyncio.sleep(0.05)

    def _said_since(self, offset: int) -> bytes:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read()

    def memory(self) -> int:
        """Resident memory in bytes."""
        pid = self.child.pid
        with suppress(FileNotFoundError):
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        told = subprocess.run(["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True, text=True)
        return int(told.stdout) * 1024
