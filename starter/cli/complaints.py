"""Complaints come in, one or a whole file, and are looked at."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.exits import ExitCode
from starter.cli.opening import open_case
from starter.cli.options import Case, Channel, Json, Reference, RegisterCustomer, Source, given, named
from starter.cli.screen import print_json, stderr, stdout
from starter.cli.session import refusals_told, through_doors

if TYPE_CHECKING:
    from starter.case_lines import CaseLine
    from starter.doors import Doors
    from starter.intake import Intake

CASES = "Cases"
SHOWN_ROWS = 50

app = typer.Typer()
complaint_app = typer.Typer(no_args_is_help=True, help="Open a complaint.")


@complaint_app.command("open")
def open_complaint(  # noqa: PLR0913, PLR0917 - one for each thing that can be said of a complaint
    source: Source,
    reference: Reference,
    channel: Channel,
    customer: Annotated[str, given("--customer", help="Id of the customer.")],
    subject: Annotated[str, given("--subject", help="One line.")],
    description: Annotated[str, given("--description", help="The whole story.")] = "",
    order: Annotated[str | None, given("--order", help="Id of the order it is about.")] = None,
    upset: Annotated[bool, typer.Option("--upset", help="The customer is upset.")] = False,
    crisis_level: Annotated[int | None, given("--crisis-level", min=1, max=3, help="Social media, 1 to 3.")] = None,
    register_customer: RegisterCustomer = False,
    as_json: Json = False,
) -> None:
    """Open a complaint. The same source and reference again answer with the same case."""
    from starter.new_complaint import NewComplaint

    with refusals_told(as_json=as_json):
        new = NewComplaint.model_validate(
            {
                "source": source,
                "reference": reference,
                "channel": channel,
                "customer_id": customer,
                "order_id": order,
                "subject": subject,
                "description": description,
                "upset": upset,
                "crisis_level": crisis_level,
            }
        )
    open_case(
        lambda doors: doors.service.open_complaint(new),
        as_json=as_json,
        register=new.customer_id if register_customer else None,
    )


@app.command("import", rich_help_panel=CASES)
def import_file(
    file: Annotated[
        Path, named("FILE.csv", help="Columns source,reference,channel,customer_id,subject, or the CFPB's; UTF-8.")
    ],
    report: Annotated[Path | None, given("--report", help="Write the refused rows there, as CSV.")] = None,
    register_customers: Annotated[
        bool, typer.Option("--register-customers", help="Make unknown customers known, with made-up addresses.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Open the complaint of each row. Again or interrupted: it goes on with the rows that are missing."""
    from starter.cli.progress import intake_progress
    from starter.intake import Intake, read_file, take_in, write_report

    with refusals_told(as_json=as_json):
        rows = read_file(file)
    intake = Intake()

    async def work(doors: Doors) -> Intake:
        with intake_progress(len(rows), shown=not as_json) as tell:
            return await take_in(doors, rows, intake=intake, tell=tell, register_customers=register_customers)

    try:
        through_doors(work, as_json=as_json)
    except KeyboardInterrupt:
        stderr().print(f"interrupted after {intake.done} of {intake.total} rows; the same command goes on from there")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    finally:
        if report:
            write_report(report, intake.refused)
    _tell_intake(intake, as_json=as_json)
    if intake.refused:
        raise typer.Exit(ExitCode.PARTLY_REFUSED)


def _tell_intake(intake: Intake, *, as_json: bool) -> None:
    if as_json:
        print_json(intake)
        return
    stdout().print(
        f"{intake.total} rows: [bold]{intake.opened} opened[/], {intake.known} known already, "
        f"{len(intake.refused)} refused"
    )
    for refusal in intake.refused[:20]:
        stderr().print(f"  line {refusal.line}: {refusal.field}: {refusal.reason}", markup=False)
    if len(intake.refused) > 20:
        stderr().print(f"  … and {len(intake.refused) - 20} more; --report FILE writes them all down")


@app.command("list", rich_help_panel=CASES)
def list_cases(
    type_: Annotated[str | None, given("--type", help="Such as complaint or order_change.")] = None,
    status: Annotated[str | None, given("--status", help="Such as in_progress.")] = None,
    tier: Annotated[int | None, given("--tier", help="1 to 9.", min=1, max=9)] = None,
    team: Annotated[str | None, given("--team", help="Who has the case.")] = None,
    channel: Annotated[str | None, given("--channel", help="How it came in.")] = None,
    breached: Annotated[bool | None, given("--breached/--not-breached", help="Was a promise broken?")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Include the cases that have ended.")] = False,
    limit: Annotated[int | None, given("--limit", help="Rows; else 50, and as JSON all.", min=1)] = None,
    as_json: Json = False,
) -> None:
    """List open cases, what is due next first."""

    async def work(doors: Doors) -> list[CaseLine]:
        from starter.listing import MOST, Wanted, as_they_stand, soonest_first

        wanted = Wanted(
            type=type_, status=status, tier=tier, team=team, channel=channel, breached=breached, ended=ended
        )
        lines = [line async for line in doors.service.cases(wanted.query(), limit=MOST)]
        return soonest_first(await as_they_stand(lines, doors.service.cases))

    lines = through_doors(work, as_json=as_json)
    if as_json:
        print_json(lines[:limit])
        return
    from starter.cli.tables import case_table

    console, shown = stdout(), lines[: limit or SHOWN_ROWS]
    console.print(case_table(shown))
    console.print(f"{len(shown)} of {len(lines)}", style="dim")


@app.command(rich_help_panel=CASES)
def show(case: Case, as_json: Json = False) -> None:
    """Show a case: its state, its tasks, and of each clock why it stands where it stands."""
    view = through_doors(lambda doors: doors.service.snapshot(case), as_json=as_json)
    if as_json:
        print_json(view)
        return
    from starter.cli.case_page import case_page

    for part in case_page(view):
        stdout().print(part)


@app.command(rich_help_panel=CASES)
def timeline(
    case: Case,
    last: Annotated[int | None, given("--last", min=1, help="Only the newest.")] = None,
    as_json: Json = False,
) -> None:
    """Show everything that happened to a case, in order."""
    entries = through_doors(lambda doors: doors.service.timeline(case), as_json=as_json)
    shown = entries[-last:] if last else entries
    if as_json:
        print_json(shown)
        return
    from starter.cli.tables import timeline_table

    stdout().print(timeline_table(shown))


@app.command(rich_help_panel=CASES)
def audit(case: Case, as_json: Json = False) -> None:
    """Hold every promise of a case against its event history: kept, missed, broken or still running."""
    found = through_doors(lambda doors: doors.service.audit(case), as_json=as_json)
    if as_json:
        from starter.api.auditing import Audited

        print_json(Audited.of(found))
        return
    from starter.cli.tables import audit_table

    stdout().print(audit_table(found.findings) if found.findings else "nothing was promised in this case yet")
