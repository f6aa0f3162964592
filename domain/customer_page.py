"""What a policy says about the customer's own page: the line below every message that leads there, and for how long."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from domain.people import Language
from domain.sla.spans import DAY, PolicySpan

PAGE_WORDS = frozenset({"page", "page_until"})
"""What the line may mention: the address, and the instant until which it leads there (render with `local_time`)."""


class CustomerPagePolicy(BaseModel):
    """The line below messages as Jinja text, by language; a policy without one sends no links."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link_lasts: PolicySpan = Field(default=30 * DAY, gt=0)
    below_messages: dict[Language, str] = Field(default_factory=dict)
