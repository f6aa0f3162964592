"""Complaints come in by command: one, or a whole file of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from domain import errors
from starter.cli.exits import ExitCode
from starter.refusals import UnavailableError
from tests.starter.command_line import CUSTOMER, CommandLine

OPEN = ("complaint", "open", "--source", "s", "--reference", "1", "--channel", "email", "--subject", "It leaks")


def test_complaint_is_opened_once(cli: CommandLine) -> None:
    first = cli.json(*OPEN, "--customer", CUSTOMER, "--upset", "--crisis-level", "2")
    again = cli.json(*OPEN, "--customer", CUSTOMER, "--upset", "--crisis-level", "2")
    assert (first["created"], again["created"]) == (True, False)
    assert first["case_id"] == again["case_id"]
    assert cli.service.opened[first["case_id"]].crisis_level == 2


def test_import_opens_each_row_and_reports_the_refused_ones(
    cli: CommandLine, own_file: Callable[..., Path], tmp_path: Path
) -> None:
    cli.service.refuses = lambda reference: (
        errors.InvalidInputError("unknown customer K2", field="customer_id") if reference == "4" else None
    )
    file = own_file("s,1,email,K1,S,no", "s,2,pigeon,K1,S,no", "s,3,chat,K1,S,no", "s,4,chat,K2,S,no", "s,5,chat")
    report = tmp_path / "refused.csv"
    intake = cli.json("import", str(file), "--report", str(report), code=ExitCode.PARTLY_REFUSED)
    assert (intake["total"], intake["opened"], intake["known"]) == (5, 2, 0)
    assert [(refused["line"], refused["field"]) for refused in intake["refused"]] == [
        (3, "channel"),
        (5, "customer_id"),
        (6, "row"),
    ]
    assert report.read_text().splitlines()[0] == "line,field,reason"
    assert "5,customer_id,unknown customer K2" in report.read_text()
    code, out, err = cli.run("import", str(file))
    assert code == ExitCode.PARTLY_REFUSED
    assert "5 rows: 0 opened, 2 known already, 3 refused" in out
    assert "line 3: channel: " in err


def test_import_that_loses_the_server_stops_and_goes_on_with_the_next_call(
    cli: CommandLine, own_file: Callable[..., Path]
) -> None:
    file = own_file(*(f"s,{number},email,K1,S,no" for number in range(60)))
    cli.service.refuses = lambda _: UnavailableError("gone") if len(cli.service.opened) >= 30 else None
    assert cli.json("import", str(file), code=ExitCode.UNAVAILABLE)["error"]["code"] == "unavailable"
    assert len(cli.service.opened) == 30
    cli.service.refuses = lambda _: None
    assert cli.json("import", str(file))["opened"] == 30


@pytest.mark.parametrize(
    "content", [None, b"a,b\n1,2\n", b"source,reference,channel,customer_id,subject\ns,1,email,K1,\xff\n"]
)
def test_file_that_cannot_be_imported_is_refused_as_a_whole(
    cli: CommandLine, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "file.csv"
    if content is not None:
        file.write_bytes(content)
    assert cli.json("import", str(file), code=ExitCode.USAGE)["error"]["code"] == "invalid_input"
    assert cli.service.opened == {}
