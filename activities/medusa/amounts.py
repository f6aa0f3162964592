"""Medusa's amounts, decimal numbers of whole currency units, and ours, whole minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from domain.money import Money

_DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0) | dict.fromkeys(
    ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3
)
"""Decimal places by ISO 4217 where they are not two."""


def from_medusa(amount: Decimal, currency: str) -> Money:
    """An amount of Medusa's; fractions of a minor unit, which it keeps, are rounded to the nearest."""
    code = currency.upper()
    minor = amount.scaleb(_DIGITS.get(code, 2)).to_integral_value(ROUND_HALF_EVEN)
    return Money(minor=int(minor), currency=code)


def to_medusa(money: Money) -> float:
    """The number to send; written as JSON it has exactly the digits of the amount, up to some 10^13 units."""
    return float(Decimal(money.minor).scaleb(-_DIGITS.get(money.currency, 2)))
