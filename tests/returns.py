"""Returns for tests: delivered orders of the embedded shop, and a customer who wants to give something back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from activities.clock import wall_clock
from domain.messages import Answer
from domain.people import Actor, Channel, Role
from domain.returns import messages as r
from domain.returns.state import ReturnResult
from domain.returns.wish import ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.orders import Order
from domain.shop.parcels import Parcel, ParcelStatus, Scan
from domain.shop.values import Variant
from domain.shop_case.messages import OrderMoved, ParcelScanned, PaymentSettled
from starter.new_return import NewReturn
from tests.changes import BOOKKEEPER, CLERK, Shop
from tests.world import NUMBERS, SUPERVISOR, OpenCase

PACKER = Actor(id="warehouse-01", role=Role.AGENT, teams=("warehouse",))
TRACER = Actor(id="logistics-01", role=Role.AGENT, teams=("logistics",))
ENGINEER = Actor(id="engineer-01", role=Role.AGENT, teams=("specialists",))
TESTER = Actor(id="quality-01", role=Role.AGENT, teams=("quality",))


@dataclass
class ReturnCase(OpenCase):
    """One running return and everything a test does to it. `passed` is how far its own clock is ahead of the wall's."""

    shop: ReturningShop = None  # type: ignore[assignment]  # set by whoever opens it
    order: Order = None  # type: ignore[assignment]
    passed: timedelta = timedelta(0)

    async def forward(self, span: timedelta) -> None:
        self.passed += span
        await super().forward(span)

    async def inspect(self, actor: Actor = PACKER, **form: Any) -> Answer:
        """All that was wished came, sound and accepted, unless the form says otherwise."""
        await self.claim(actor, "inspect_goods")
        items = [{"line_id": line.id, "sound": line.quantity} for line in self.order.lines]
        return await self.complete(actor, "inspect_goods", **{"items": items, **form})

    async def work(self, actor: Actor, kind: str, **form: object) -> Answer:
        await self.claim(actor, kind)
        return await self.complete(actor, kind, **form)

    async def decide(self, *, approved: bool = True) -> Answer:
        return await self.work(CLERK, "decide_return", approved=approved, reason="looked at it")

    async def approve(self, actor: Actor = SUPERVISOR, *, approved: bool = True) -> Answer:
        return await self.work(actor, "approve_refund", approved=approved, remarks="looked at it")

    async def settle(self) -> Answer:
        return await self.work(BOOKKEEPER, "settle_by_hand", how="in the shop itself")

    async def agree(self, *, accepted: bool = True, **fields: Any) -> Answer:
        return await self.ask("answer_return", r.AnswerReturn, self.customer, accepted=accepted, **fields)

    async def withdraw(self) -> Answer:
        return await self.ask("withdraw_return", r.WithdrawReturn, self.customer)

    async def rate(self, *, satisfied: bool = True) -> Answer:
        return await self.ask("rate_return", r.RateReturn, self.customer, satisfied=satisfied, score=5)

    async def status(self) -> str:
        await self.quiet()
        return (await self.view()).status

    async def fact(self, name: str) -> object:
        return (await self.view()).facts[name]

    async def told(self) -> list[str]:
        """The subjects of what the customer got, without order and case."""
        return [row.subject.partition(": ")[2].partition(" (")[0] for row in await self.letters()]

    async def result(self) -> ReturnResult:
        handle = self.world.client.get_workflow_handle(self.case_id, result_type=ReturnResult)
        result: ReturnResult = await handle.result()
        return result

    # What happens outside.

    async def scan(self, status: ParcelStatus, parcel: str = "parcel", *, told: bool = True) -> None:
        """The carrier sees the parcel now, by the case's own clock; its word may be lost."""
        parcel_id = str(await self.fact(parcel))
        at = wall_clock() + self.passed // timedelta(milliseconds=1)
        event_id = f"{parcel_id}:{status.value}:{at}"
        await self.shop.carrier.accept_scan(Scan(event_id=event_id, parcel_id=parcel_id, status=status, at=at))
        if told:
            await self.handle.signal("parcel_scanned", ParcelScanned(event_id=event_id[-60:], parcel_id=parcel_id))
        await self.quiet()

    async def comes_back(self) -> None:
        """The customer's parcel is picked up, and arrives a day later."""
        await self.scan(ParcelStatus.PICKED_UP)
        await self.forward(timedelta(days=1))
        await self.scan(ParcelStatus.DELIVERED)

    async def goes_out(self) -> None:
        """Our parcel is picked up, and arrives a day later."""
        await self.scan(ParcelStatus.PICKED_UP, "outbound_parcel")
        await self.forward(timedelta(days=1))
        await self.scan(ParcelStatus.DELIVERED, "outbound_parcel")

    async def pays(self) -> None:
        key = f"{self.case_id}:collect_payment:1"
        await self.shop.payments.pay(key, self.order.id)
        await self.handle.signal("payment_settled", PaymentSettled(event_id=f"paid-{key}", key=key))
        await self.quiet()

    async def hears(self, kind: str) -> None:
        """The shop tells that something became of the order."""
        await self.handle.signal("order_moved", OrderMoved(event_id=f"e{next(NUMBERS)}", kind=kind))
        await self.quiet()


