"""A short form of `make chaos-shop`: a real Medusa, a worker and an answer are lost under single deeds.

It has a Medusa of its own: that of the other tests must not die.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.conftest import on_medusa

ROOT = Path(__file__).parents[2]

pytestmark = on_medusa()

EXPECTED = """\
| deed | fault | Duecourse: right | wrong | plain retry: right | wrong |
| --- | --- | ---: | --- | ---: | --- |
| receive/confirm | Medusa killed | 2 of 2 | – | – | not tried |
| order edit | Medusa killed | 2 of 2 | – | – | not tried |
| refund | Medusa killed | 2 of 2 | – | – | not tried |
| refund | worker killed | 1 of 1 | – | – | not tried |
| refund | reply lost | 1 of 1 | – | 0 of 1 | 1 × refunded twice or more (by up to ¥100), 1 × total wrong |
"""


async def test_torn_deeds_are_done_once_where_a_plain_retry_pays_twice(tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    crashing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.chaos_shop", "--short", "--seed", "5", "--markdown", table),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await crashing.communicate()
    assert crashing.returncode == 0, said.decode()[-4000:]
    assert table.read_text() == EXPECTED, said.decode()[-4000:]
    assert "money and goods moved once" in said.decode()
