"""Chaos: worker and server are killed in random places under open cases, and nothing may be lost or done twice.

    python -m bench.chaos [--seed N] [--cases 200] [--kills 20] [--keep FOLDER]

Real server on a database file, real worker, a real SMTP sink for those who wrote by mail. Agents and customers act all
the while and repeat, with the same request id, whatever got no answer. At the end everything is judged by the event
histories and by the receivers; the cases' own counters are asked for nothing but their tasks.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.crowd import Crowd
from bench.crowd_changes import open_change
from bench.crowd_complaints import open_complaint
from bench.crowd_returns import open_returned
from bench.ground import Ground, running_ground
from bench.judgement import Judgement, judge, settled
from bench.programs import OURS, WorkerProcess
from bench.sink import MailSink, mail_sink
from starter.demo.orders import stock_up
from starter.policies.loader import load_policy

POLICY = """\
extends: rehearsal
name: chaos
pace: 300 # a second stands for five minutes: tier 1 has 6 s, and an update goes out 2 s before it is due
floor: 3s
lead_floor: 1s
order_change:
  clocks: # a day would be five minutes, in which everybody waits for those who never answer
    customer_answer: { within: 1h }
    payment: { within: 1h }
returns:
  clocks: # two weeks of sending would be more than an hour; what a lost word leaves is looked for after half of a leg
    customer_answer: { within: 1h }
    payment: { within: 1h }
    sending: { within: 2h }
    transit: { within: 2h }
    dispatch: { within: 2h }
    satisfaction: { within: 1h }
