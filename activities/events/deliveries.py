"""The watch over parcels to customers: what goes wrong with a delivery opens a case before the customer asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import TypeAlias

import structlog

from activities.carrier.port import Carrier
from activities.clock import Clock, wall_clock
from activities.orders.port import OrderReading
from domain.delivery.messages import PROBLEMS, Problem
from domain.errors import CaseError
from domain.shop.errors import ShopError
from domain.shop.orders import Order
from domain.shop.parcels import Direction, Parcel, ParcelStatus
from domain.shop_case.events import ShopEvent, ShopEventKind

log = structlog.get_logger()

OpenCase: TypeAlias = Callable[[Order, Parcel, Problem], Awaitable[bool]]
"""Opens the case of a problem unless a case has the parcel in hand; returns whether it is new."""


class DeliveryWatch:
    """Looks at scans as they are told, and now and then for parcels whose promised day has passed."""

    def __init__(
        self, orders: OrderReading, carrier: Carrier, open_case: OpenCase, *, clock: Clock = wall_clock
    ) -> None:
        self._orders, self._carrier, self._open, self._clock = orders, carrier, open_case, clock
        self._promised: dict[str, date | None] = {}

    @property
    def remembered(self) -> int:
        """How many parcels' promised days are kept: those under way at the last look."""
        return len(self._promised)

    async def seen(self, event: ShopEvent) -> None:
        """Open a case if a scan says that something is wrong.

        Raises:
            ShopError: order or parcel cannot be read now; the event is to be shown again.
        """
        said = event.facts.get("status")
        problem = PROBLEMS.get(ParcelStatus(said)) if isinstance(said, str) and said in list(ParcelStatus) else None
        if event.kind != ShopEventKind.PARCEL_SCANNED or problem is None:
            return
        parcel = await self._carrier.parcel(str(event.facts["parcel"]))
        if parcel.direction is Direction.OUTBOUND:
            await self._found(parcel, problem)

    async def find_late(self, alive: Callable[[], None]) -> int:
        """Open a case for each parcel whose promised day has passed; returns how many are new."""
        today = datetime.fromtimestamp(self._clock() / 1000, UTC).date()
        new = 0
        under_way = await self._carrier.under_way()
        self._promised = {parcel.id: self._promised[parcel.id] for parcel in under_way if parcel.id in self._promised}
        for parcel in under_way:
            alive()
            try:
                promised = await self._promised_on(parcel)
                if promised and promised < today:
                    new += await self._found(parcel, Problem.LATE)
            except ShopError as error:
                log.warning("parcel_not_watched", parcel=parcel.id, code=error.code)
        return new

    async def _promised_on(self, parcel: Parcel) -> date | None:
        # What was promised does not change; an order is read once for each parcel and not in every round.
        if parcel.id not in self._promised:
            self._promised[parcel.id] = (await self._orders.order(parcel.order_id)).promised_on
        return self._promised[parcel.id]

    async def _found(self, parcel: Parcel, problem: Problem) -> bool:
        try:
            order = await self._orders.order(parcel.order_id)
            new = await self._open(order, parcel, problem)
        except CaseError as error:
            if isinstance(error, ShopError) and error.transient:
                raise
            # An order of another shop, or a customer whom we do not know: nobody could be told anything.
            log.warning("delivery_problem_not_opened", parcel=parcel.id, problem=problem.value, code=error.code)
            return False
        if new:
            log.info("delivery_problem_found", order_id=order.id, parcel=parcel.id, problem=problem.value)
        return new
