"""Links to the customer's own page: each names a case and an end, and is signed, so that nobody can make one up.

A link is all that somebody needs to act as the customer of its case. So it stands in the message and nowhere else: not
in the record of deliveries, not in a log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from pydantic import SecretStr

from domain.errors import InvalidInputError
from domain.sla.spans import HOUR, Instant

PURPOSE = b"duecourse customer page 1:"
SHORTEST_SECRET = 24
"""Characters; fewer can be guessed."""

_LINK = re.compile(r"([A-Z][A-Z2-7]{13})-([0-9a-f]{1,8})-([a-z2-7]{32})")


@dataclass(frozen=True, slots=True)
class PageLink:
    """An address that leads to the page of a case until an instant."""

    address: str = field(repr=False)
    until: Instant

    @property
    def token(self) -> str:
        """The last part of the address, which is all that counts."""
        return self.address.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a genuine link says: whose case, and until when."""

    case_id: str
    until: Instant


class CaseLinks:
    """Makes links and reads them.

    Args:
        secrets: the first signs; all of them are believed, so that one can be replaced while links are out.
        base: where customers reach us, such as `https://service.example.com`.

    Raises:
        InvalidInputError: there is no secret, or a short one.
    """

    def __init__(self, secrets: SecretStr, base: str) -> None:
        self._keys = [secret.encode() for secret in secrets.get_secret_value().split()]
        if not self._keys or any(len(key) < SHORTEST_SECRET for key in self._keys):
            raise InvalidInputError(
                f"expected one or several secrets of at least {SHORTEST_SECRET} characters", field="link_secrets"
            )
        self._base = base.rstrip("/")

    def to(self, case_id: str, until: Instant) -> PageLink:
        """A link that leads to the page of a case until the end of that hour."""
        hours = -(-until // HOUR)
        signed = f"{case_id}-{hours:x}"
        return PageLink(f"{self._base}/my/{signed}-{_mark(self._keys[0], signed)}", hours * HOUR)

    def read(self, link: str) -> Shown | None:
        """What the last part of an address says, or None if it is none of ours; that it is over, is for the caller."""
        found = _LINK.fullmatch(link)
        if found is None:
            return None
        case_id, hours, mark = found.groups()
        if not any(hmac.compare_digest(_mark(key, f"{case_id}-{hours}"), mark) for key in self._keys):
            return None
        return Shown(case_id, int(hours, 16) * HOUR)


def _mark(key: bytes, signed: str) -> str:
    """The first 160 bits of the HMAC, in letters that no mail program takes for the end of an address."""
    whole = hmac.new(key, PURPOSE + signed.encode(), hashlib.sha256).digest()
    return base64.b32encode(whole[:20]).decode().lower()
