"""Returns come in."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, given, pairs
from starter.cli.screen import print_json, stdout
from starter.cli.session import refusals_told, through_doors

if TYPE_CHECKING:
    from starter.doors import Doors
    from starter.new_complaint import Opened
    from starter.new_return import NewReturn

app = typer.Typer(no_args_is_help=True, help="Open a return.")


@app.command("open")
def open_return(  # noqa: PLR0913, PLR0917 - one for each thing that can be wanted
    source: Annotated[str, given("--source", help="The system or door that it comes from.")],
    reference: Annotated[str, given("--reference", help="Its number there.")],
    channel: Annotated[str, given("--channel", help="phone, chat, email or social.")],
    customer: Annotated[str, given("--customer", help="Id of the customer whom the door has recognised.")],
    order: Annotated[str, given("--order", help="Id of the order.")],
    kind: Annotated[str, given("--kind", help="refund, exchange, repair or claim.")],
    item: Annotated[list[str], given("--item", help="LINE=PIECES that it is about; may come again.")],
    reason: Annotated[
        str, given("--reason", help="changed_mind, does_not_fit, defective, damaged, wrong_item or missing.")
    ],
    condition: Annotated[str, given("--condition", help="unopened, opened or used.")] = "opened",
    instead: Annotated[
        list[str] | None, given("--instead", help="LINE=VARIANT to have in an exchange; may come again.")
    ] = None,
    in_advance: Annotated[bool, typer.Option("--in-advance", help="Send it before the goods are back.")] = False,
    claimed: Annotated[str, given("--claimed", help="What a claim is for: refund or replacement.")] = "refund",
    asked_by: Annotated[str | None, given("--asked-by", help="Who of the staff enters it.")] = None,
    as_json: Json = False,
) -> None:
    """Open a return. The same source and reference again answer with the same case."""
    with refusals_told(as_json=as_json):
        variants = dict(pairs("--instead", instead))
        about = {"reason": reason, "condition": condition}
        items = [
            {"line_id": line, "quantity": pieces, "variant_id": variants.get(line), **about}
            for line, pieces in pairs("--item", item)
        ]
        new = _new_return(
            source=source,
            reference=reference,
            channel=channel,
            customer_id=customer,
            order_id=order,
            wanted={"kind": kind, "items": items, "in_advance": in_advance, "claimed": claimed},
            asked_by=asked_by,
        )

    async def work(doors: Doors) -> Opened:
        return await doors.service.open_return(new)

    opened = through_doors(work, as_json=as_json)
    if as_json:
        print_json(opened)
    else:
        stdout().print(f"[bold]{opened.case_id}[/] {'opened' if opened.created else 'is open already'}")


def _new_return(**fields: object) -> NewReturn:
    from starter.new_return import NewReturn

    return NewReturn.model_validate(fields)
