"""`duecourse readmodel …`: is what lists show what is so, and if not, make it so."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from starter.cli.exits import ExitCode
from starter.cli.options import Json
from starter.cli.screen import print_json, stdout
from starter.cli.session import through_doors

if TYPE_CHECKING:
    from starter.doors import Doors
    from starter.shown.comparison import Finding
    from starter.shown.rebuilding import Rebuilt

app = typer.Typer(no_args_is_help=True, help="Look after the read model, which lists and boards show.")


@app.command()
def check(as_json: Json = False) -> None:
    """Compare every case with what the read model shows, and name each difference; exit code 7 if there is one."""

    async def work(doors: Doors) -> tuple[int, list[Finding]]:
        from starter.shown.rebuilding import all_findings

        return await all_findings(doors)

    compared, findings = through_doors(work, as_json=as_json)
    if as_json:
        print_json({"compared": compared, "differing": [_as_json(finding) for finding in findings]})
    else:
        for finding in findings:
            for line in _lines(finding):
                stdout().print(line, markup=False, highlight=False)
        stdout().print(f"{compared:,} cases compared, {len(findings):,} differ")
    if findings:
        raise typer.Exit(ExitCode.DIFFERENT)


@app.command()
def rebuild(as_json: Json = False) -> None:
    """Make the read model anew from what Temporal knows, while cases run; missing tables are created."""

    async def work(doors: Doors) -> Rebuilt:
        from starter.shown.rebuilding import rebuild

        return await rebuild(doors)

    made = through_doors(work, as_json=as_json)
    if as_json:
        print_json(made)
        return
    if made.tables:
        stdout().print("tables were missing, and are there again")
    stdout().print(f"{made.compared:,} cases compared, {made.written:,} written, {made.removed:,} removed")


def _lines(finding: Finding) -> list[str]:
    if finding.lacking:
        return [f"{finding.case_id}  {finding.lacking} lacks this case"]
    return [
        f"{finding.case_id}  {one.where}: shown is {_said(one.shown)}, true is {_said(one.truth)}"
        for one in finding.differences
    ]


def _as_json(finding: Finding) -> dict[str, object]:
    differences = [{"where": one.where, "shown": one.shown, "truth": one.truth} for one in finding.differences]
    return {"case_id": finding.case_id, "lacking": finding.lacking, "differences": differences}


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
