"""What a read model must be able to do for those who write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.projection import Projection


class CaseReadModel(Protocol):
    """Holds the newest projection of each case."""

    async def write_all(self, projections: Sequence[Projection]) -> int:
        """Write projections of several cases, all or none; one that is not newer than what stands changes nothing.

        Returns:
            How many were newer.

        Raises:
            Exception: whatever the database says; a repeat is safe.
        """
