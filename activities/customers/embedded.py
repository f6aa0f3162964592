"""The directories in the store, for an installation without a customer system of its own, for demos and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.customers.port import Registration
from activities.store.assignment_tables import NAMED_AGENTS
from activities.store.database import upsert
from activities.store.tables import CUSTOMER_ADDRESSES, CUSTOMERS
from domain.people import CustomerProfile, DeliveryChannel, Language

BATCH = 500
"""Rows for each transaction of an import; also well below the number of parameters that a statement may have."""

Item = TypeVar("Item")


class EmbeddedCustomerDirectory:
    """`CustomerDirectory` over the `customers` and `customer_addresses` tables."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def profile(self, customer_id: str) -> CustomerProfile | None:
        own = CUSTOMERS.outerjoin(NAMED_AGENTS, NAMED_AGENTS.c.customer_id == CUSTOMERS.c.id)
        wanted = select(CUSTOMERS, NAMED_AGENTS.c.staff_id).select_from(own).where(CUSTOMERS.c.id == customer_id)
        reached = select(CUSTOMER_ADDRESSES.c.channel).where(CUSTOMER_ADDRESSES.c.customer_id == customer_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
            channels = set((await connection.execute(reached)).scalars())
        if row is None:
            return None
        return CustomerProfile(
            id=row.id,
            vip=row.vip,
            language=Language(row.language),
            zone=row.zone,
            reachable_by=tuple(channel for channel in DeliveryChannel if channel.value in channels),
            named_agent=row.staff_id,
        )

    async def address(self, customer_id: str, channel: DeliveryChannel) -> str | None:
        own = CUSTOMER_ADDRESSES.c.customer_id == customer_id
        wanted = select(CUSTOMER_ADDRESSES.c.address).where(own & (CUSTOMER_ADDRESSES.c.channel == channel.value))
        async with self._engine.connect() as connection:
            return (await connection.execute(wanted)).scalar_one_or_none()

    async def register(self, registration: Registration) -> None:
        await self._register([registration])

    async def register_many(self, registrations: Iterable[Registration]) -> int:
        registered = 0
        for batch in batches(registrations):
            await self._register(batch)
            registered += len(batch)
        return registered

    async def _register(self, batch: Sequence[Registration]) -> None:
        profiles = [registration.profile for registration in batch]
        customers = [
            {"id": profile.id, "vip": profile.vip, "language": profile.language.value, "zone": profile.zone}
            for profile in profiles
        ]
        addresses = [
            {"customer_id": registration.profile.id, "channel": channel.value, "address": address}
            for registration in batch
            for channel, address in registration.addresses.items()
        ]
        known = CUSTOMER_ADDRESSES.c.customer_id.in_([profile.id for profile in profiles])
        async with self._engine.begin() as connection:
            await upsert(connection, CUSTOMERS, customers)
            await connection.execute(delete(CUSTOMER_ADDRESSES).where(known))
            await upsert(connection, CUSTOMER_ADDRESSES, addresses)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items in lists of at most `BATCH`."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
