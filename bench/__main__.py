"""`make bench`: what keeping promises costs, beside a workflow that keeps none."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from pathlib import Path

from bench.api import through_the_api
from bench.ground import running_ground
from bench.live import heard_by_all
from bench.ratios import Figure, keep, table, write_docs
from bench.saying import say
from bench.scale import at_scale
from bench.shown import with_many_tasks
from bench.small import both_workers, open_memory, tier1_costs, tier1_throughput, waiting_12h
from bench.small_shop import AT_THE_SHOP, costs, throughput
from runtime.logs import configure_logs
from starter.policies.publish import publishable

ROOT = Path(__file__).parents[1]


async def measure(cases: int, rounds: int, quick: bool) -> list[Figure]:
    """All figures, in one run."""
    charter = publishable("charter").policy
    figures: list[Figure] = []
    async with running_ground(charter) as ground:
        async with both_workers(ground) as workers:
            say("a complaint resolved at tier 1: actions, events, bytes, throughput", sign="→")
            figures += await tier1_costs(ground)
            figures.append(await tier1_throughput(ground, rounds, cases=60 if quick else 120, in_flight=40))
            for which in AT_THE_SHOP:
                say(f"{which.about}, {' and '.join(which.stories)}: actions, events, bytes, throughput", sign="→")
                figures += await costs(ground, which)
                figures.append(
                    await throughput(ground, which, rounds=1 if quick else 3, cases=40 if quick else 80, in_flight=40)
                )
        async with both_workers(ground):
            say("a claim and a completion over HTTP", sign="→")
            figures += await through_the_api(ground, 10 if quick else 60)
            say("200 open desks hear of a change", sign="→")
            figures += await heard_by_all(ground, desks=200, changes=5 if quick else 40)
        async with both_workers(ground) as workers:
            say("memory of open cases", sign="→")
            figures.append(await open_memory(ground, workers, 100 if quick else 400))
    say("twelve hours of waiting", sign="→")
    figures += await waiting_12h(charter)
    say(f"{cases} open cases: lateness of due steps, restart of the worker", sign="→")
    figures += await at_scale(charter, cases)
    tasks = 20_000 if quick else 1_000_000
    say(f"inbox and board with {tasks} tasks in the read model, on both databases", sign="→")
    figures += await with_many_tasks(charter, tasks, looks=20 if quick else 200)
    return figures


def main() -> None:
    """Measure, print, keep; the exit code does not judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small form, for a look")
    parser.add_argument("--cases", type=int, help="open cases at scale (5000, quick 300)")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/performance.md")
    wishes = parser.parse_args()
    configure_logs("console", "WARNING")
    cases = wishes.cases or (300 if wishes.quick else 5_000)
    figures = asyncio.run(measure(cases, 3 if wishes.quick else 5, wishes.quick))
    run = f"{os.cpu_count()} cores, Python {platform.python_version()}, {cases} open cases at scale."
    sys.stdout.write(f"\n{run}\n\n{table(figures)}\n")
    keep(figures, ROOT / "var" / "bench.json")
    if wishes.write_docs:
        write_docs(figures, ROOT / "docs" / "performance.md", run)
    sys.stdout.flush()
    # The interpreter sometimes aborts at exit after Temporal's core was used (sdk-python issue 300).
    os._exit(0)


if __name__ == "__main__":
    main()
