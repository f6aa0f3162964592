"""Forms drawn from JSON Schema: which fields there are, how each is asked for, and what was filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from domain.errors import InvalidInputError
from domain.money import parse_money

Schema: TypeAlias = dict[str, Any]
Filled: TypeAlias = Mapping[str, str]
"""What was posted, by the full name of its field."""

LONG = 500
"""From this length on, words get several lines."""

ROWS, MOST_ROWS = 5, 30
"""How many rows a list offers at first, and at most; blank ones do not count."""

SPANS = frozenset({"within", "by"})
"""Whole numbers of milliseconds, which people write as `1h30m`."""


class Kind(StrEnum):
    """How a field is asked for."""

    TEXT = "text"
    LINE = "line"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    ANSWER = "answer"
    DATE = "date"
    MONEY = "money"
    SPAN = "span"
    NAMES = "names"
    ROWS = "rows"


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Attributes:
        name: of the property, which is also the key of its label.
        kind: how it is asked for; `flag` is yes or left alone, `answer` is yes or no.
        options: of a choice.
        fields: of one row.
        told: when the customer reads what is written there; empty where it stays with us.
    """

    name: str
    kind: Kind
    required: bool
    default: str = ""
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    fields: tuple[Field, ...] = ()
    told: str = ""


def fields_of(schema: Schema, *, without: Iterable[str] = ()) -> tuple[Field, ...]:
    """The fields of an object's schema, in its order."""
    left_out, needed = {*without}, schema.get("required", ())
    return tuple(
        _field(name, shape, schema, required=name in needed)
        for name, shape in schema.get("properties", {}).items()
        if name not in left_out
    )


def _field(name: str, shape: Schema, root: Schema, *, required: bool) -> Field:
    found = _resolved(shape, root)
    kind = _kind(name, found, required=required)
    rows = _resolved(found["items"], root) if kind is Kind.ROWS else {}
    default = shape.get("default")
    return Field(
        name,
        kind,
        required,
        default="" if default is None else str(default).lower() if isinstance(default, bool) else str(default),
        options=tuple(str(option) for option in found.get("enum", ())),
        low=found.get("minimum"),
        high=found.get("maximum"),
        fields=fields_of({**rows, "$defs": root.get("$defs", {})}) if rows else (),
        told=found.get("told", ""),
    )


def _resolved(shape: Schema, root: Schema) -> Schema:
    """A shape with its reference followed, and without the null that an optional one has beside it."""
    if "anyOf" in shape:
        shape = next(one for one in shape["anyOf"] if one.get("type") != "null")
    if "$ref" in shape:
        found: Schema = root["$defs"][shape["$ref"].rpartition("/")[2]]
        return found
    return shape


def _kind(name: str, shape: Schema, *, required: bool) -> Kind:
    if name in SPANS or "enum" in shape or shape.get("format") == "date":
        return Kind.SPAN if name in SPANS else Kind.CHOICE if "enum" in shape else Kind.DATE
    match shape.get("type"):
        case "array":
            return Kind.NAMES if shape["items"].get("type") == "string" else Kind.ROWS
        case "boolean":
            return Kind.ANSWER if required or shape.get("default") is None else Kind.FLAG
        case "string":
            return Kind.TEXT if shape.get("maxLength", 0) > LONG else Kind.LINE
        case other:
            return {"integer": Kind.NUMBER, "object": Kind.MONEY}[str(other)]


def read(fields: Iterable[Field], filled: Filled, prefix: str = "") -> dict[str, object]:
    """What was filled in, as the message takes it; fields that were left blank are left out.

    Raises:
        InvalidInputError: an amount is none; names the field.
    """
    found = {field.name: _value(field, filled, f"{prefix}{field.name}") for field in fields}
    return {name: value for name, value in found.items() if value is not None}


def _value(field: Field, filled: Filled, name: str) -> object:
    if field.kind is Kind.ROWS:
        return [*_rows(field, filled, name)]
    text = filled.get(name, "").strip()
    if field.kind is Kind.FLAG:
        return text == "true"
    return _READ.get(field.kind, _as_it_is)(field.name, text) if text else None


def _as_it_is(name: str, text: str) -> object:
    return text


def _names(name: str, text: str) -> object:
    return re.split(r"[\s,，、;]+", text)


def _money(name: str, text: str) -> object:
    try:
        return parse_money(text).model_dump()
    except ValueError as error:
        raise InvalidInputError(f"{name}: {error}", field=name) from None


_READ: dict[Kind, Callable[[str, str], object]] = {
    Kind.ANSWER: lambda name, text: text == "true",
    Kind.MONEY: _money,
    Kind.NAMES: _names,
}


def _rows(field: Field, filled: Filled, name: str) -> Iterator[dict[str, object]]:
    for number in range(MOST_ROWS):
        prefix = f"{name}.{number}."
        # A row counts once something is written where nothing has to be: numbers and ticks stand there from the start.
        written = [one for one in field.fields if one.kind in (Kind.TEXT, Kind.LINE, Kind.MONEY)]
        if any(filled.get(prefix + one.name, "").strip() for one in written):
            yield read(field.fields, filled, prefix)
