"""What no shop is asked: every adapter refuses it in the same words before it touches anything."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from domain.errors import InvalidInputError
from domain.shop.values import Key

_KEY: TypeAdapter[str] = TypeAdapter(Key)


def check_key(key: str) -> None:
    """See that it is one.

    Raises:
        InvalidInputError: it is not.
    """
    try:
        _KEY.validate_python(key)
    except ValidationError:
        raise InvalidInputError("expected a key of letters, digits and ._:-, at most 255", field="key") from None


def check_quantity(quantity: int) -> None:
    """See that it is a number of pieces.

    Raises:
        InvalidInputError: it is not.
    """
    if not 1 <= quantity <= 9_999:
        raise InvalidInputError("expected 1 to 9999 pieces", field="quantity", got=quantity)
