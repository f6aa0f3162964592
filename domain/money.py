"""Amounts of money in minor units, so that no sum is ever rounded."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Money(BaseModel):
    """An amount in minor units (fen, cents) of one currency (ISO 4217)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minor: int = Field(ge=0, le=10**12)
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    def __str__(self) -> str:
        return f"{self.minor // 100}.{self.minor % 100:02d} {self.currency}"
