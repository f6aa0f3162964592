"""What draws reports."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from domain.figures.periods import Period
from domain.sla.spans import Instant


class ReportOrder(BaseModel):
    """A report is to be drawn of the last period that was over at an instant."""

    model_config = ConfigDict(frozen=True)

    period: Period
    at: Instant


class ReportDrawn(BaseModel):
    """Which time a report is about; `new` is false where it had been drawn before, and stays as it was."""

    model_config = ConfigDict(frozen=True)

    period: Period
    since: Instant
    until: Instant
    new: bool


class FigureReports(Protocol):
    """Draws reports and keeps them."""

    async def draw(self, order: ReportOrder) -> ReportDrawn:
        """Draw a report and keep it, unless it was drawn before.

        Raises:
            Exception: the database does not answer, or no policy was published; a repeat is safe.
        """
