"""Thousands of open cases: how late due steps run, and how soon everything runs again after a worker was killed.

Two steps of each case's tier clock are looked at. The first falls due while the worker runs: its lateness is the instant
at which it ran less the instant at which it was due. The second falls due, for every case, while the worker is dead; after
the restart it is measured until the last of them has run, from a cold cache.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from bench.ground import running_ground
from bench.programs import OURS
from bench.ratios import Figure
from bench.tier1 import Tier1, quiet
from domain.messages import CaseView
from domain.policy import Policy
from domain.sla.rules import ClockKind
from domain.sla.spans import DAY, SECOND

AT_ONCE = 60
SLACK = 20.0
"""Seconds between the phases."""


def two_steps(charter: Policy, first: float, second: float) -> Policy:
    """The charter with a tier clock that reminds after `first` and warns after `second` seconds, and little else."""
    document = charter.model_dump(mode="json")
    document["name"] = "scale"
    complaint = document["complaint"]
    for tier in complaint["tiers"].values():
        tier["time"] = 2 * DAY
    complaint["clocks"]["tier"]["steps"] = [
        {"do": "remind", "after": round(first * SECOND)},
        {"do": "warn", "after": round(second * SECOND)},
        {"do": "breach", "at": 1},
        {"do": "escalate", "at": 1},
    ]
    return Policy.model_validate(document)


async def at_scale(charter: Policy, cases: int, opening_rate: float) -> list[Figure]:
    """Open the cases, let the first step pass, kill the worker, let the second pass, restart, and look.

    Args:
        charter: the policy to derive from.
        cases: how many are open at the same time.
        opening_rate: cases a second that this machine opens at the least; it places the steps.
    """
    opening = cases / opening_rate
    first = opening + SLACK
    second = first + opening + 2 * SLACK
    async with running_ground(two_steps(charter, first, second)) as ground:
        worker = ground.worker(OURS, open_cases=str(cases + 500))
        await worker.ready()
        began = time.monotonic()
        handles = await _opened(Tier1(ground, "ours"), cases)
        took = time.monotonic() - began
        _say(f"{cases} cases opened in {took:.0f} s ({cases / took:.0f} a second)")
        if took > opening:
            _say("opened slower than planned: the first lateness includes the opening's own load")
        await _sleep_until(began + first + took + SLACK / 2)
        late = await _lateness(handles, "remind")
        worker.kill()
        _say("worker killed; the second step of every case falls due")
        await _sleep_until(began + second + took + SLACK / 2)
        restarted = time.monotonic()
        await worker.ready()
        up = time.monotonic() - restarted
        await _all_ran(handles, "warn")
        recovered = time.monotonic() - restarted
        worker.stop()
    _say(f"worker up after {up:.1f} s, all {cases} overdue steps run after {recovered:.1f} s")
    return [
        Figure("due_step_lateness_p50_s", late[len(late) // 2], None, f"s, {cases} open cases"),
        Figure("due_step_lateness_p99_s", late[int(len(late) * 0.99)], None, f"s, {cases} open cases", 1.0),
        Figure("restart_recovery_s", recovered, None, f"s until {cases} overdue steps have run"),
    ]


async def _opened(tier1: Tier1, cases: int) -> list[Any]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> Any:
        async with places:
            handle = await tier1.open()
            await quiet(handle)
            return handle

    return list(await asyncio.gather(*(one() for _ in range(cases))))


async def _view(handle: Any) -> CaseView:
    view: CaseView = await handle.query("snapshot", result_type=CaseView)
    return view


def _ran(view: CaseView, step: str) -> tuple[int, int] | None:
    """When a step of the tier clock was due and when it ran, milliseconds."""
    clock = next(clock for clock in view.clocks if clock.kind is ClockKind.TIER)
    for event in clock.why:
        if event.what.startswith(step):
            return clock.why[0].at + int(event.what.split("+")[1]), event.at
    return None


async def _lateness(handles: list[Any], step: str) -> list[float]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(handle: Any) -> float:
        async with places:
            while (ran := _ran(await _view(handle), step)) is None:
                await asyncio.sleep(0.5)
            return (ran[1] - ran[0]) / SECOND

    return sorted(await asyncio.gather(*(one(handle) for handle in handles)))


async def _all_ran(handles: list[Any], step: str) -> None:
    """Wait until the step has run everywhere; the history's own notice shows it without asking the worker."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(handle: Any) -> None:
        async with places:
            while True:
                scheduled = [
                    event
                    async for event in handle.fetch_history_events()
                    if event.HasField("activity_task_scheduled_event_attributes")
                ]
                # look-up, acknowledgement, first notice, second notice
                if len(scheduled) >= 4:
                    return
                await asyncio.sleep(0.5)

    await asyncio.gather(*(one(handle) for handle in handles))


async def _sleep_until(instant: float) -> None:
    await asyncio.sleep(max(instant - time.monotonic(), 0))


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()
