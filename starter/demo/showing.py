"""How a demonstration looks: for a person at a terminal, for a log file, or as JSON for a machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from domain.catalog import COMPLAINT, CaseType
from domain.policy import Policy
from domain.sla.spans import SECOND, say_span
from starter.audit.findings import Promise
from starter.cli.screen import print_json, stderr, stdout, words
from starter.demo.report import Report, TypeFigures, in_charter_time
from starter.demo.stage import Stage

LINE_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""

SHOWN_BROKEN = 20

_BY_PEOPLE = {
    Promise.FIRST_RESPONSE,
    Promise.TIER_TIME,
    Promise.TIER_RESPONSE,
    Promise.TASK_TIME,
    Promise.FOLLOW_UP,
    Promise.DECISION,
    Promise.LEG,
    Promise.GIVEN_WORD,
}


class Screen:
    """Where everything is told. As JSON only the report goes to stdout."""

    def __init__(self, *, as_json: bool, pace: float) -> None:
        self.as_json = as_json
        self.pace = pace
        self.console = stderr() if as_json else stdout()
        self.began = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None
        self._last_line = 0.0

    @property
    def seconds(self) -> float:
        """Since the demonstration began."""
        return time.monotonic() - self.began

    def say(self, text: str) -> None:
        """One line, with the time since the beginning. Advice on policies is not for a demonstration."""
        if text.startswith("warning:"):
            return
        self.console.print(f"[dim]{self.seconds:5.1f} s[/dim]  {text}", soft_wrap=True)

    def open_with(self, sizes: Mapping[CaseType, int], source: Path, policy: Policy, seed: int) -> None:
        """What will be seen, and in which time."""
        clocks, tiers = policy.complaint.clocks, policy.complaint.tiers
        times = ", ".join(f"tier {number} {_seconds(tier.time)}" for number, tier in sorted(tiers.items()))
        beside = " and ".join(
            f"{count} {which.title}s" for which, count in sizes.items() if count and which != COMPLAINT
        )
        beside = f", with {beside} at the embedded shop" if beside else ""
        self.console.print(
            f"[bold]Duecourse, a demonstration.[/bold] {sizes[COMPLAINT]} real complaints from {source.name} (drawn "
            f"with seed {seed}){beside}, worked by scripted agents\nand customers on a real Temporal server, until all "
            "are closed; then every promise is checked from the event histories.\n"
            f"Policy {policy.name}: [bold]one second stands for {say_span(in_charter_time(SECOND, self.pace))}[/bold]; "
            f"what would be less than 3 s is 3 s, so that people could keep it.\n"
            f"A status update every 4 h is one every {_seconds(clocks.status_update.every)}; {times}; "
            f"the system itself may be {_seconds(policy.late_tolerance)} late.\n"
            "In order changes a window of an hour or two, and as long for a decision, are 3 s; an answer or a payment "
            "has 24 s.\nIn returns a label has 3 s, an inspection 12 s, the refund 24 s from the parcel's arrival.\n"
            "Not the charter's are two times, a day here: to say whether a solution satisfies, and to send goods.\n",
            soft_wrap=True,
        )

    @contextmanager
    def progress(self, cases: int) -> Iterator[None]:
        """A bar at a terminal; elsewhere nothing, and `show` prints a line now and then."""
        if not self.console.is_terminal:
            yield
            return
        columns = (TimeElapsedColumn(), BarColumn(30), TextColumn("{task.description}"))
        with Progress(*columns, console=self.console, transient=True) as progress:
            self._bar = (progress, progress.add_task("", total=cases))
            yield
            self._bar = None

    def show(self, stage: Stage) -> None:
        """Where the cases stand now."""
        if self._bar:
            progress, task = self._bar
            progress.update(task, completed=stage.closed, description=stage.summary())
        elif self.seconds - self._last_line >= LINE_EVERY:
            self._last_line = self.seconds
            self.say(stage.summary())

    def close_with(self, report: Report, kept_in: Path | None) -> None:
        """Tables, verdict, and where to look next."""
        if self.as_json:
            print_json({**report.__dict__, "broken": [str(found) for found in report.broken], "good": report.good})
            return
        self._tiers(report)
        for figures in report.types:
            self._promises(figures)
        self._missed(report)
        self._verdict(report)
        self._next(kept_in)

    def _tiers(self, report: Report) -> None:
        table = Table("tier", title="\nWhat happened to complaints, by tier", title_justify="left", title_style="bold")
        for heading in ("cases", "resolved", "in time", "updates sent", "longest gap", "escalated", "compensations"):
            table.add_column(heading, justify="right")
        for row in report.tiers:
            gap = f"{_seconds(row.longest_gap)} ({say_span(in_charter_time(row.longest_gap, self.pace))})"
            figures = (row.cases, row.resolved, row.in_time, row.updates, gap, row.escalated, row.compensations)
            table.add_row(f"{row.tier} {row.name}", *map(str, figures))
        self.console.print(table)
        self.console.print()

    def _promises(self, figures: TypeFigures) -> None:
        title = f"What was promised in {figures.title}s"
        table = Table("promise", title=title, title_justify="left", title_style="bold")
        for heading in ("kept", "missed, on record", "broken"):
            table.add_column(heading, justify="right")
        for row in figures.promises:
            broken = f"[bold red]{row.broken}[/]" if row.broken else "0"
            table.add_row(row.text, str(row.kept), str(row.missed), broken)
        self.console.print(table)
        endings = ", ".join(f"{count} {words(outcome)}" for outcome, count in sorted(figures.endings.items()))
        self.console.print(f"How {_counted(figures)} ended: {endings}.\n", soft_wrap=True)

    def _missed(self, report: Report) -> None:
        missed = {row.promise for figures in report.types for row in figures.promises if row.missed}
        if missed & _BY_PEOPLE:
            self.console.print(
                "Missed is what people did not do in time, here on purpose: the breach is on record, and the "
                "supervisors were told.",
                soft_wrap=True,
            )
        if missed - _BY_PEOPLE:
            self.console.print("Missed is also what this machine was too busy for; that is on record like the rest.")
        self.console.print()

    def _verdict(self, report: Report) -> None:
        if report.good:
            self.console.print(
                f"[bold green]No promise was broken.[/] {report.cases} cases, {report.seconds:.0f} s in all.\n"
            )
            return
        if report.open:
            self.console.print(f"[bold red]{len(report.open)} cases are still open:[/] {', '.join(report.open)}")
        if report.broken:
            self.console.print(f"[bold red]{len(report.broken)} promises were broken:[/]")
            for finding in report.broken[:SHOWN_BROKEN]:
                self.console.print(f"  {finding}", soft_wrap=True)

    def _next(self, kept_in: Path | None) -> None:
        lines = ["[bold]Where to look next[/bold]"]
        if kept_in:
            lines += [
                f"  DUECOURSE_HOME={kept_in} .venv/bin/duecourse up --no-import",
                "      these cases, in Temporal's Web UI and on the board; `duecourse timeline CASE` tells one's story",
            ]
        else:
            lines += ['  make demo ARGS="--keep"    the same, and the cases stay for looking at them']
        lines += [
            "  make run                   the charter's own times, with Temporal's Web UI and a live board",
            "  docs/                      how complaints, order changes and returns run, and what each promise means",
        ]
        self.console.print("\n".join(lines), soft_wrap=True)


def _counted(figures: TypeFigures) -> str:
    return f"the {figures.title}" if figures.cases == 1 else f"the {figures.cases} {figures.title}s"


def _seconds(span: int) -> str:
    return f"{span / SECOND:.3g} s"
