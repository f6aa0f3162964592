"""The command line. Heavy imports stand inside the commands, so that `duecourse --help` is there at once."""

from __future__ import annotations

import sys

import typer

from starter.cli import (
    access,
    complaints,
    conversation,
    figures,
    mail,
    order_changes,
    policy,
    readmodel,
    returns,
    running,
    staff,
    store,
    supervision,
    tasks,
)
from starter.cli.exits import ExitCode, leave

app = typer.Typer(
    name="duecourse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Complaints that keep their promises: what was promised, who has it now, and by when.",
    epilog="Exit codes: 0 done · 1 unexpected · 2 invalid input · 3 partly refused · 4 refused by the case · "
    "5 not found · 6 no server or no answer in time · 7 the read model differs",
)
app.add_typer(running.app)
app.add_typer(complaints.complaint_app, name="complaint", rich_help_panel=complaints.CASES)
app.add_typer(order_changes.app, name="order-change", rich_help_panel=complaints.CASES)
app.add_typer(returns.app, name="return", rich_help_panel=complaints.CASES)
app.add_typer(complaints.app)
app.add_typer(mail.app)
app.add_typer(tasks.app, name="task", rich_help_panel=conversation.AGENTS)
app.add_typer(conversation.app)
app.add_typer(supervision.app)
app.add_typer(figures.app, name="figures", rich_help_panel="Rules")
app.add_typer(policy.app, name="policy", rich_help_panel="Rules")
app.add_typer(staff.app, name="staff", rich_help_panel="Rules")
app.add_typer(access.app, name="access", rich_help_panel=running.RUN)
app.add_typer(store.app, name="store", rich_help_panel=running.RUN)
app.add_typer(readmodel.app, name="readmodel", rich_help_panel=running.RUN)


def main() -> None:
    """The console script `duecourse`."""
    code: int = ExitCode.OK
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else ExitCode.UNEXPECTED
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BrokenPipeError:
        code = ExitCode.UNEXPECTED
    leave(code)
