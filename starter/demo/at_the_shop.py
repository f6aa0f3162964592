"""What everybody does who plays in a case about an order: pays, approves, settles by hand, and moves parcels."""

from __future__ import annotations

import asyncio
import random
from typing import Generic, TypeVar

from activities.carrier.embedded import EmbeddedCarrier
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.messages import CaseView
from domain.reaching import REACHING
from domain.shop.errors import ShopError
from domain.shop_case.messages import ParcelScanned, PaymentSettled
from domain.shop_case.tasks import APPROVE, SETTLE
from starter.demo.playing import CasePlayer, active
from starter.demo.stage import Stage
from starter.new_order_change import NewOrderChange
from starter.new_return import NewReturn

Wanted = TypeVar("Wanted", NewOrderChange, NewReturn)

_REACHING_FORMS: dict[str, dict[str, object]] = {
    "contact_customer": {"reached": True, "how": "by telephone"},
    "check_delivery": {"arrived": True, "how_known": "asked the customer"},
}
assert _REACHING_FORMS.keys() == {definition.kind for definition in REACHING}


class ShopPlayer(CasePlayer, Generic[Wanted]):
    """Everybody who takes part in one case about an order of the embedded shop."""

    def __init__(self, stage: Stage, lot: random.Random) -> None:
        super().__init__(stage, lot)
        books = ShopBooks(stage.house.doors.store.engine)
        self.payments, self.warehouse = EmbeddedPaymentGateway(books), Warehouse(books)
        self.carrier = EmbeddedCarrier(books)
        self._wish: Wanted | None = None

    @property
    def wish(self) -> Wanted:
        """What the customer wants; known once it has come in."""
        assert self._wish
        return self._wish

    @property
    def customer_id(self) -> str:
        return self.wish.customer_id

    @property
    def order_id(self) -> str:
        """The order that it is about."""
        return self.wish.order_id

    # Staff.

    async def approve(self, view: CaseView) -> None:
        """A second pair of eyes."""
        if task := active(view, APPROVE):
            await self._pause(0.2, 0.6)
            await self._complete(task, approved=True, remarks="fair")

    async def by_hand(self, view: CaseView) -> None:
        """Whatever the shop would not do, and whom no message reached."""
        if task := active(view, SETTLE):
            await self._complete(task, how="at the shop itself")
            return
        for kind, form in _REACHING_FORMS.items():
            if task := active(view, kind):
                await self._complete(task, **form)
        await self._wait(view)

    # Outside.

    async def silent(self, view: CaseView) -> None:
        """Nothing is done until the case goes on by itself."""
        await self._until(lambda line: line.status != view.status or not line.running)

    async def pay(self, view: CaseView) -> None:
        """The customer pays what was asked for."""
        key = f"{self.case_id}:collect_payment:1"
        try:
            await self.payments.pay(key, self.order_id)
        except ShopError:  # not asked for yet
            await self._wait(view)
            return
        await self._tell("payment_settled", PaymentSettled(event_id=f"paid:{key}", key=key))

    async def move(self, parcel_id: str) -> None:
        """The parcel takes the next step of its way, and the carrier says so."""
        scanned = await self.carrier.move(parcel_id)
        await self.tell_scan(parcel_id, len(scanned.scans))

    async def tell_scan(self, parcel_id: str, number: int) -> None:
        """The carrier's word about a parcel's latest scan."""
        event = f"scan:{parcel_id}:{number}"
        await self._tell("parcel_scanned", ParcelScanned(event_id=event, parcel_id=parcel_id))

    async def _tell(self, signal: str, event: object) -> None:
        await self.service.client.get_workflow_handle(self.case_id).signal(signal, event)
        await asyncio.sleep(0.3)
