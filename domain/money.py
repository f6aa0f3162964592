"""Amounts of money in minor units, so that no sum is ever rounded."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field

from domain.errors import CurrencyMismatchError


class Money(BaseModel):
    """An amount in minor units (fen, cents) of one currency (ISO 4217)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minor: int = Field(ge=0, le=10**12)
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    def __str__(self) -> str:
        return f"{self.minor // 100}.{self.minor % 100:02d} {self.currency}"

    def plus(self, other: Money) -> Money:
        """The sum.

        Raises:
            CurrencyMismatchError: the other amount is in another currency.
        """
        return Money(minor=self.minor + self._of_same_currency(other), currency=self.currency)

    def times(self, count: int) -> Money:
        """This amount so many times; `count` is never negative."""
        return Money(minor=self.minor * count, currency=self.currency)

    def beyond(self, other: Money) -> Money:
        """By how much this is more than the other amount; zero if it is not.

        Raises:
            CurrencyMismatchError: the other amount is in another currency.
        """
        return Money(minor=max(self.minor - self._of_same_currency(other), 0), currency=self.currency)

    def _of_same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError(
                f"expected an amount in {self.currency}, got {other.currency}",
                field="currency",
                expected=self.currency,
                got=other.currency,
            )
        return other.minor


_WRITTEN = re.compile(r"(\d{1,10})(?:\.(\d\d))? ([A-Z]{3})")


def parse_money(text: str) -> Money:
    """An amount as people write it and `str` says it: `12.50 CNY`.

    Raises:
        ValueError: anything else.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"expected an amount such as 12.50 CNY, got {text!r}")
    return Money(minor=int(found[1]) * 100 + int(found[2] or 0), currency=found[3])
