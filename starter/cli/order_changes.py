"""Order changes come in."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import json
from typing import Annotated

import typer

from starter.cli.opening import open_case
from starter.cli.options import (
    AskedBy,
    Channel,
    Json,
    Order,
    Pairs,
    Recognised,
    Reference,
    RegisterCustomer,
    Source,
    given,
    pairs,
)
from starter.cli.session import refusals_told

app = typer.Typer(no_args_is_help=True, help="Open an order change.")


@app.command("open")
def open_order_change(  # noqa: PLR0913, PLR0917 - one for each thing that can be wanted
    source: Source,
    reference: Reference,
    channel: Channel,
    customer: Recognised,
    order: Order,
    add: Annotated[Pairs, given("--add", help="VARIANT=PIECES to take more; may come again.")] = None,
    remove: Annotated[Pairs, given("--remove", help="LINE to do without; may come again.")] = None,
    quantity: Annotated[Pairs, given("--quantity", help="LINE=PIECES; may come again.")] = None,
    variant: Annotated[Pairs, given("--variant", help="LINE=VARIANT to take instead; may come again.")] = None,
    address: Annotated[str | None, given("--address", help="The new address, as JSON.")] = None,
    payment_method: Annotated[str | None, given("--payment-method", help="Another way to pay.")] = None,
    cancel: Annotated[str | None, given("--cancel", help="Cancel the order, for this reason.")] = None,
    asked_by: AskedBy = None,
    register_customer: RegisterCustomer = False,
    as_json: Json = False,
) -> None:
    """Open an order change. The same source and reference again answer with the same case."""
    from starter.new_order_change import NewOrderChange

    with refusals_told(as_json=as_json):
        lines = [
            *({"do": "add", "variant_id": left, "quantity": right} for left, right in pairs("--add", add)),
            *({"do": "remove", "line_id": line} for line in remove or ()),
            *({"do": "quantity", "line_id": left, "quantity": right} for left, right in pairs("--quantity", quantity)),
            *({"do": "variant", "line_id": left, "variant_id": right} for left, right in pairs("--variant", variant)),
        ]
        wanted = {"lines": lines, "address": _read(address), "payment_method": payment_method, "cancel": cancel}
        new = NewOrderChange.model_validate(
            {
                "source": source,
                "reference": reference,
                "channel": channel,
                "customer_id": customer,
                "order_id": order,
                "wanted": wanted,
                "asked_by": asked_by,
            }
        )
    open_case(
        lambda doors: doors.service.open_order_change(new),
        as_json=as_json,
        register=new.customer_id if register_customer else None,
    )


def _read(address: str | None) -> object:
    from domain.errors import InvalidInputError

    if address is None:
        return None
    try:
        return json.loads(address)
    except ValueError:
        raise InvalidInputError("expected the address as JSON", field="--address") from None