@dataclass
class ReturningShop(Shop):
    """The embedded shop, with goods that were delivered and may come back."""

    async def sell(self, price: int = 100, *, category: str = "kitchen", warranty: int = 24, pieces: int = 10) -> str:
        """Offer something with a category and a warranty."""
        name = f"v{next(NUMBERS)}"
        variant = Variant(
            id=name,
            title=f"Kettle {name}",
            category=category,
            prices={"CNY": price * 100},
            warranty_months=warranty,
        )
        await self.warehouse.offer(variant, pieces)
        return name

    async def deliver(self, order: Order, ago: timedelta = timedelta(hours=1)) -> Order:
        """Everything that waits leaves the warehouse and arrives."""
        parcel = await self.ship(order)
        await self.arrives(parcel, ago)
        return await self.now(order)

    async def arrives(self, parcel: Parcel, ago: timedelta = timedelta(0)) -> None:
        at = wall_clock() - ago // timedelta(milliseconds=1)
        for status in (ParcelStatus.PICKED_UP, ParcelStatus.DELIVERED):
            event_id = f"{parcel.id}:{status.value}"
            await self.carrier.accept_scan(Scan(event_id=event_id, parcel_id=parcel.id, status=status, at=at))

    async def delivered(
        self,
        price: int = 100,
        *,
        pieces: int = 1,
        ago: timedelta = timedelta(days=1),
        category: str = "kitchen",
        warranty: int = 24,
    ) -> tuple[Actor, Order]:
        """A new customer's order that was delivered some time ago."""
        customer = await self.world.customer()
        variant = await self.sell(price, category=category, warranty=warranty)
        order = await self.place(customer, (variant, pieces), ago=ago + timedelta(days=2))
        return customer, await self.deliver(order, ago)

    async def give_back(
        self,
        customer: Actor,
        order: Order,
        kind: str = "refund",
        *,
        reason: str = "changed_mind",
        quantity: int | None = None,
        variant: str | None = None,
        channel: Channel = Channel.CHAT,
        reference: str | None = None,
        asked_by: str | None = None,
        **wish: Any,
    ) -> ReturnCase:
        """Hand in a wish, and wait until nothing is under way."""
        items = tuple(
            WantedItem(
                line_id=line.id,
                quantity=quantity or line.quantity,
                reason=ReturnReason(reason),
                variant_id=variant,
            )
            for line in order.lines
        )
        new = NewReturn(
            source="test",
            reference=reference or f"ref-{next(NUMBERS)}",
            channel=channel,
            customer_id=customer.id,
            order_id=order.id,
            wanted=ReturnWish(kind=ReturnKind(kind), items=items, **wish),
            asked_by=asked_by,
        )
        opened = await self.world.service.open_return(new)
        case = ReturnCase(self.world, opened.case_id, customer, shop=self, order=order)
        self.world.opened.append(case)
        await case.quiet()
        return case
