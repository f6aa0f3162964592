"""Arguments and options that commands share."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import typer


def given(name: str, *, help: str, **more: Any) -> Any:
    """An option of which the help says all there is to say: no default is shown."""
    return typer.Option(name, help=help, show_default=False, **more)


def named(metavar: str, *, help: str | None = None) -> Any:
    """An argument, as it stands in the usage line."""
    return typer.Argument(metavar=metavar, help=help, show_default=False)


Case = Annotated[str, named("CASE", help="Number of the case.")]
Task = Annotated[str, named("TASK", help="The task within its case, such as T1.")]
Clock = Annotated[str, named("CLOCK", help="The clock, such as tier:1.")]
Words = Annotated[str, named("TEXT", help="The words; - reads them from stdin.")]

As = Annotated[str, given("--as", metavar="STAFF_ID", help="Who you are.")]
AsAnyone = Annotated[
    str,
    given("--as", metavar="ID", help="Who you are: a staff id, or the customer whose case it is."),
]
RequestId = Annotated[
    str | None,
    given("--request-id", metavar="ID", help="Makes it safe to repeat; made up if missing."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and nothing else.")]

Source = Annotated[str, given("--source", help="The system or door that it comes from.")]
Reference = Annotated[str, given("--reference", help="Its number there.")]
Channel = Annotated[str, given("--channel", help="phone, chat, email or social.")]
Recognised = Annotated[str, given("--customer", help="Id of the customer whom the door has recognised.")]
Order = Annotated[str, given("--order", help="Id of the order.")]
AskedBy = Annotated[str | None, given("--asked-by", help="Who of the staff enters it.")]
RegisterCustomer = Annotated[
    bool, typer.Option("--register-customer", help="Make an unknown customer known, with made-up addresses.")
]

Reason = Annotated[str, given("--reason", help="Why; it goes on record.")]
OptionalReason = Annotated[str | None, given("--reason", help="Why; it goes on record.")]
Person = Annotated[str, given("--to", metavar="STAFF_ID", help="Who gets it.")]


Pairs: TypeAlias = list[str] | None
"""An option that may come again, each time as NAME=VALUE."""


def pairs(option: str, given_ones: Pairs) -> list[tuple[str, str]]:
    """What was given as NAME=VALUE.

    Raises:
        InvalidInputError: something else was given.
    """
    from domain.errors import InvalidInputError

    split = [text.rpartition("=") for text in given_ones or ()]
    for text, (left, _, right) in zip(given_ones or (), split, strict=True):
        if not (left and right):
            raise InvalidInputError(f"expected {option} NAME=VALUE, got {text!r}", field=option)
    return [(left, right) for left, _, right in split]
