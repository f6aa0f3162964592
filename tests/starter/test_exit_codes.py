"""The code that a command leaves with, what it says then, and how fast it is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from domain import errors
from starter.cli import app
from starter.cli.exits import ExitCode, exit_code_of
from starter.refusals import UnavailableError
from tests.starter.command_line import CommandLine

ROOT = Path(__file__).resolve().parents[2]
AGENT, SUPERVISOR = "online-01", "supervisor-01"
OPEN = ("complaint", "open", "--source", "s", "--reference", "1", "--channel", "email", "--subject", "It leaks")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InvalidInputError("no", field="x"), ExitCode.USAGE),
        (errors.FormInvalidError("no"), ExitCode.USAGE),
        (errors.TaskAlreadyClaimedError("taken by online-02", owner="online-02"), ExitCode.REFUSED),
        (errors.WrongStatusError("no"), ExitCode.REFUSED),
        (errors.RequestIdReusedError("no"), ExitCode.REFUSED),
        (errors.CaseNotFoundError("no"), ExitCode.NOT_FOUND),
        (errors.TaskNotFoundError("no"), ExitCode.NOT_FOUND),
    ],
    ids=lambda value: getattr(value, "code", ""),
)
def test_refusal_leaves_with_its_code_and_says_why(cli: CommandLine, error: errors.CaseError, code: ExitCode) -> None:
    cli.service.refuses = lambda _: error
    told = cli.json("task", "claim", "C", "T1", "--as", AGENT, code=code)["error"]
    assert told == {"code": error.code, "message": error.message, "details": error.details}
    exit_code, out, err = cli.run("task", "claim", "C", "T1", "--as", AGENT)
    assert (exit_code, out) == (code, "")
    assert error.code in err
    assert error.message in err


def test_request_without_an_answer_says_with_which_id_to_repeat_it(cli: CommandLine) -> None:
    cli.service.refuses = lambda _: UnavailableError("no answer in time", waited=30)
    told = cli.json("note", "C", "words", "--as", AGENT, "--request-id", "r-9", code=ExitCode.UNAVAILABLE)["error"]
    assert told["details"] == {"waited": 30, "request_id": "r-9"}
    assert told["message"] == "no answer in time (--request-id r-9)"


def test_what_nobody_foresaw_is_told_with_its_traceback_on_stderr(cli: CommandLine) -> None:
    def broken(_: str) -> errors.CaseError | None:
        raise RuntimeError("a pipe burst")

    cli.service.refuses = broken
    code, out, err = cli.run("note", "C", "words", "--as", AGENT, "--json")
    assert code == ExitCode.UNEXPECTED
    assert json.loads(out)["error"]["code"] == "unexpected"
    assert "Traceback" in err


@pytest.mark.parametrize(
    "command",
    [
        ("reply", "C"),
        ("nonsense",),
        ("answer", "C", "--as", AGENT),
        ("answer", "C", "--satisfied", "--score", "6", "--as", AGENT),
        ("extend", "C", "tier:1", "--by", "soon", "--reason", "why", "--as", SUPERVISOR),
        ("ask", "C", "--to", "warehouse", "--as", AGENT),
        ("note", "C", " ", "--as", AGENT),
        ("note", "C", "words", "--as", AGENT, "--request-id", "not an id"),
        ("list", "--status", "nonsense"),
        ("complaint", "open", "--source", "s", "--reference", "r", "--channel", "pigeon"),
        (*OPEN, "--customer", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_invalid_input_leaves_with_2_and_a_quiet_stdout(cli: CommandLine, command: tuple[str, ...]) -> None:
    code, out, err = cli.run(*command)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err
    assert cli.service.asked == []


def test_every_refusal_of_the_domain_has_an_exit_code_above_1() -> None:
    codes = {kind.code for kind in errors.CaseError.__subclasses__()}
    assert {exit_code_of(code) for code in codes} <= {2, 4, 5, 6}


def test_without_a_server_it_says_so_at_once(tmp_path: Path) -> None:
    environment = {"DUECOURSE_HOME": str(tmp_path), "TEMPORAL_ADDRESS": "127.0.0.1:9", "PATH": "/usr/bin:/bin"}
    program = [sys.executable, "-c", "from starter.cli import main; main()", "list", "--json"]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert json.loads(done.stdout)["error"]["details"] == {"address": "127.0.0.1:9"}
    [beside] = done.stderr.splitlines()
    assert beside.startswith(f"there was no store in {tmp_path}: a new one is made there")


def test_help_is_there_at_once_because_nothing_heavy_is_imported() -> None:
    heavy = ["temporalio", "sqlalchemy", "pydantic", "rich", "structlog", "yaml"]
    asked = f"import sys, starter.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_says_what_it_does_and_knows_json() -> None:
    def commands(group: Any, path: str) -> list[tuple[str, Any]]:
        found = []
        for name, command in group.commands.items():
            found += (
                commands(command, f"{path} {name}") if hasattr(command, "commands") else [(f"{path} {name}", command)]
            )
        return found

    every = commands(typer.main.get_command(app), "duecourse")
    assert len(every) >= 45
    assert [path for path, command in every if not (command.help or "").strip()] == []
    assert [path for path, command in every if not any("--json" in one.opts for one in command.params)] == []
