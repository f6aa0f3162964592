"""How far an import has come, as a bar on stderr."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starter.intake import Intake


@contextmanager
def intake_progress(total: int, *, shown: bool) -> Iterator[Callable[[Intake], None]]:
    """A bar that grows with each row; yields what is to be called. Without a terminal nothing is drawn."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from starter.cli.screen import stderr

    columns = (
        TextColumn("importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[refused]}"),
    )
    with Progress(*columns, console=stderr(), disable=not (shown and sys.stderr.isatty())) as progress:
        task = progress.add_task("importing", total=total, refused="")

        def tell(intake: Intake) -> None:
            refused = f"{len(intake.refused)} refused" if intake.refused else ""
            progress.update(task, completed=intake.done, refused=refused)

        yield tell
