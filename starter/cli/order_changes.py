"""Order changes come in."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.options import Json, Pairs, given, pairs
from starter.cli.screen import print_json, stdout
from starter.cli.session import refusals_told, through_doors

if TYPE_CHECKING:
    from starter.doors import Doors
    from starter.new_complaint import Opened
    from starter.new_order_change import NewOrderChange

app = typer.Typer(no_args_is_help=True, help="Open an order change.")


@app.command("open")
def open_order_change(  # noqa: PLR0913, PLR0917 - one for each thing that can be wanted
    source: Annotated[str, given("--source", help="The system or door that it comes from.")],
    reference: Annotated[str, given("--reference", help="Its number there.")],
    channel: Annotated[str, given("--channel", help="phone, chat, email or social.")],
    customer: Annotated[str, given("--customer", help="Id of the customer whom the door has recognised.")],
    order: Annotated[str, given("--order", help="Id of the order.")],
    add: Annotated[Pairs, given("--add", help="VARIANT=PIECES to take more; may come again.")] = None,
    remove: Annotated[Pairs, given("--remove", help="LINE to do without; may come again.")] = None,
    quantity: Annotated[Pairs, given("--quantity", help="LINE=PIECES; may come again.")] = None,
    variant: Annotated[Pairs, given("--variant", help="LINE=VARIANT to take instead; may come again.")] = None,
    address: Annotated[str | None, given("--address", help="The new address, as JSON.")] = None,
    payment_method: Annotated[str | None, given("--payment-method", help="Another way to pay.")] = None,
    cancel: Annotated[str | None, given("--cancel", help="Cancel the order, for this reason.")] = None,
    asked_by: Annotated[str | None, given("--asked-by", help="Who of the staff enters it.")] = None,
    register_customer: Annotated[
        bool, typer.Option("--register-customer", help="Make an unknown customer known, with made-up addresses.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Open an order change. The same source and reference again answer with the same case."""
    with refusals_told(as_json=as_json):
        lines = [
            *({"do": "add", "variant_id": left, "quantity": right} for left, right in pairs("--add", add)),
            *({"do": "remove", "line_id": line} for line in remove or ()),
            *({"do": "quantity", "line_id": left, "quantity": right} for left, right in pairs("--quantity", quantity)),
            *({"do": "variant", "line_id": left, "variant_id": right} for left, right in pairs("--variant", variant)),
        ]
        wanted = {"lines": lines, "address": _read(address), "payment_method": payment_method, "cancel": cancel}
        new = _new_change(
            source=source,
            reference=reference,
            channel=channel,
            customer_id=customer,
            order_id=order,
            wanted=wanted,
            asked_by=asked_by,
        )

    async def work(doors: Doors) -> Opened:
        if register_customer:
            from starter.intake import register_unknown

            await register_unknown(doors, new.customer_id)
        return await doors.service.open_order_change(new)

    opened = through_doors(work, as_json=as_json)
    if as_json:
        print_json(opened)
    else:
        stdout().print(f"[bold]{opened.case_id}[/] {'opened' if opened.created else 'is open already'}")


def _new_change(**fields: object) -> NewOrderChange:
    from starter.new_order_change import NewOrderChange

    return NewOrderChange.model_validate(fields)


def _read(address: str | None) -> object:
    from domain.errors import InvalidInputError

    if address is None:
        return None
    try:
        return json.loads(address)
    except ValueError:
        raise InvalidInputError("expected the address as JSON", field="--address") from None
