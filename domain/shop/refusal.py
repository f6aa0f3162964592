"""What a shop says no with, for good, as a case gets to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Refusal(NamedTuple):
    """A refusal that no repeat would change; codes and details are those of `domain.shop.errors`."""

    code: str
    message: str
    details: Mapping[str, Any]

    @property
    def holder(self) -> str | None:
        """The case that keeps the order busy, if it is one of ours."""
        return str(self.details.get("holder") or "").partition(":")[0] or None
