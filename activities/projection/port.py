"""What a read model must be able to do for those who write it, and whoever compares it with Temporal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

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


class CheckReport(BaseModel):
    """How many cases were compared, how many were put right, and the numbers of those that one side lacked."""

    model_config = ConfigDict(frozen=True)

    compared: int
    mended: int
    lacking: tuple[str, ...]


class ReadModelCheck(Protocol):
    """Compares the read model with the cases themselves."""

    async def check(self, alive: Callable[[], None]) -> CheckReport:
        """Compare, put right what differs, and raise the alarm where one side lacks a case.

        Args:
            alive: called before each case.

        Raises:
            Exception: Temporal, a worker or the database does not answer; a repeat is safe.
        """
