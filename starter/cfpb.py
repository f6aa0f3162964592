"""Rows of the CFPB's complaint database as complaints of ours.

The rows hold no number, no person and no time of day; all three are derived from a hash of the row, so that the same
file gives the same complaints on every machine:

- *reference*: the hash of all columns, and the occurrence among identical rows, which are different complaints.
- *channel*: a phone call is a phone call; whatever was written (Web, Referral, Postal mail, Fax) gets the promise of
  an e-mail, the only written channel of ours that nobody sits waiting at.
- *customer*: one for each complaint, with an id from the hash, addresses below `.invalid`, English, the zone of the
  state; one in a hundred is a VIP (5,000 of 500,000, service charter).
- *said at*: a second of the day it was received, drawn from the hash and `SEED`, in the customer's zone.
- *subject* is product and issue, *description* their subdivisions and the company, which is the business unit, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from activities.customers.port import Registration
from domain.errors import InvalidInputError
from domain.people import Channel, CustomerProfile, DeliveryChannel, Language
from domain.sla.spans import Instant
from starter.new_complaint import NewComplaint
from starter.us_zones import zone_of

SOURCE = "cfpb"
SEED = 20_160_229
"""Decides at which second of its day a complaint was made."""

VIP_EVERY = 100
"""One customer of so many is a VIP."""

COLUMNS = (
    "Date received",
    "Product",
    "Sub-product",
    "Issue",
    "Sub-issue",
    "Company",
    "State",
    "ZIP code",
    "Consumer consent provided?",
    "Submitted via",
    "Date sent to company",
    "Company response to consumer",
    "Timely response?",
    "Consumer disputed?",
)

CHANNELS = {
    "Phone": Channel.PHONE,
    "Web": Channel.EMAIL,
    "Referral": Channel.EMAIL,
    "Postal mail": Channel.EMAIL,
    "Fax": Channel.EMAIL,
}

_DAY_SECONDS = 24 * 60 * 60


def digest_of(cells: Mapping[str, str]) -> str:
    """Identity of a row's content: hex digits, the same whatever the order of the file's columns."""
    content = json.dumps([cells[name] for name in COLUMNS], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def reference_of(digest: str, occurrence: int) -> str:
    """The complaint's reference: content and occurrence (from 1) among identical rows."""
    return f"{digest[:20]}-{occurrence}"


def read(cells: Mapping[str, str], reference: str) -> tuple[NewComplaint, Registration]:
    """The complaint of a row, and the customer who made it.

    Raises:
        InvalidInputError: a column has none of the values it may have; names the column.
    """
    drawn = hashlib.sha256(reference.encode()).digest()
    customer_id = f"K{drawn.hex()[:12].upper()}"
    zone = zone_of(cells["State"])
    complaint = NewComplaint(
        source=SOURCE,
        reference=reference,
        channel=_channel(cells["Submitted via"]),
        customer_id=customer_id,
        subject=f"{_filled(cells, 'Product')}: {_filled(cells, 'Issue')}"[:300],
        description=_description(cells),
        said_at=_said_at(cells["Date received"], ZoneInfo(zone), reference),
        business_unit=cells["Company"].strip()[:120] or None,
    )
    vip = int.from_bytes(drawn[-4:]) % VIP_EVERY == 0
    profile = CustomerProfile(id=customer_id, vip=vip, language=Language.EN, zone=zone)
    return complaint, Registration(profile=profile, addresses=made_up_addresses(customer_id))


def made_up_addresses(customer_id: str) -> dict[DeliveryChannel, str]:
    """An address on every channel that can never reach anybody (RFC 2606)."""
    return {channel: f"{customer_id}@{channel.value}.invalid" for channel in DeliveryChannel}


def _filled(cells: Mapping[str, str], column: str) -> str:
    text = cells[column].strip()
    if not text:
        raise InvalidInputError("expected a value, it is empty", field=column)
    return text


def _channel(submitted_via: str) -> Channel:
    channel = CHANNELS.get(submitted_via.strip())
    if channel is None:
        raise InvalidInputError(f"expected one of {', '.join(CHANNELS)}, got {submitted_via!r}", field="Submitted via")
    return channel


def _description(cells: Mapping[str, str]) -> str:
    told = {name: cells[name].strip() for name in ("Sub-product", "Sub-issue", "Company")}
    return "\n".join(f"{name}: {text}" for name, text in told.items() if text)


def _said_at(received: str, zone: ZoneInfo, reference: str) -> Instant:
    try:
        day = datetime.strptime(received.strip(), "%m/%d/%Y").replace(tzinfo=zone)
    except ValueError:
        raise InvalidInputError(f"expected a day such as 7/29/2013, got {received!r}", field="Date received") from None
    drawn = hashlib.sha256(f"{SEED}:{reference}".encode()).digest()
    return int((day + timedelta(seconds=int.from_bytes(drawn[:8]) % _DAY_SECONDS)).timestamp()) * 1000
