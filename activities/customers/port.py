"""The ports of this room. Addresses leave it only towards a message that is being sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from domain.people import CustomerProfile, DeliveryChannel, OrderSummary


@dataclass(frozen=True, slots=True)
class Registration:
    """A customer as import and seeds bring it. `reachable_by` of the profile is ignored: the addresses say it."""

    profile: CustomerProfile
    addresses: Mapping[DeliveryChannel, str] = field(default_factory=dict, repr=False)


class CustomerDirectory(Protocol):
    """Who the customers are, and where they can be reached."""

    async def profile(self, customer_id: str) -> CustomerProfile | None:
        """What a case may know of a customer, or None; `reachable_by` names the channels with an address."""

    async def address(self, customer_id: str, channel: DeliveryChannel) -> str | None:
        """Where to reach a customer over one channel, or None."""

    async def register(self, registration: Registration) -> None:
        """Add a customer, or replace all that was known of them, addresses included."""

    async def register_many(self, registrations: Iterable[Registration]) -> int:
        """Register in batches; returns how many. Interrupted, it can simply be run again."""


class OrderDirectory(Protocol):
    """The orders that cases are about."""

    async def order(self, order_id: str) -> OrderSummary | None:
        """What a case may know of an order, or None. Whether it is this customer's is for the caller to check."""
