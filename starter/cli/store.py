"""`duecourse store …`: what an operator does to the store."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, given
from starter.cli.screen import print_json, stdout
from starter.cli.session import refusals_told, through_doors

if TYPE_CHECKING:
    from starter.doors import Doors
    from starter.pruning import Pruned

app = typer.Typer(no_args_is_help=True, help="Look after the store.")


@app.callback()
def store() -> None:
    """Look after the store."""


@app.command()
def prune(
    older_than: Annotated[
        str,
        given("--older-than", metavar="SPAN", help="Since when nothing was written about a case, such as 400d."),
    ],
    delete: Annotated[bool, typer.Option("--delete", help="Delete; without it you are told what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Remove ledger, outbox and deliveries of cases that ended long ago."""
    with refusals_told(as_json=as_json):
        span = _span(older_than)

    async def work(doors: Doors) -> Pruned:
        from starter.pruning import prune

        return await prune(doors, span, really=delete)

    found = through_doors(work, as_json=as_json)
    if as_json:
        print_json(found)
        return
    console = stdout()
    for table, rows in found.rows.items():
        console.print(f"{rows:>9,}  {table}", highlight=False)
    console.print(f"of {found.cases:,} cases {'deleted' if found.deleted else 'would go; --delete removes them'}")


def _span(text: str) -> int:
    from domain.errors import InvalidInputError
    from domain.sla.spans import parse_span

    try:
        return parse_span(text)
    except ValueError as error:
        raise InvalidInputError(str(error), field="older_than") from None
