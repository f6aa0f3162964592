"""The three faults, each at a chosen statement of one request: the shop dies, our worker dies, the answer is lost."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.crashes.child import GIVEN_UP
from bench.crashes.deeds import Deed, Prepared, prepare
from bench.crashes.errands import WORKS, Errand, Way, carry_out
from bench.crashes.ground import Ground
from bench.crashes.strike import Strike
from bench.crashes.truth import Verdict, judged, look

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300.0
"""Until an errand that has not come to its end counts as stuck; a lost call settles after 20 s."""

STRUCK_WITHIN_S = 120.0


class Fault(StrEnum):
    """What goes wrong."""

    SHOP = "Medusa killed"
    WORKER = "worker killed"
    REPLY = "reply lost"


@dataclass(frozen=True)
class Trial:
    """One deed in one way, with one fault.

    Attributes:
        moment: which of the moments, from 0 on.
        at: its statement.
    """

    deed: Deed
    fault: Fault
    way: Way
    moment: int
    at: int


@dataclass(frozen=True)
class Struck:
    """A trial whose fault has happened; it goes on by itself.

    Attributes:
        seen: statements until the fault.
    """

    trial: Trial
    prepared: Prepared
    strike: Strike
    going_on: asyncio.Task[str]


async def statements(ground: Ground, deed: Deed, way: Way) -> int:
    """How many statements the deed's request takes, undisturbed.

    Raises:
        RuntimeError: undisturbed, it is not what it should be.
    """
    prepared = await prepare(deed, ground.stage, way)
    counting = Strike(prepared.path, at=sys.maxsize, watches=True)
    ground.door.expect(counting)
    said = await carry_out(ground.errand(prepared, way), ground.ports)
    verdict = judged(
        await look(ground.stage.client, prepared.order_id), prepared.wanted, ended=said == WORKS, said=said
    )
    if not verdict.right:
        raise RuntimeError(f"{deed}, undisturbed: {verdict.said}")
    return counting.seen


async def struck(ground: Ground, trial: Trial, prepared: Prepared) -> Struck:
    """Start a trial, and return when its fault has happened; Medusa's death only follows in `Ground.kill_shop`."""
    errand = ground.errand(prepared, trial.way)
    if trial.fault is Fault.WORKER:
        worker = await _worker(errand)
        strike = Strike(prepared.path, trial.at, act=worker.kill)
        ground.door.expect(strike)
        await _told(worker, errand)
        going_on = asyncio.create_task(_again(worker, errand))
    else:
        strike = Strike(prepared.path, trial.at, act=None if trial.fault is Fault.SHOP else _nothing)
        ground.door.expect(strike)
        going_on = asyncio.create_task(carry_out(errand, ground.ports))
    async with asyncio.timeout(STRUCK_WITHIN_S):
        await strike.reached.wait()
    return Struck(trial, prepared, strike, going_on)


async def verdict_on(ground: Ground, struck: Struck) -> Verdict:
    """What came of a trial, once it has come to its end."""
    try:
        said = await asyncio.wait_for(struck.going_on, PATIENCE_S)
    except TimeoutError:
        said = "no end"
    found = await look(ground.stage.client, struck.prepared.order_id)
    return judged(found, struck.prepared.wanted, ended=said == WORKS, said=said)


async def _worker(errand: Errand) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.crashes.child"), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )


async def _told(worker: Process, errand: Errand) -> None:
    assert worker.stdin
    worker.stdin.write(errand.model_dump_json().encode())
    worker.stdin.close()


async def _again(dead: Process, errand: Errand) -> str:
    """Another worker takes over, as soon as the first is dead."""
    await dead.communicate()
    worker = await _worker(errand)
    try:
        said, _ = await worker.communicate(errand.model_dump_json().encode())
    finally:
        if worker.returncode is None:
            worker.kill()
    if worker.returncode not in (0, GIVEN_UP):
        raise RuntimeError(f"a worker ended with {worker.returncode}")
    return said.decode()


def _nothing() -> None:
    """The way back is cut by the door."""
