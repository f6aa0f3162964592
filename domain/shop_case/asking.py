"""What the customer of a case at a shop may ask, whatever its type."""

from __future__ import annotations

from domain.errors import CurrencyMismatchError, InvalidInputError
from domain.money import Money


def check_shown(amount: Money, shown: Money) -> None:
    """See that the customer answers what they were shown.

    Raises:
        CurrencyMismatchError, InvalidInputError: it is another amount.
    """
    if amount.currency != shown.currency:
        raise CurrencyMismatchError(
            f"expected an amount in {shown.currency}, got {amount.currency}",
            field="amount",
            expected=shown.currency,
            got=amount.currency,
        )
    if amount != shown:
        raise InvalidInputError(f"the customer was shown {shown}, not {amount}", field="amount", expected=str(shown))
