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

ENDING = (("close_case", "withdraw"), ("sign_out",))
"""After these a case, or the gate, refuses nearly everything, so they are called last, with a case of their own."""

CONFIG = """
[generation]
# With made-up keys it would mostly be told that it is nobody; `ignored_auth` tries those by itself.
with-security-parameters = false

[parameters]
"path.case_id" = "{case_id}"
"path.version" = "charter"
# A stream would go on for an hour.
"query.seconds" = 0
"""

SCHEMATHESIS = [str(Path(sys.executable).with_name("schemathesis")), "run"]


@pytest.fixture(scope="module")
async def api(shared_world: World) -> AsyncIterator[ServedApi]:
    async with served(shared_world) as running:
        yield running


async def tried(api: ServedApi, case: OpenCase, header: str, folder: Path, *only: str) -> str:
    """What schemathesis says of the API, called by somebody who shows this header."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(case_id=case.case_id))
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


async def everything(world: World, api: ServedApi, header: str, folder: Path) -> int:
    """Call everything, first what a case lives through and then what ends it; returns how many cases were tried."""
    going = await world.open()
    left_out = [f"--exclude-operation-id={name}" for names in ENDING for name in names]
    tries = generated(await tried(api, going, header, folder, *left_out))
    assert (await going.view()).status != "closed"
    for names in ENDING:
        only = [f"--include-operation-id={name}" for name in names]
        tries += generated(await tried(api, await world.open(), header, folder, *only))
    return tries


async def test_supervisor_gets_no_answer_that_is_not_declared(world: World, api: ServedApi, tmp_path: Path) -> None:
    tries = await everything(world, api, f"Cookie: {await api.cookie('supervisor-01')}", tmp_path)
    print(f"supervisor: {tries} cases")


async def test_system_gets_no_answer_that_is_not_declared(world: World, api: ServedApi, tmp_path: Path) -> None:
    tries = await everything(world, api, f"Authorization: Bearer {await api.key()}", tmp_path)
    print(f"system: {tries} cases")
