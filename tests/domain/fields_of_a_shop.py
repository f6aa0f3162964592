"""A shop that is a few fields, for order changes in pure Python; everything it is asked works at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.deeds import TakeStep
from domain.money import Money
from domain.shop import asks
from domain.shop.changes import Amendment, AmendmentKind, Cancellation, ChangeStatus, StagedChange
from domain.shop.edits import edited, preview, variants_of, with_line
from domain.shop.orders import Order, counted
from domain.shop.parcels import Direction, Interception, Parcel, ParcelItem, ParcelStatus, Scan
from domain.shop.payments import Collection, CollectionStatus, PaymentAccount, Refund, RefundStatus
from domain.shop.refusal import Refusal
from domain.shop.stock import Reservation, ReservationStatus
from domain.shop.values import Address, PaymentMethod, Variant
from domain.sla.spans import MINUTE, Span
from tests.domain.cases import CUSTOMER, MONDAY

HOME = Address(name="Li Lei", street="1 Rose Street", city="杭州", postal_code="310000", country="CN")
ELSEWHERE = HOME.model_copy(update={"street": "2 Lily Street"})


def yuan(amount: int) -> Money:
    return Money(minor=amount * 100, currency="CNY")


def variant(name: str, price: int) -> Variant:
    return Variant(id=name, title=name, category="kitchen", prices={"CNY": price * 100})


CATALOG = {item.id: item for item in (variant("kettle", 100), variant("cup", 50), variant("oven", 300))}


def an_order(*bought: str, ago: Span = 10 * MINUTE, **fields: Any) -> Order:
    order = Order(
        id="o1",
        number="202600001",
        customer_id=CUSTOMER.id,
        currency="CNY",
        placed_at=MONDAY - ago,
        payment_method=PaymentMethod.ALIPAY,
        address=HOME,
        lines=(),
        shipping=yuan(0),
        total=yuan(0),
    )
    for name in bought or ("kettle",):
        order = with_line(order, CATALOG[name], 1, CATALOG[name].price("CNY"))
    return order.model_copy(update=fields)


@dataclass
class FieldsOfAShop:
    """What a shop knows, as plain fields; everything it is asked works at once, unless `refuse` says otherwise."""

    order: Order
    captured: Money
    refunded: Money = field(default_factory=lambda: yuan(0))
    staged: dict[str, StagedChange] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuse: Callable[[TakeStep], Refusal | None] = lambda deed: None

    def answer(self, deed: TakeStep) -> object:
        self.asked.append(f"undo {deed.step}" if deed.undo else deed.step)
        answering: Callable[[Any], object] = getattr(self, deed.ask.do)
        return self.refuse(deed) or answering(deed.ask)

    def read_order(self, ask: asks.ReadOrder) -> object:
        return self.order

    def read_account(self, ask: asks.ReadAccount) -> object:
        return PaymentAccount(order_id="o1", captured=self.captured, refunded=self.refunded)

    def stage_change(self, ask: asks.StageChange) -> object:
        wanted = variants_of(ask.changes)
        after = edited(self.order, ask.changes, {name: CATALOG[name] for name in wanted})
        staged = StagedChange(
            key=ask.key,
            id="s",
            at=0,
            order_id="o1",
            status=ChangeStatus.STAGED,
            changes=ask.changes,
            preview=preview(self.order, after),
        )
        self.staged[ask.key] = staged
        return staged

    def confirm_change(self, ask: asks.ConfirmChange) -> object:
        staged = self.staged.pop(ask.key)
        self.order = edited(self.order, staged.changes, CATALOG)
        return staged

    def discard_change(self, ask: asks.DiscardChange) -> object:
        return self.staged.pop(ask.key)

    def change_address(self, ask: asks.ChangeAddress) -> object:
        self.order = self.order.model_copy(update={"address": ask.address})
        return Amendment(key=ask.key, id="a", at=0, order_id="o1", what=AmendmentKind.ADDRESS)

    def change_payment_method(self, ask: asks.ChangePaymentMethod) -> object:
        self.order = self.order.model_copy(update={"payment_method": ask.method})
        return Amendment(key=ask.key, id="a", at=0, order_id="o1", what=AmendmentKind.PAYMENT_METHOD)

    def cancel_order(self, ask: asks.CancelOrder) -> object:
        before = self.order
        gone = {line.id: {"quantity": line.shipped - line.quantity} for line in before.lines}
        self.order = counted(before, gone)
        return Cancellation(
            key=ask.key,
            id="x",
            at=0,
            order_id="o1",
            reason=ask.reason,
            pieces={},
            before=before.total,
            after=self.order.total,
            refunded=yuan(0),
        )

    def collect_payment(self, ask: asks.CollectPayment) -> object:
        pending = CollectionStatus.PENDING
        self.collections[ask.key] = Collection(
            key=ask.key, id="p", at=0, order_id="o1", status=pending, amount=ask.amount, lapses_at=ask.lapses_at
        )
        return self.collections[ask.key]

    def read_collection(self, ask: asks.ReadCollection) -> object:
        return self.collections.get(ask.key)

    def release_collection(self, ask: asks.ReleaseCollection) -> object:
        if self.collections[ask.key].status is CollectionStatus.PAID:
            return Refusal("step_state", "the collection is paid", {"status": "paid"})
        return self.collections.pop(ask.key)

    def refund_payment(self, ask: asks.RefundPayment) -> object:
        self.refunded = self.refunded.plus(ask.amount)
        settled = RefundStatus.SETTLED
        return Refund(key=ask.key, id="r", at=0, order_id="o1", status=settled, amount=ask.amount, reason=ask.reason)

    def reserve_stock(self, ask: asks.ReserveStock) -> object:
        self.kept[ask.key] = ask.quantity
        return self._reservation(ask.key, ask.quantity)

    def release_stock(self, ask: asks.ReleaseStock) -> object:
        return self._reservation(ask.key, self.kept.pop(ask.key, 1))

    def _reservation(self, key: str, quantity: int) -> Reservation:
        return Reservation(key=key, id="k", at=0, variant_id="cup", quantity=quantity, status=ReservationStatus.HELD)

    def find_parcels(self, ask: asks.FindParcels) -> object:
        return self.parcels

    def intercept_parcel(self, ask: asks.InterceptParcel) -> object:
        return Interception(key=ask.key, id="i", at=0, parcel_id=ask.parcel_id)

    def pay(self) -> None:
        """The customer pays what is collected."""
        [(key, collection)] = self.collections.items()
        self.collections[key] = collection.model_copy(update={"status": CollectionStatus.PAID})
        self.captured = self.captured.plus(collection.amount)

    def ship(self) -> None:
        """Everything leaves the warehouse in one parcel."""
        lines = self.order.lines
        self.order = counted(self.order, {line.id: {"fulfilled": 1, "shipped": 1} for line in lines})
        items = tuple(ParcelItem(line_id=line.id, quantity=1) for line in lines)
        outbound, shipped = Direction.OUTBOUND, ParcelStatus.IN_TRANSIT
        self.parcels = [Parcel(key="p", id="p1", at=0, order_id="o1", direction=outbound, items=items, status=shipped)]

    def scan(self, status: ParcelStatus) -> None:
        """The parcel is seen somewhere."""
        seen = Scan(event_id=status.value, parcel_id="p1", status=status, at=len(self.asked))
        self.parcels = [self.parcels[0].with_scan(seen)]
        if status is ParcelStatus.BACK:
            lines = self.order.lines
            self.order = counted(self.order, {line.id: {"fulfilled": -1, "shipped": -1} for line in lines})

    def release(self) -> None:
        """The warehouse takes the order over."""
        self.order = counted(self.order, {line.id: {"fulfilled": 1} for line in self.order.lines})

    @property
    def untouched(self) -> tuple[object, ...]:
        """What must be as before when a change came to nothing."""
        open_collections = [one for one in self.collections.values() if one.status is CollectionStatus.PENDING]
        balance = self.captured.minor - self.refunded.minor
        return self.order, balance, dict(self.staged), dict(self.kept), open_collections
