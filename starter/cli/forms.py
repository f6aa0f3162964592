"""Forms of tasks on the command line: read from `--form` and `--set`, and shown with what each field takes."""

# Heavy imports stand inside the commands: with them at the top even --help would take a second.

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starter.cli.screen import print_json, stdout, words
from starter.cli.session import refusals_told

if TYPE_CHECKING:
    from domain.tasks import TaskDefinition


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


def show_forms(kind: str | None, case_type: str | None, *, as_json: bool) -> None:
    """Print the forms of all kinds of tasks, or of those of one kind or type of case; as JSON by type and kind."""
    with refusals_told(as_json=as_json):
        forms = _forms(kind, case_type)
    if as_json:
        print_json({name: {one.kind: one.form.model_json_schema() for one in tasks} for name, tasks in forms.items()})
        return
    console = stdout()
    for definition, types in _by_definition(forms).items():
        console.print(f"[bold]{definition.kind}[/]  {definition.title}  [dim]{', '.join(types)}[/]")
        schema = definition.form.model_json_schema()
        for field, shape in schema["properties"].items():
            optional = "" if field in schema.get("required", ()) else "  [dim]optional[/]"
            console.print(f"  {field:<20}{_takes(shape, schema)}{optional}")


def _forms(kind: str | None, case_type: str | None) -> dict[str, list[TaskDefinition]]:
    """The definitions that are wanted, by type of case; types may have different forms under the same kind."""
    from domain.catalog import CASE_TYPES
    from domain.errors import InvalidInputError

    if case_type not in (None, *CASE_TYPES):
        raise InvalidInputError(f"unknown type {case_type!r}; expected one of {', '.join(CASE_TYPES)}", field="type")
    types = [one for one in CASE_TYPES.values() if case_type in (None, one.name)]
    kinds = list(dict.fromkeys(definition.kind for one in types for definition in one.tasks))
    if kind not in (None, *kinds):
        raise InvalidInputError(f"unknown kind {kind!r}; expected one of {', '.join(kinds)}", field="kind")
    wanted = {one.name: [task for task in one.tasks if kind in (None, task.kind)] for one in types}
    return {name: tasks for name, tasks in wanted.items() if tasks}


def _by_definition(forms: dict[str, list[TaskDefinition]]) -> dict[TaskDefinition, list[str]]:
    """Which types have a definition, so that one that several have is shown once."""
    found: dict[TaskDefinition, list[str]] = {}
    for name, tasks in forms.items():
        for definition in tasks:
            found.setdefault(definition, []).append(words(name))
    return found


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
