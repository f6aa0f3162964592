"""A worker of its own for one errand, to be killed: `python -m bench.crashes.child`, told by its standard input.

Exit code 0 when it works, 3 when it was given up.
"""

from __future__ import annotations

import asyncio
import sys

from pydantic import SecretStr

from activities.medusa.shop import SETTLING
from activities.shop_ports import medusa_shop
from activities.store.database import open_database
from bench.crashes.errands import WORKS, Errand, carry_out

GIVEN_UP = 3


async def run(errand: Errand) -> str:
    """Carry it out with connections of its own."""
    engine = open_database(errand.database)
    ports = medusa_shop(engine, errand.url, SecretStr(errand.api_key), SETTLING)
    try:
        return await carry_out(errand, ports)
    finally:
        await ports.aclose()
        await engine.dispose()


def main() -> None:
    """Carry out what standard input says."""
    said = asyncio.run(run(Errand.model_validate_json(sys.stdin.read())))
    sys.stdout.write(said)
    sys.exit(0 if said == WORKS else GIVEN_UP)


if __name__ == "__main__":
    main()
