"""What the policy's own models say about its fields: which are spans of time, and which keys belong where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, BeforeValidator

from domain.sla.rule_check import FieldPath
from domain.sla.spans import parse_span


class Leaf(NamedTuple):
    """A single value of a model, at any depth; `is_span` when it is a length of time in milliseconds."""

    path: FieldPath
    value: object
    is_span: bool


def leaves(model: BaseModel, path: FieldPath = ()) -> Iterator[Leaf]:
    """Every single value below a model, in the order of its fields; what is None is left out."""
    hints = get_type_hints(type(model), include_extras=True)
    for name in type(model).model_fields:
        yield from _below(getattr(model, name), hints[name], (*path, name))


def _below(value: object, hint: Any, path: FieldPath) -> Iterator[Leaf]:
    kind, is_span = _bare(hint)
    if isinstance(value, BaseModel):
        yield from leaves(value, path)
    elif isinstance(value, (dict, tuple)):
        inner = get_args(kind)[isinstance(value, dict)]
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _below(item, inner, (*path, key))
    elif value is not None:
        yield Leaf(path, value, is_span)


def _bare(hint: Any) -> tuple[Any, bool]:
    """A type without `None` and annotations, and whether these make it a span."""
    is_span = False
    while get_origin(hint) in (Annotated, Union, UnionType):
        inner, *extras = get_args(hint)
        if get_origin(hint) is Annotated:
            is_span |= any(isinstance(extra, BeforeValidator) and extra.func is parse_span for extra in extras)
            hint = inner
        else:
            hint = next(option for option in get_args(hint) if option is not NoneType)
    return hint, is_span


def allowed_keys(hint: Any, path: FieldPath) -> list[str]:
    """The keys that the model at `path` below a type has; empty where that is not a model."""
    kind, _ = _bare(hint)
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    if not path:
        return list(kind.model_fields) if is_model else []
    if is_model:
        hints: Mapping[str, Any] = get_type_hints(kind, include_extras=True)
        return allowed_keys(hints[str(path[0])], path[1:]) if path[0] in hints else []
    inner = get_args(kind)
    return allowed_keys(inner[get_origin(kind) is dict], path[1:]) if inner else []
