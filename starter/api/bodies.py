"""Bodies of requests, made out of the domain's own models.

What the door fills in is left out, and people are named by their id.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from domain.complaint.messages import Merge
from domain.messages import Identifier, Request
from domain.people import Actor
from domain.requests import CustomerReply
from starter.access.staff import StaffBook

FILLED_IN = frozenset({"request_id", "actor"})
"""Of every request: who asks is known, and what they call it stands in a header."""

READ_BY_THE_DOOR: dict[type[BaseModel], frozenset[str]] = {
    Merge: frozenset({"target_customer", "target_order"}),
    CustomerReply: frozenset({"attachments"}),
}
_STRICT = ConfigDict(frozen=True, extra="forbid")

StaffId = Annotated[Identifier, Field(description="a staff id")]


def body_of(model: type[BaseModel], *, without: frozenset[str] = FILLED_IN, **instead: Any) -> type[BaseModel]:
    """The model of a body.

    Args:
        model: what the domain takes.
        without: fields that the door fills in.
        instead: definitions of fields that are others at this door.
    """
    left_out = without | READ_BY_THE_DOOR.get(model, frozenset())
    fields = {name: _at_the_door(info) for name, info in model.model_fields.items() if name not in left_out}
    made: type[BaseModel] = create_model(
        f"{model.__name__}Body", __config__=_STRICT, __doc__=model.__doc__, **{**fields, **instead}
    )
    return made


def _at_the_door(info: FieldInfo) -> tuple[Any, FieldInfo]:
    if info.annotation is Actor:
        return StaffId, info
    if Actor in get_args(info.annotation):
        return tuple[StaffId, ...], info
    return info.annotation, info


async def content_of(body: BaseModel, model: type[Request], staff: StaffBook) -> dict[str, Any]:
    """The fields of a body as the domain's model takes them, with the people who are named looked up.

    Raises:
        InvalidInputError: nobody of the staff has such an id.
    """
    fields = {name: getattr(body, name) for name in type(body).model_fields}
    for name, info in model.model_fields.items():
        if name not in fields:
            continue
        if info.annotation is Actor:
            fields[name] = await staff.named(fields[name], name)
        elif Actor in get_args(info.annotation):
            fields[name] = tuple([await staff.named(one, name) for one in fields[name]])
    return fields
