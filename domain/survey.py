"""The survey at the end of a case: satisfaction (CSAT), would recommend us (NPS), how easy it was (CES)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.messages import Text


class Survey(BaseModel):
    """A customer's answers; each may be left out, but not all.

    Attributes:
        csat: satisfied with how it was handled, 1 (not at all) to 5 (very).
        nps: would recommend us, 0 (never) to 10 (certainly).
        ces: it was easy for me, 1 (not at all) to 7 (very).
        text: whatever else they say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    csat: int | None = Field(default=None, ge=1, le=5)
    nps: int | None = Field(default=None, ge=0, le=10)
    ces: int | None = Field(default=None, ge=1, le=7)
    text: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Survey:
        if self == Survey.model_construct():
            raise ValueError("expected at least one answer")
        return self
