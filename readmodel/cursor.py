"""Where a page ends: the sort key of its last row, so that rows which come and go meanwhile shift nothing."""

from __future__ import annotations

import base64
import binascii
import json

from pydantic import TypeAdapter, ValidationError

from domain.errors import InvalidInputError
from readmodel.rows import Term

LONGEST = 2_000
"""Characters of a cursor; ours are shorter."""

_CONTENT: TypeAdapter[tuple[str, int, tuple[Term, ...]]] = TypeAdapter(tuple[str, int, tuple[Term, ...]])


def written(listed: str, instant: int, *ids: str) -> str:
    """The cursor behind a row of a list: `instant` is what the list is sorted by, `ids` settle what is equal."""
    content = json.dumps([listed, instant, ids], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read(listed: str, ids: int, cursor: str) -> tuple[int, ...] | tuple[int | str, ...]:
    """The sort key in a cursor of this list: its instant, then so many ids.

    Raises:
        InvalidInputError: not a cursor, or that of another list.
    """
    try:
        if len(cursor) > LONGEST:
            raise ValueError(cursor)
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name, instant, found = _CONTENT.validate_json(content)
        if name != listed or len(found) != ids or abs(instant) >= 2**63:
            raise ValueError(cursor)
    except (binascii.Error, ValueError, ValidationError):
        raise InvalidInputError(
            "cursor: expected the next_cursor of a page of this list, unchanged", field="cursor"
        ) from None
    return (instant, *found)
