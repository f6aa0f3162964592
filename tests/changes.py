"""Order changes for tests: the embedded shop beside the world, and a customer who wants something changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from activities.carrier.embedded import EmbeddedCarrier
from activities.clock import wall_clock
from activities.inventory.embedded import EmbeddedInventory
from activities.orders.embedded import EmbeddedOrderSystem
from activities.payments.embedded import EmbeddedPaymentGateway
from activities.shop.transactions import ShopBooks
from activities.shop.warehouse import Warehouse
from domain.messages import Answer
from domain.money import Money
from domain.order_change import messages as c
from domain.order_change.state import OrderChangeResult
from domain.people import Actor, Channel, Role
from domain.shop.changes import AddItem, OrderDelta, RemoveLine
from domain.shop.edits import delivered_on, with_line
from domain.shop.orders import Order
from domain.shop.parcels import Parcel, ParcelStatus
from domain.shop.payments import PaymentAccount
from domain.shop.values import Address, PaymentMethod, Variant
from domain.shop_case.messages import PaymentSettled
from domain.sla.spans import MINUTE
from starter.new_order_change import NewOrderChange
from tests.world import NUMBERS, SUPERVISOR, OpenCase, World

EXPERT = Actor(id="expert-01", role=Role.AGENT, teams=("specialists",))
CLERK = Actor(id="online-01", role=Role.AGENT, teams=("online",))
BOOKKEEPER = Actor(id="finance-01", role=Role.AGENT, teams=("finance",))
DEPUTY = Actor(id="supervisor-02", role=Role.SUPERVISOR, teams=("supervisors",))
HOME = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN")
ELSEWHERE = Address(name="Li Lei", street="2 Lily Street", city="成都", postal_code="610000", country="CN")


def yuan(amount: int) -> Money:
    """So many yuan."""
    return Money(minor=amount * 100, currency="CNY")


@dataclass
class ChangeCase(OpenCase):
    """One running order change and everything a test does to it."""

    async def decide(self, decision: str, actor: Actor = EXPERT, reason: str = "as agreed") -> Answer:
        await self.claim(actor, "decide_change")
        return await self.complete(actor, "decide_change", decision=decision, reason=reason)

    async def agree(self, **fields: Any) -> Answer:
        return await self.ask("answer_change", c.AnswerChange, self.customer, accepted=True, **fields)

    async def decline(self) -> Answer:
        return await self.ask("answer_change", c.AnswerChange, self.customer, accepted=False)

    async def approve(self, actor: Actor = SUPERVISOR, *, approved: bool = True) -> Answer:
        await self.claim(actor, "approve_refund")
        return await self.complete(actor, "approve_refund", approved=approved, remarks="looked at it")

    async def settle(self, actor: Actor = BOOKKEEPER) -> Answer:
        await self.claim(actor, "settle_by_hand")
        return await self.complete(actor, "settle_by_hand", how="by hand, in the shop itself")

    async def status(self) -> str:
        await self.quiet()
        return (await self.view()).status

    async def steps(self) -> str:
        return str((await self.view()).facts["steps"])

    async def told(self) -> list[str]:
        """The subjects of what the customer got, without order and case."""
        return [row.subject.partition(": ")[2].partition(" (")[0] for row in await self.letters()]

    async def result(self) -> OrderChangeResult:
        handle = self.world.client.get_workflow_handle(self.case_id, result_type=OrderChangeResult)
        result: OrderChangeResult = await handle.result()
        return result


@dataclass
class Shop:
    """The embedded shop of a world, and what happens there without us."""

    world: World

    def __post_init__(self) -> None:
        books = ShopBooks(self.world.engine)
        self.warehouse, self.orders = Warehouse(books), EmbeddedOrderSystem(books)
        self.payments, self.inventory = EmbeddedPaymentGateway(books), EmbeddedInventory(books)
        self.carrier = EmbeddedCarrier(books)

    async def offer(self, price: int = 100, pieces: int = 10) -> str:
        """Sell something new at a price in yuan."""
        name = f"v{next(NUMBERS)}"
        variant = Variant(id=name, title=f"Kettle {name}", category="kitchen", prices={"CNY": price * 100})
        await self.warehouse.offer(variant, pieces)
        return name

    async def place(
        self,
        customer: Actor,
        *bought: tuple[str, int],
        ago: timedelta = timedelta(minutes=10),
        method: PaymentMethod = PaymentMethod.ALIPAY,
    ) -> Order:
        """An order that the customer placed some time ago."""
        number, placed_at = next(NUMBERS), wall_clock() - ago // timedelta(milliseconds=1)
        order = Order(
            id=f"o{number}",
            number=f"2026{number:05d}",
            customer_id=customer.id,
            currency="CNY",
            placed_at=placed_at,
            release_at=placed_at + 2 * 60 * MINUTE,
            promised_on=delivered_on(placed_at, 3),
            payment_method=method,
            address=HOME,
            lines=(),
            shipping=yuan(0),
            total=yuan(0),
        )
        for variant_id, quantity in bought:
            variant = await self.orders.variant(variant_id)
            order = with_line(order, variant, quantity, variant.price("CNY"))
        assert await self.warehouse.place(order)
        return order

    async def order(self, price: int = 100, *, pieces: int = 1, **how: Any) -> tuple[Actor, Order]:
        """A new customer's order of something new."""
        customer = await self.world.customer()
        return customer, await self.place(customer, (await self.offer(price), pieces), **how)

    async def ship(self, order: Order) -> Parcel:
        await self.warehouse.release(order.id)
        return await self.warehouse.ship(order.id)

    async def bring_back(self, parcel: Parcel) -> None:
        while (await self.carrier.move(parcel.id)).status is not ParcelStatus.BACK:
            pass

    async def account(self, order: Order) -> PaymentAccount:
        return await self.payments.account(order.id)

    async def now(self, order: Order) -> Order:
        return await self.orders.order(order.id)

    async def free(self, variant_id: str) -> int:
        """Pieces that anybody may still buy."""
        return (await self.inventory.level(variant_id)).available

    async def change(self, customer: Actor, order: Order, **fields: Any) -> ChangeCase:
        """Hand in a wish, and wait until nothing is under way."""
        wanted = {name: fields.pop(name) for name in list(fields) if name in OrderDelta.model_fields}
        fields.setdefault("reference", f"ref-{next(NUMBERS)}")
        new = NewOrderChange(
            source="test",
            channel=Channel.CHAT,
            customer_id=customer.id,
            order_id=order.id,
            wanted=OrderDelta(**wanted),
            **fields,
        )
        opened = await self.world.service.open_order_change(new)
        case = ChangeCase(self.world, opened.case_id, customer)
        self.world.opened.append(case)
        await case.quiet()
        return case

    async def pay(self, case: ChangeCase, order: Order, *, told: bool = True) -> None:
        """The customer pays what is collected; the shop tells us unless its word is lost."""
        key = f"{case.case_id}:collect_payment:1"
        await self.payments.pay(key, order.id)
        if told:
            await case.handle.signal("payment_settled", PaymentSettled(event_id=f"paid-{key}", key=key))
            await case.quiet()


def more(variant_id: str, quantity: int = 1) -> dict[str, Any]:
    """Take something more."""
    return {"lines": (AddItem(variant_id=variant_id, quantity=quantity),)}


def without(order: Order, line: int = 0) -> dict[str, Any]:
    """Do without a line."""
    return {"lines": (RemoveLine(line_id=order.lines[line].id),)}
