"""Parcels on their way, and what the carrier's scanners saw of them."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from domain.shop.values import Address, Asked, Key, Quantity, ShopDocument, ShopId
from domain.sla.spans import Instant


class Direction(StrEnum):
    """Which way a parcel goes."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class ParcelStatus(StrEnum):
    """Where a parcel is; what a scan says. `turned_back` is on its way back, `back` has arrived at its sender.

    `damaged` and `refused` are reported on the way; then the carrier delivers it, or brings it back.
    """

    LABELLED = "labelled"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DAMAGED = "damaged"
    DELIVERED = "delivered"
    REFUSED = "refused"
    TURNED_BACK = "turned_back"
    BACK = "back"
    LOST = "lost"


_PROGRESS = tuple(ParcelStatus)
"""From a parcel's first state to its last."""

STOPPABLE = frozenset(_PROGRESS[: _PROGRESS.index(ParcelStatus.DELIVERED)])
"""The states in which a parcel can still be intercepted."""

UNDER_WAY = STOPPABLE - {ParcelStatus.DAMAGED}
"""The states in which all is well as long as the promised day has not passed."""

ENDS = frozenset({ParcelStatus.DELIVERED, ParcelStatus.BACK})
"""Where the goods have arrived, at one side or the other."""


class ParcelItem(Asked):
    """So many pieces of an order's line."""

    line_id: ShopId
    quantity: Quantity


class LabelRequest(Asked):
    """A parcel to be sent. `to` is where it goes; an inbound one goes to the warehouse."""

    order_id: ShopId
    direction: Direction
    items: tuple[ParcelItem, ...] = Field(min_length=1)
    to: Address = Field(repr=False)
    return_key: Key | None = None


class Scan(Asked):
    """What a scanner saw. `event_id` is the carrier's: the same event told twice counts once."""

    event_id: str = Field(min_length=1, max_length=120)
    parcel_id: ShopId
    status: ParcelStatus
    at: Instant
    place: str | None = Field(default=None, max_length=120)


class Parcel(ShopDocument):
    """A parcel with its scans, oldest first. `id` is the tracking number; the address is with the carrier only.

    `ended` is the end that it came to first: what the goods did there is booked once, whatever is scanned afterwards.
    """

    kind: ClassVar[str] = "parcel"

    order_id: ShopId
    direction: Direction
    items: tuple[ParcelItem, ...]
    status: ParcelStatus
    return_key: Key | None = None
    scans: tuple[Scan, ...] = ()
    ended: ParcelStatus | None = None

    def with_scan(self, scan: Scan) -> Parcel:
        """The parcel after one more scan, in whatever order they arrive: the scanner's own time decides."""
        scans = tuple(sorted((*self.scans, scan), key=lambda seen: (seen.at, _PROGRESS.index(seen.status))))
        status = scans[-1].status
        ended = self.ended or (status if status in ENDS else None)
        return self.model_copy(update={"scans": scans, "status": status, "ended": ended})


class Interception(ShopDocument):
    """The carrier was told to turn a parcel back; whether it did is in the parcel's scans."""

    kind: ClassVar[str] = "interception"

    parcel_id: ShopId
    status: Literal["accepted"] = "accepted"
