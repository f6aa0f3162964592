"""Returns come in."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli.opening import open_case
from starter.cli.options import AskedBy, Channel, Json, Order, Recognised, Reference, Source, given, pairs
from starter.cli.session import refusals_told

app = typer.Typer(no_args_is_help=True, help="Open a return.")


@app.command("open")
def open_return(  # noqa: PLR0913, PLR0917 - one for each thing that can be wanted
    source: Source,
    reference: Reference,
    channel: Channel,
    customer: Recognised,
    order: Order,
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
    asked_by: AskedBy = None,
    as_json: Json = False,
) -> None:
    """Open a return. The same source and reference again answer with the same case."""
    from starter.new_return import NewReturn

    with refusals_told(as_json=as_json):
        variants = dict(pairs("--instead", instead))
        about = {"reason": reason, "condition": condition}
        items = [
            {"line_id": line, "quantity": pieces, "variant_id": variants.get(line), **about}
            for line, pieces in pairs("--item", item)
        ]
        new = NewReturn.model_validate(
            {
                "source": source,
                "reference": reference,
                "channel": channel,
                "customer_id": customer,
                "order_id": order,
                "wanted": {"kind": kind, "items": items, "in_advance": in_advance, "claimed": claimed},
                "asked_by": asked_by,
            }
        )
    open_case(lambda doors: doors.service.open_return(new), as_json=as_json)
