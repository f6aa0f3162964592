"""The port of this room."""

from __future__ import annotations

from typing import ClassVar, Protocol

from domain.deeds import CompensationOrder
from domain.errors import CaseError


class CompensationConflictError(CaseError):
    """A compensation with this key was granted before, to another customer or over another amount."""

    code: ClassVar[str] = "compensation_conflict"


class CompensationDesk(Protocol):
    """Gives customers what they were promised."""

    async def grant(self, order: CompensationOrder) -> str:
        """Grant once for each key; a repeat returns the same reference.

        Raises:
            CompensationConflictError: the key stands for another compensation.
        """
