"""`make demo`: the demonstration as a command."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Annotated

import typer

from domain.errors import CaseError
from starter.cli.exits import ExitCode, exit_code_of, leave
from starter.demo.performance import Wishes, perform
from starter.demo.report import Report

INTERRUPTED = 130


def main(
    cases: Annotated[int, typer.Option("--cases", min=1, max=200, help="How many complaints come in.")] = 48,
    changes: Annotated[int, typer.Option("--changes", min=0, max=200, help="How many order changes come in.")] = 16,
    returns: Annotated[int, typer.Option("--returns", min=0, max=200, help="How many returns come in.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="Decides which complaints, and who does what.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the folder with all cases behind.")] = False,
) -> None:
    """All types of cases in fast motion on a real server. Exit code 0: no promise was broken, else 1."""
    for name in [name for name in os.environ if name.startswith(("DUECOURSE_", "TEMPORAL_"))]:
        del os.environ[name]
    try:
        wishes = Wishes(cases=cases, changes=changes, returns=returns, seed=seed, as_json=as_json, keep=keep)
        report = asyncio.run(_until_stopped(wishes))
    except CaseError as error:
        sys.stderr.write(f"{error.message}\n")
        leave(exit_code_of(error.code))
    leave(exit_code(report))


def exit_code(report: Report | None) -> int:
    """0 if no promise was broken and every case came to its end, 1 if not, 130 if it was stopped on the way."""
    if report is None:
        return INTERRUPTED
    return ExitCode.OK if report.good else ExitCode.UNEXPECTED


async def _until_stopped(wishes: Wishes) -> Report | None:
    """The report, None when it was stopped by a signal; then everything has been cleared away."""
    task = asyncio.create_task(perform(wishes))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        sys.stderr.write("stopped\n")
        return None


if __name__ == "__main__":
    typer.run(main)
