"""`duecourse up` and `duecourse worker`: the programs that keep running."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from starter.cli.options import Json, given
from starter.cli.session import refusals_told

RUN = "Run"
PORTS = {"min": 1, "max": 65_535}

app = typer.Typer()


@app.command(rich_help_panel=RUN)
def up(
    policy: Annotated[
        str | None,
        given("--policy", help="Shipped policy or YAML file; charter if nothing says otherwise."),
    ] = None,
    examples: Annotated[bool, typer.Option("--import/--no-import", help="Import the sample complaints.")] = True,
    headless: Annotated[
        bool, typer.Option("--headless", help="No Web UI, and plain lines instead of the board.")
    ] = False,
    port: Annotated[int | None, given("--port", help="Of Temporal; else 7233 or a free one.", **PORTS)] = None,
    ui_port: Annotated[int | None, given("--ui-port", help="Of the Web UI; else 8233 or a free one.", **PORTS)] = None,
    api_port: Annotated[int | None, given("--api-port", help="Of the API; else 8235 or a free one.", **PORTS)] = None,
    sample: Annotated[Path | None, given("--sample", metavar="FILE.csv", help="Another file to import.")] = None,
    as_json: Json = False,
) -> None:
    """Run everything on this machine until Ctrl-C: Temporal, worker, API and a live board; goes on where it stopped."""
    from starter.cli.up import Wishes, run_up

    wishes = Wishes(
        policy=policy,
        examples=examples,
        headless=headless,
        port=port,
        ui_port=ui_port,
        api_port=api_port,
        sample=sample,
        as_json=as_json,
    )
    with refusals_told(as_json=as_json):
        run_up(wishes)


@app.command(rich_help_panel=RUN)
def serve(
    host: Annotated[str | None, given("--host", help="Address to listen on; else 127.0.0.1.")] = None,
    port: Annotated[int | None, given("--port", help="Of the API; else 8235.", **PORTS)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Log as JSON, also to a terminal.")] = False,
) -> None:
    """Serve the HTTP API against the configured Temporal server, until SIGTERM or Ctrl-C."""
    with refusals_told(as_json=as_json):
        import asyncio

        from runtime.logs import configure_logs
        from starter.api.serving import serve as serve_api
        from starter.installation import present_settings

        settings = present_settings()
        own = {"api_host": host or settings.api_host, "api_port": settings.api_port if port is None else port}
        console = sys.stderr.isatty() and not as_json
        configure_logs("console" if console else settings.log_format, settings.log_level)
        asyncio.run(serve_api(settings.model_copy(update=own)))


@app.command(rich_help_panel=RUN)
def worker(as_json: Annotated[bool, typer.Option("--json", help="Log as JSON, also to a terminal.")] = False) -> None:
    """Run one worker against the configured Temporal server, until SIGTERM or Ctrl-C."""
    with refusals_told(as_json=as_json):
        from starter.installation import present_settings

        settings = present_settings()
    told = {
        "DUECOURSE_HOME": str(settings.home),
        "DUECOURSE_POLICY": settings.policy,
        **({"DUECOURSE_TEMPORAL_CONFIG": str(settings.temporal_config)} if settings.temporal_config else {}),
        **({"DUECOURSE_LOG_FORMAT": "console"} if sys.stderr.isatty() and not as_json else {}),
    }
    sys.stdout.flush()
    # In place of this process: signals reach the worker itself. Nothing may import it, it is the composition root.
    os.execve(sys.executable, [sys.executable, "-m", "worker"], {**told, **os.environ})  # noqa: S606 - the arguments are ours
