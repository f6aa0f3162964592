"""The scripts that set up the databases and Temporal, run for real as far as that goes without containers."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.programs import DevServer
from starter.temporal_binary import temporal_executable
from tests.deploy.conftest import Databases
from tests.deploy.reading import COMPOSE

SCRIPTS = sorted(COMPOSE.glob("*.sh"))


def run(script: str, tools: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script with these tools before all others, as the images' own shell would."""
    environment = {"PATH": f"{tools}{os.pathsep}{os.defpath}", **variables}
    return subprocess.run(["/bin/sh", COMPOSE / script], env=environment, capture_output=True, text=True, check=False)


def as_role(databases: Databases, role: str, database: str) -> AsyncEngine:
    return create_async_engine(f"postgresql+asyncpg://{role}@127.0.0.1:{databases.port}/{database}")


async def asked(databases: Databases, question: str) -> list[tuple[object, ...]]:
    engine = as_role(databases, "postgres", "postgres")
    async with engine.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(text(question))]
    await engine.dispose()
    return rows


async def test_each_tenant_owns_its_databases_and_cannot_enter_the_others(databases: Databases) -> None:
    owners = "SELECT datname, datdba::regrole::text FROM pg_database WHERE datname ~ 'temporal|duecourse' ORDER BY 1"
    assert await asked(databases, owners) == [
        ("duecourse", "duecourse"),
        ("temporal", "temporal"),
        ("temporal_visibility", "temporal"),
    ]
    may = "SELECT has_database_privilege('{}', '{}', 'CONNECT')"
    for role, database, allowed in [
        ("duecourse", "duecourse", True),
        ("duecourse", "temporal", False),
        ("duecourse", "temporal_visibility", False),
        ("temporal", "temporal", True),
        ("temporal", "temporal_visibility", True),
        ("temporal", "duecourse", False),
    ]:
        assert await asked(databases, may.format(role, database)) == [(allowed,)]


async def test_tenants_have_passwords_and_no_rights_over_the_server(databases: Databases) -> None:
    rights = (
        "SELECT rolname, rolpassword LIKE 'SCRAM-SHA-256$%', rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication"
        " FROM pg_authid WHERE rolname IN ('temporal', 'duecourse') ORDER BY 1"
    )
    assert await asked(databases, rights) == [("duecourse", True, False), ("temporal", True, False)]


async def test_temporal_may_add_the_extension_that_its_visibility_needs(databases: Databases) -> None:
    engine = as_role(databases, "temporal", "temporal_visibility")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION btree_gin"))
    await engine.dispose()


@pytest.fixture
def sql_tool(tmp_path: Path) -> Path:
    """A folder with a tool in the place of Temporal's, which writes down how it is called."""
    tool = tmp_path / "temporal-sql-tool"
    tool.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/called\n[ "$1 $2" != "$FAILS_AT" ]\n')
    tool.chmod(0o755)
    return tmp_path


def test_schema_script_sets_up_and_updates_both_databases_in_turn(sql_tool: Path) -> None:
    done = run("temporal-schema.sh", sql_tool)
    assert (done.returncode, done.stderr) == (0, "")
    assert (sql_tool / "called").read_text().splitlines() == [
        "--database temporal setup-schema --version 0.0",
        "--database temporal update-schema --schema-name postgresql/v12/temporal",
        "--database temporal_visibility setup-schema --version 0.0",
        "--database temporal_visibility update-schema --schema-name postgresql/v12/visibility",
    ]


def test_schema_script_stops_at_the_first_failure_and_says_so(sql_tool: Path) -> None:
    done = run("temporal-schema.sh", sql_tool, FAILS_AT="--database temporal")
    assert done.returncode != 0
    assert len((sql_tool / "called").read_text().splitlines()) == 1


def test_namespace_script_waits_creates_and_on_repetition_corrects_the_retention(tmp_path: Path) -> None:
    server = DevServer(tmp_path)
    tools = Path(temporal_executable()).parent
    told = {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": "house", "HOME": str(tmp_path)}
    server.start()
    try:
        for retention, kept in (("365d", "8760h"), ("400d", "9600h"), ("400d", "9600h")):
            done = run("temporal-namespace.sh", tools, RETENTION=retention, **told)
            assert done.returncode == 0, done.stderr
            shown = ["operator", "namespace", "describe", "--namespace", "house", "--address", server.address]
            answer = subprocess.run([tools / "temporal", *shown], capture_output=True, text=True, check=True)
            assert f"{kept}0m0s" in answer.stdout
    finally:
        server.stop()


def test_namespace_script_gives_up_on_a_server_that_never_answers(tmp_path: Path) -> None:
    for name, body in (("temporal", "exit 1"), ("sleep", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    told = {"TEMPORAL_ADDRESS": "nowhere:7233", "TEMPORAL_NAMESPACE": "house", "RETENTION": "365d"}
    done = run("temporal-namespace.sh", tmp_path, **told)
    assert done.returncode == 1
    assert done.stderr == "given up at nowhere:7233: temporal operator cluster health\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script_needs_nothing_but_a_plain_shell(script: Path) -> None:
    assert script.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["/bin/sh", "-n", script], check=False).returncode == 0
