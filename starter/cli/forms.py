"""Forms of tasks on the command line: read from `--form` and `--set`, and shown with what each field takes."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import json
from typing import Any

from starter.cli.screen import print_json, stdout
from starter.cli.session import refusals_told


def read_form(whole: str | None, fields: list[str]) -> dict[str, Any]:
    """A form from a JSON object and single `NAME=VALUE`s, which win.

    Raises:
        InvalidInputError: not an object, or a field without `=`.
    """
    from domain.errors import InvalidInputError
    from starter.cli.asking import spoken

    try:
        form = json.loads(spoken(whole)) if whole is not None else {}
    except json.JSONDecodeError as error:
        raise InvalidInputError(f"--form: expected JSON; {error}", field="form") from None
    if not isinstance(form, dict):
        raise InvalidInputError("--form: expected a JSON object with the form's fields", field="form")
    for field in fields:
        name, given, value = field.partition("=")
        if not given or not name:
            raise InvalidInputError(f"--set: expected NAME=VALUE, got {field!r}", field="form")
        form[name] = _value(value)
    return form


def _value(text: str) -> object:
    """Objects and lists are meant as JSON; all else is text, of which the form makes numbers and dates itself."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def show_forms(kind: str | None, *, as_json: bool) -> None:
    """Print the forms of all kinds of tasks, or of one."""
    with refusals_told(as_json=as_json):
        forms = _forms(kind)
    if as_json:
        print_json({name: schema for name, (_, schema) in forms.items()})
        return
    console = stdout()
    for name, (title, schema) in forms.items():
        console.print(f"[bold]{name}[/]  {title}")
        for field, shape in schema["properties"].items():
            optional = "" if field in schema.get("required", ()) else "  [dim]optional[/]"
            console.print(f"  {field:<20}{_takes(shape, schema)}{optional}")


def _forms(kind: str | None) -> dict[str, tuple[str, dict[str, Any]]]:
    from domain.complaint import tasks as complaints
    from domain.delivery import tasks as deliveries
    from domain.errors import InvalidInputError
    from domain.order_change import tasks as changes
    from domain.returns import tasks as returns

    kinds = {
        name: definition
        # Where two types have a kind of the same name, the complaint's form is shown.
        for tasks in (deliveries, returns, changes, complaints)
        for name, definition in tasks.TASK_DEFINITIONS.items()
    }
    if kind is not None and kind not in kinds:
        raise InvalidInputError(f"unknown kind {kind!r}; expected one of {', '.join(kinds)}", field="kind")
    return {
        name: (definition.title, definition.form.model_json_schema())
        for name, definition in kinds.items()
        if kind in (None, name)
    }


def _takes(shape: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a field takes, in a few words."""
    if "anyOf" in shape:
        return " or ".join(_takes(one, schema) for one in shape["anyOf"] if one.get("type") != "null")
    if "$ref" in shape:
        inner = schema["$defs"][shape["$ref"].rpartition("/")[2]]
        return " or ".join(inner["enum"]) if "enum" in inner else "JSON with " + ", ".join(inner["properties"])
    if "const" in shape or "enum" in shape:
        return " or ".join(str(value) for value in shape.get("enum", (shape.get("const"),)))
    if shape.get("type") == "array":
        return f"JSON list of {_takes(shape['items'], schema)}"
    if "minimum" in shape and "maximum" in shape:
        return f"{shape['minimum']} to {shape['maximum']}"
    return str(shape.get("format") or {"string": "text", "boolean": "true or false"}.get(shape["type"], shape["type"]))
