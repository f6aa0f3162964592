"""What all adapters over Medusa work with: its API, our record, and an order that nobody else of us works on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.clock import Clock, wall_clock
from activities.medusa.client import Json, MedusaClient, NoAnswerError
from activities.medusa.deeds import Deed, Deeds, Document, PlanT
from activities.medusa.documents.changes import Change
from activities.medusa.documents.document import instant
from activities.medusa.documents.orders import ORDER_FIELDS, MedusaOrder
from activities.medusa.leases import Lease, Leases
from activities.medusa.unfit import SetAside
from activities.shop.transactions import ShopBooks
from domain.errors import CaseError
from domain.shop.errors import OrderBusyError, OrderNotFoundError, ShopUnavailableError
from domain.sla.spans import SECOND, Span

Answer = TypeVar("Answer")

SETTLING: Span = 20 * SECOND
"""How long a call that nobody answered may still be running at Medusa; until then its like is not sent again."""

CREDIT_LINE = "credit_line"


class MedusaShop:
    """Medusa and our record of it, for all adapters over one store."""

    def __init__(
        self, client: MedusaClient, engine: AsyncEngine, *, clock: Clock = wall_clock, settling: Span = SETTLING
    ) -> None:
        books = ShopBooks(engine, clock=clock)
        self.client = client
        self.clock = clock
        self.settling = settling
        self.deeds = Deeds(books)
        self.set_aside = SetAside(books)
        self._leases = Leases(books)

    async def read(self, order_id: str) -> MedusaOrder:
        """The order as it is now.

        Raises:
            OrderNotFoundError: there is none.
        """
        found = await self.client.find(f"orders/{order_id}", fields=ORDER_FIELDS)
        if found is None:
            raise OrderNotFoundError(f"Medusa has no order {order_id}", field="order_id", order_id=order_id)
        return MedusaOrder.model_validate(found["order"])

    async def changes(self, order_id: str) -> list[Change]:
        """Its changes of every type, with what each consists of; withdrawn ones are not among them."""
        found = await self.client.get(f"orders/{order_id}/changes", fields="*actions")
        return [Change.model_validate(change) for change in found["order_changes"]]

    @asynccontextmanager
    async def holding(self, order_id: str) -> AsyncIterator[Held]:
        """An order that no other adapter of any worker writes to until the context ends."""
        async with self._leases.held(f"order:{order_id}") as lease:
            yield Held(self, order_id, lease)

    @asynccontextmanager
    async def holding_stock(self, variant_id: str) -> AsyncIterator[Held]:
        """A variant's stock that no other adapter of any worker writes to until the context ends."""
        async with self._leases.held(f"stock:{variant_id}") as lease:
            yield Held(self, variant_id, lease)


@dataclass(frozen=True)
class Held:
    """An order, or a stock, that only we write to. Nothing is written once the lease is over."""

    shop: MedusaShop
    name: str
    lease: Lease

    async def read(self) -> MedusaOrder:
        """The order as it is now."""
        return await self.shop.read(self.name)

    async def post(self, path: str, **body: object) -> Json:
        """Write; the same errors as the client's."""
        self.lease.check()
        return await self.shop.client.post(path, **body)

    async def delete(self, path: str) -> Json:
        """Take away; the same errors as the client's."""
        self.lease.check()
        return await self.shop.client.delete(path)

    async def once(
        self, deed: Deed[Document, PlanT], call: Callable[[], Awaitable[Answer]]
    ) -> tuple[Deed[Document, PlanT], Answer]:
        """Make a call that Medusa would carry out a second time. See `settled` first, then read, then come here.

        Raises:
            ShopUnavailableError: an earlier one may still be running.
        """
        self.must_be_settled(deed)
        deed = await self.shop.deeds.asked(deed, self.shop.clock())
        try:
            answer = await call()
        except NoAnswerError:
            raise
        except CaseError:
            await self.shop.deeds.asked(deed, None)
            raise
        return await self.shop.deeds.asked(deed, None), answer

    def settled(self, deed: Deed[Any, Any] | None) -> bool:
        """Whether no call for this deed can still be running; what is read after this is true for good."""
        return deed is None or deed.asked_at is None or self.shop.clock() - deed.asked_at >= self.shop.settling

    def must_be_settled(self, deed: Deed[Any, Any]) -> None:
        """See that no call for this deed can still be running.

        Raises:
            ShopUnavailableError: one can.
        """
        if not self.settled(deed):
            raise ShopUnavailableError("an earlier call may still be running at Medusa; its result is read later")

    async def changes(self) -> list[Change]:
        """The order's changes; a credit line that a crash has left half booked is cleared away first."""
        changes = await self.shop.changes(self.name)
        torn = [change for change in changes if change.active and self._left_behind(change)]
        if not torn:
            return changes
        # No edit, but withdrawn like one; until then everything else is refused for this order.
        await self.delete(f"order-edits/{self.name}")
        return [change for change in changes if change not in torn]

    async def idle(self, *, but_for: str | None = None) -> list[Change]:
        """All changes of the order, of which none is active, except that with our own note.

        Raises:
            OrderBusyError: one is; `holder` is its note, which is its key if it is one of ours.
        """
        changes = await self.changes()
        for change in changes:
            if change.active and (but_for is None or change.internal_note != but_for):
                holder = change.internal_note
                raise OrderBusyError(f"the order has an open change, {holder}", field="order_id", holder=holder)
        return changes

    def _left_behind(self, change: Change) -> bool:
        age = self.shop.clock() - instant(change.created_at)
        return change.change_type == CREDIT_LINE and age >= self.shop.settling
