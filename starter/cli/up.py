"""What `duecourse up` shows of the running house, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import CaseError
from runtime.settings import Settings
from starter.board import Board, look
from starter.cli.board_view import BoardScreen
from starter.cli.lines import JsonLines, Lines
from starter.cli.session import silence_temporal
from starter.importing import ImportRow, Refusal
from starter.intake import read_file
from starter.kept_running import KeptRunning
from starter.upkeep import SAMPLE, Plan, Upkeep, bring_in, running_house

STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    policy: str | None = None
    examples: bool = True
    headless: bool = False
    port: int | None = None
    ui_port: int | None = None
    api_port: int | None = None
    sample: Path | None = None
    as_json: bool = False

    def plan(self) -> Plan:
        """What to run."""
        return Plan(self.policy, self.port, self.ui_port, self.api_port, web_ui=not self.headless)

    def rows(self) -> list[ImportRow | Refusal]:
        """The complaints to import."""
        sample = self.sample or SAMPLE
        wanted = self.examples and (self.sample is not None or sample.exists())
        return read_file(sample) if wanted else []

    def shop(self) -> bool:
        """Whether the embedded shop gets its sample orders: with our own sample, not with somebody's file."""
        return self.examples and self.sample is None


class Display(Protocol):
    """Where the running house is shown: a live board, lines, or lines of JSON."""

    every: float
    """Seconds between two looks at the house."""

    def say(self, text: str) -> None:
        """Tell of something that happened."""

    def show(self, house: Upkeep, board: Board | None) -> None:
        """Show the house; no board while Temporal does not answer."""

    def close(self) -> None:
        """Give the terminal back."""


def run_up(wishes: Wishes) -> None:
    """Run everything until a signal; stopped by one, it has ended well."""
    display: Display
    if wishes.as_json:
        display = JsonLines()
    elif wishes.headless or not sys.stdout.isatty():
        display = Lines()
    else:
        display = BoardScreen()
    silence_temporal()
    asyncio.run(_until_stopped(_up(wishes, display)))
    display.say(farewell(Settings()))


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    stopping = asyncio.Event()

    def stop() -> None:
        # Only once: whoever presses Ctrl-C again must not break the clean end.
        if not stopping.is_set():
            stopping.set()
            task.cancel()

    for number in STOPPED_BY:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await task
    if task.cancelled() and not stopping.is_set():
        raise asyncio.CancelledError


async def _up(wishes: Wishes, display: Display) -> None:
    settings, rows = Settings(), wishes.rows()
    async with running_house(settings, wishes.plan(), display.say) as house:
        try:
            await _show_while_running(house, wishes, rows, display)
        finally:
            display.close()


def farewell(settings: Settings) -> str:
    """Where things lie, and how to go on."""
    return f"Stopped. Everything lies in {settings.home.resolve()}; `make run` or `duecourse up` goes on from there."


async def _show_while_running(house: Upkeep, wishes: Wishes, rows: list[ImportRow | Refusal], display: Display) -> None:
    importing = asyncio.create_task(bring_in(house, rows, shop=wishes.shop() and not house.settings.medusa_url))
    told = Told(display)
    try:
        while True:
            board = await _look(house)
            told.tell(house)
            display.show(house, board)
            if importing.done():
                importing.result()
            await asyncio.sleep(display.every)
    finally:
        importing.cancel()
        await asyncio.gather(importing, return_exceptions=True)


async def _look(house: Upkeep) -> Board | None:
    try:
        return await look(house.doors, house.policy)
    except (CaseError, SQLAlchemyError):
        return None


def _programs(house: Upkeep) -> list[tuple[str, KeptRunning]]:
    api = [("the API", house.api.program)] if house.api else []
    return [("Temporal", house.server), ("the worker", house.worker), *api]


@dataclass
class Told:
    """What of the changes was told already."""

    display: Display
    starts: dict[str, int] = field(default_factory=dict)
    ready: int = 0
    imported: bool = False
    at_the_shop: int = 0

    def tell(self, house: Upkeep) -> None:
        """Tell of what changed since the last time."""
        for name, program in _programs(house):
            if program.starts > self.starts.setdefault(name, 1):
                self.starts[name] = program.starts
                self.display.say(f"{name} had ended and was started again; see {program.log}")
        if house.worker_ready and self.ready != house.worker.starts:
            self.ready = house.worker.starts
            self.display.say("the worker is ready")
        intake = house.intake
        if intake and not self.imported and intake.total and intake.done == intake.total:
            self.imported = True
            refused = f"; `duecourse import` says why {len(intake.refused)} were refused" if intake.refused else ""
            self.display.say(f"sample imported: {intake.opened} opened, {intake.known} known{refused}")
        if house.at_the_shop > self.at_the_shop:
            self.at_the_shop = house.at_the_shop
            self.display.say(f"embedded shop seeded: {house.at_the_shop} order changes and returns opened")
