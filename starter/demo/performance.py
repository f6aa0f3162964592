"""A demonstration from the first process to the verdict, in a folder of its own."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from domain.catalog import COMPLAINT, ORDER_CHANGE, RETURN, CaseType
from runtime.settings import Settings
from starter.audit.auditor import audit_case
from starter.audit.findings import CaseAudit
from starter.demo.cast import Part, cast
from starter.demo.changes import ChangePart, changes
from starter.demo.changing import ChangePlayer
from starter.demo.orders import stock_up
from starter.demo.play import Player
from starter.demo.playing import CasePlayer
from starter.demo.report import Report, report
from starter.demo.returning import ReturnPlayer
from starter.demo.returns import ReturnPart, returns
from starter.demo.showing import Screen
from starter.demo.stage import LOOK_EVERY, Stage
from starter.importing import ImportRow
from starter.intake import read_file
from starter.policies.loader import load_policy
from starter.server import free_port
from starter.upkeep import SAMPLE, Plan, Upkeep, running_house

FASTER = 60
"""How many times faster than `rehearsal`, which is 60 times faster than the charter."""

PACE = FASTER * 60
POLICY = f"""\
extends: rehearsal
name: rehearsal-x{FASTER}
pace: {PACE}
floor: 3s
lead_floor: 800ms
late_tolerance: 2s # half the time between two updates: one left out is never taken for one that is late
complaint:
  clocks:
    satisfaction: {{ within: 24h }} # a third of the charter's, so that a case can be seen to lapse within the minute
returns:
  clocks:
    sending: {{ within: 24h }} # not two weeks, for the same reason
"""

AT_MOST = 150.0
"""Seconds until cases that are still open are given up."""


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    cases: int = 48
    changes: int = 16
    returns: int = 12
    seed: int = 1
    as_json: bool = False
    keep: bool = False


async def perform(wishes: Wishes) -> Report:
    """Show everything once.

    Raises:
        UnavailableError: Temporal's server or the worker does not come up.
    """
    screen = Screen(as_json=wishes.as_json, pace=PACE)
    with _folder(keep=wishes.keep) as folder:
        written = folder / "policy.yaml"
        written.write_text(POLICY)
        policy = load_policy(written).policy
        rows = [row for row in read_file(SAMPLE) if isinstance(row, ImportRow)]
        parts = cast(rows, wishes.cases, wishes.seed)
        programme = Programme(parts, changes(wishes.changes), returns(wishes.returns), wishes.seed)
        screen.open_with(programme.sizes, SAMPLE, policy, wishes.seed)
        # No `.env` file and nothing from outside: a demonstration must never write into somebody's real store.
        settings = Settings(_env_file=None, home=folder, policy=policy.name, store_url="", inbound_port=0)
        plan = Plan(policy=str(written), port=free_port(), web_ui=False, with_api=False)
        async with running_house(settings, plan, screen.say) as house:
            audits = await _run(house, programme, screen)
        found = report(audits, policy, screen.seconds, policy.late_tolerance)
        screen.close_with(found, folder if wishes.keep else None)
    return found


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="duecourse-demo-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


async def until_ready(house: Upkeep) -> None:
    """Wait until the worker takes work."""
    while not house.worker_ready:  # noqa: ASYNC110 - it is another process, and says so in its log
        await asyncio.sleep(0.1)


@dataclass(frozen=True)
class Programme:
    """Everything that comes in: of each case type its parts. A further type is a list here, and its players below."""

    complaints: list[Part]
    changes: list[ChangePart]
    returns: list[ReturnPart]
    seed: int

    @property
    def sizes(self) -> dict[CaseType, int]:
        """How many cases of each type there will be."""
        return {COMPLAINT: len(self.complaints), ORDER_CHANGE: len(self.changes), RETURN: len(self.returns)}

    @property
    def cases(self) -> int:
        """How many cases there will be."""
        return sum(self.sizes.values())

    def players(self, stage: Stage) -> Iterator[CasePlayer]:
        """The players in the order in which their cases come in, the types mixed evenly."""
        lot = random.Random(self.seed)  # noqa: S311 - repeatable, not unpredictable
        played: list[Player] = []
        for part in self.complaints:
            played.append(Player(stage, part, None if part.joins is None else played[part.joins], lot))
        changing = [ChangePlayer(stage, part, number, lot) for number, part in enumerate(self.changes, 1)]
        returning = [ReturnPlayer(stage, part, number, lot) for number, part in enumerate(self.returns, 1)]
        yield from mixed(played, changing, returning)


def mixed(*rows: Sequence[CasePlayer]) -> list[CasePlayer]:
    """Several rows as one, each evenly spread over the whole and in its own order."""
    places = [(at / len(row), which, player) for which, row in enumerate(rows) for at, player in enumerate(row)]
    return [player for _, _, player in sorted(places, key=lambda place: place[:2])]


async def _run(house: Upkeep, programme: Programme, screen: Screen) -> list[CaseAudit]:
    await until_ready(house)
    await stock_up(house.doors.store.engine)
    screen.say(f"server and worker are up; the first of {programme.cases} cases comes in")
    stage = Stage(house)
    with screen.progress(programme.cases):
        await _until_over(stage, programme, screen)
    screen.say(f"{stage.closed} of {programme.cases} cases are closed; auditing their event histories")
    service, tolerance = house.doors.service, house.policy.late_tolerance
    return [await audit_case(service.client, one, service.policy, tolerance=tolerance) for one in stage.opened]


async def _until_over(stage: Stage, programme: Programme, screen: Screen) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(AT_MOST), asyncio.TaskGroup() as tasks:
            watching = [tasks.create_task(stage.watch()), tasks.create_task(_keep_showing(stage, screen))]
            await _let_in(stage, programme)
            for task in watching:
                task.cancel()


async def _let_in(stage: Stage, programme: Programme) -> None:
    """One case after the other comes in, and is played to its end."""
    async with asyncio.TaskGroup() as tasks:
        for player in programme.players(stage):
            await stage.room()
            await player.open()
            tasks.create_task(player.play())


async def _keep_showing(stage: Stage, screen: Screen) -> None:
    while True:
        screen.show(stage)
        await asyncio.sleep(LOOK_EVERY)