"""

COMING_IN = (open_complaint, open_complaint, open_change, open_returned)
"""What comes in, in turn."""

PAUSE = (1.0, 5.0)
"""Seconds between two kills, drawn by lot."""

DOWN = (0.0, 4.0)
"""Seconds that what was killed stays down."""


@dataclass
class Strikes:
    """What was killed, and for how long it was down (seconds)."""

    worker: int = 0
    server: int = 0
    down: float = 0.0
    log: list[str] = field(default_factory=list)


async def strike(ground: Ground, worker: WorkerProcess, kills: int, lot: random.Random) -> Strikes:
    """Kill worker or server, wait, start again; `kills` times."""
    strikes = Strikes()
    for _ in range(kills):
        await asyncio.sleep(lot.uniform(*PAUSE))
        victim, down = lot.choice(("worker", "server")), lot.uniform(*DOWN)
        program = worker if victim == "worker" else ground.server
        program.kill()
        await asyncio.sleep(down)
        program.start()
        setattr(strikes, victim, getattr(strikes, victim) + 1)
        strikes.down += down
        sys.stdout.write(f"  killed the {victim}, {down:.1f} s down\n")
        sys.stdout.flush()
    return strikes


@asynccontextmanager
async def _house(sink: MailSink) -> AsyncIterator[tuple[Ground, WorkerProcess]]:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "chaos.yaml"
        written.write_text(POLICY)
        policy = load_policy(written).policy
    async with running_ground(policy) as ground:
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(sink.port), "smtp_tls": "none", "email": "smtp"}
        worker = ground.worker(OURS, **smtp)
        await worker.ready()
        try:
            yield ground, worker
        finally:
            worker.stop()


async def wreak(seed: int, cases: int, kills: int, keep: Path | None, patience: float | None = None) -> Judgement:
    """Open the cases, let everybody act, kill, and judge once all cases have ended.

    Event histories go to `keep`, as JSON.

    Raises:
        TimeoutError: cases did not end within `patience` seconds after the last kill; what is known of them was kept.
    """
    lot = random.Random(seed)
    with mail_sink() as sink:
        async with _house(sink) as (ground, worker):
            crowd = Crowd(ground, seed, COMING_IN)
            await stock_up(ground.engine)
            seconds = kills * (sum(PAUSE) + sum(DOWN)) / 2
            sys.stdout.write(f"seed {seed}: {cases} cases, {kills} kills within about {seconds:.0f} s\n")
            playing = asyncio.create_task(crowd.play(cases, spread=seconds))
            await crowd.half_open.wait()
            strikes = await strike(ground, worker, kills, lot)
            try:
                await _until_all_have_ended(playing, crowd, 120 + 2 * cases if patience is None else patience)
            except TimeoutError:
                await _keep_evidence(ground, crowd, worker, keep or Path(tempfile.mkdtemp(prefix="duecourse-stuck-")))
                raise
            if keep:
                await settled(ground, crowd.cases)
                await _keep(ground, crowd.cases, keep)
            return await judge(ground, crowd, sink, strikes.worker, strikes.server, strikes.down)


async def _keep(ground: Ground, cases: list[str], folder: Path) -> None:
    for case_id in cases:
        history = await ground.client.get_workflow_handle(case_id).fetch_history()
        (folder / f"{case_id}.json").write_text(history.to_json())


async def _keep_evidence(ground: Ground, crowd: Crowd, worker: WorkerProcess, folder: Path) -> None:
    """Say what is known of cases that do not end; histories, pending work and both logs go to `folder`."""
    for program in (ground.server, worker):
        shutil.copy(program.log, folder)
    sys.stdout.write(f"  evidence is in {folder}; the worker's last words:\n{worker.last_words()}\n")
    for case_id in crowd.left():
        sys.stdout.write(f"  {case_id} was rebuffed last with: {crowd.rebuffs.get(case_id)}\n")
        described = await ground.client.get_workflow_handle(case_id).describe()
        (folder / f"{case_id}.txt").write_text(str(described.raw_description))
    sys.stdout.flush()
    await _keep(ground, crowd.left(), folder)


async def _until_all_have_ended(playing: asyncio.Task[None], crowd: Crowd, patience: float) -> None:
    """Wait for everybody, saying now and then who is left.

    Raises:
        TimeoutError: cases are still open after `patience` seconds; they have been named.
    """
    async with asyncio.timeout(patience):
        while not playing.done():
            await asyncio.wait([playing], timeout=15)
            left = crowd.left()
            if left:
                sys.stdout.write(f"  {len(left)} cases are still open: {', '.join(left[:5])}\n")
                sys.stdout.flush()
    playing.result()


def show(judgement: Judgement) -> None:
    """Print the table and what is wrong."""
    for name, value in judgement.table():
        sys.stdout.write(f"  {name:<46}{value}\n")
    for kind, count in Counter(wrong.split(":", 1)[0] for wrong in judgement.wrong).items():
        sys.stdout.write(f"  WRONG {kind}: {count}\n")
    for wrong in judgement.wrong[:20]:
        sys.stdout.write(f"    {wrong}\n")
    sys.stdout.write("chaos: nothing lost, nothing twice\n" if not judgement.wrong else "chaos: BROKEN\n")


def main() -> None:
    """Run once; exit code 1 when anything is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder for the event histories of all cases")
    parser.add_argument("--patience", type=float, help="seconds after the last kill until a case counts as stuck")
    wishes = parser.parse_args()
    if wishes.keep:
        wishes.keep.mkdir(parents=True, exist_ok=True)
    # A server that is down is the point of it; its clients need not say so.
    logging.getLogger("temporal").setLevel(logging.CRITICAL)
    broken = True
    try:
        judgement = asyncio.run(wreak(wishes.seed, wishes.cases, wishes.kills, wishes.keep, wishes.patience))
    except TimeoutError:
        traceback.print_exc()
        sys.stdout.write("chaos: STUCK\n")
    else:
        show(judgement)
        broken = bool(judgement.wrong)
    sys.stdout.flush()
    # The interpreter sometimes aborts at exit after Temporal's core was used (sdk-python issue 300).
    os._exit(1 if broken else 0)


if __name__ == "__main__":
    main()
