"""The port to the carrier. Keys, evidence and errors are as in `activities.orders.port`.

A carrier knows parcels, not orders: the order's id is a reference that it carries along and never looks up.
"""

from __future__ import annotations

from typing import Protocol

from domain.shop.parcels import Interception, LabelRequest, Parcel, Scan


class Carrier(Protocol):
    """Labels, tracking, interception. A parcel's id is its tracking number."""

    async def create_label(self, key: str, request: LabelRequest) -> Parcel:
        """Announce a parcel and get its tracking number; the label costs money, so one for each key."""

    async def find_parcel(self, key: str) -> Parcel | None:
        """The parcel whose label was made under this key, with its scans."""

    async def parcel(self, parcel_id: str) -> Parcel:
        """A parcel with all that was seen of it, oldest first.

        Raises:
            ParcelNotFoundError: there is no such tracking number.
        """

    async def parcels_of(self, order_id: str) -> list[Parcel]:
        """All parcels of an order, oldest first."""

    async def under_way(self) -> list[Parcel]:
        """All parcels to customers that were announced and have not come to an end, nor turned back, oldest first."""

    async def intercept(self, key: str, parcel_id: str) -> Interception:
        """Have a parcel turned back. That the carrier accepts it is no promise: `back` is, a scan that comes later.

        Raises:
            ParcelNotFoundError: there is no such tracking number.
            InterceptTooLateError: it has arrived, is lost, or is on its way back already.
        """

    async def find_interception(self, key: str) -> Interception | None:
        """The interception that was accepted under this key."""

    async def accept_scan(self, scan: Scan) -> bool:
        """Book what a scanner saw, told by webhook or by asking; True if it was news.

        Scans may come late, twice and in any order: the event id says which are the same, and the scanner's own time
        says which is the latest, so that one that comes late never moves a parcel back.

        Raises:
            ParcelNotFoundError: there is no such tracking number.
            KeyReusedError: this event id told something else before.
        """
