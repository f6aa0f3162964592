"""What the OpenAPI document says is so: schemathesis calls everything in it, with right and with broken values.

`make api-check` asks for more cases than the suite has time for.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.serving_api import ServedApi, served
from tests.world import OpenCase, World

LONG = "API_CHECK_EXAMPLES" in os.environ
EACH = int(os.environ.get("API_CHECK_EXAMPLES", "2"))
"""Cases for each operation; the long form tries what lies at the boundaries of each schema besides."""

SEED = os.environ.get("API_CHECK_SEED", "20261122")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)
"""Not whether every right value is taken: whether a case takes a request is not in any schema."""

SCHEMATHESIS = [str(Path(sys.executable).with_name("schemathesis")), "run"]


@pytest.fixture(scope="module")
async def api(shared_world: World) -> AsyncIterator[ServedApi]:
    async with served(shared_world) as running:
        yield running


async def tried(api: ServedApi, case: OpenCase, header: str, folder: Path, *only: str) -> str:
    """What schemathesis says of the API, called by somebody who shows this header."""
    config = folder / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.case_id" = "{case.case_id}"\n"path.version" = "charter"\n')
    process = await asyncio.create_subprocess_exec(
        SCHEMATHESIS[0],
        f"--config-file={config}",
        *SCHEMATHESIS[1:],
        f"{api.address}/v1/openapi.json",
        f"--header={header}",
        f"--checks={','.join(CHECKS)}",
        f"--max-examples={EACH}",
        f"--seed={SEED}",
        f"--phases={'coverage,fuzzing' if LONG else 'fuzzing'}",
        "--continue-on-failure",
        "--no-color",
        "--warnings=off",
        "--suppress-health-check=all",
        *only,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
    )
    said, _ = await process.communicate()
    (folder / "said.txt").write_bytes(said)
    assert process.returncode == 0, said.decode()[-6_000:]
    return said.decode()


def generated(said: str) -> int:
    """How many cases were tried."""
    [count] = re.findall(r"(\d[\d,]*) generated", said)
    return int(count.replace(",", ""))


async def test_supervisor_gets_no_answer_that_is_not_declared(world: World, api: ServedApi, tmp_path: Path) -> None:
    case = await world.open()
    said = await tried(api, case, f"Cookie: {await api.cookie('supervisor-01')}", tmp_path)
    print(f"supervisor: {generated(said)} cases")
    assert (await case.view()).case_id == case.case_id


async def test_system_gets_no_answer_that_is_not_declared(world: World, api: ServedApi, tmp_path: Path) -> None:
    case = await world.open()
    said = await tried(api, case, f"Authorization: Bearer {await api.key()}", tmp_path)
    print(f"system: {generated(said)} cases")
    assert (await case.view()).case_id == case.case_id
