"""Values of which there are only so many: a list that is asked for others is refused, not empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic_core import core_schema

from domain.catalog import CASE_TYPES
from domain.complaint.machine import ComplaintStatus
from domain.errors import InvalidInputError
from domain.people import Channel
from domain.policy import Policy


@dataclass(frozen=True)
class OneOf:
    """Marks a text as one of these; OpenAPI lists them, and so does the refusal."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """What pydantic asks of a mark."""
        return core_schema.literal_schema([*self.names])


def _statuses() -> tuple[str, ...]:
    shown = [status for one in CASE_TYPES.values() for status in (*one.under_way, *one.over)]
    # A complaint that is resolved has steps of its own until it is closed.
    return tuple(dict.fromkeys([*shown, *map(str, ComplaintStatus)]))


CaseTypeName: TypeAlias = Annotated[str, OneOf(tuple(CASE_TYPES))]
CaseStatusName: TypeAlias = Annotated[str, OneOf(_statuses())]
ChannelName: TypeAlias = Annotated[str, OneOf(tuple(map(str, Channel)))]


def require_priority(priority: str, policy: Policy) -> None:
    """Refuse a priority that the policy does not know.

    Raises:
        InvalidInputError: details name those that there are.
    """
    rules = (policy.complaint, policy.order_change, policy.returns, policy.deliveries)
    known = list(dict.fromkeys(name for one in rules for name in one.priorities))
    if priority not in known:
        message = f"priority: expected one of {', '.join(known)}"
        errors = [{"field": "priority", "message": message.partition(": ")[2]}]
        raise InvalidInputError(message, field="priority", errors=errors, allowed=known)
