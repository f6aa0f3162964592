"""What all documents have in common."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from domain.sla.spans import Instant


class Document(BaseModel):
    """Something that Medusa tells, as it was when it was read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def instant(at: datetime) -> Instant:
    """Milliseconds."""
    return round(at.timestamp() * 1000)
