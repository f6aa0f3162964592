"""A shop that is a few fields, as far as goods come back to it; everything it is asked works at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.shop import asks
from domain.shop.edits import with_line
from domain.shop.orders import Order, counted
from domain.shop.parcels import Direction, Parcel, ParcelItem, ParcelStatus, Scan
from domain.shop.refusal import Refusal
from domain.shop.returns import (
    Receipt,
    ReceivedItem,
    Replacement,
    ReplacementStatus,
    ReturnDocument,
    ReturnStatus,
)
from domain.shop.values import Variant
from domain.sla.spans import DAY, Instant, Span
from tests.domain.cases import MONDAY
from tests.domain.fields_of_a_shop import CATALOG, FieldsOfAShop, an_order, variant, yuan

CATALOG_WITH_FOOD = {
    **CATALOG,
    "tea": Variant(id="tea", title="tea", category="food", prices={"CNY": 5_000}),
    "urn": variant("urn", 100),
}


def delivered(*bought: str, pieces: int = 1, ago: Span = DAY, warranty: int = 24, **fields: Any) -> Order:
    """An order that was delivered some time ago."""
    order = an_order(ago=ago + 2 * DAY).model_copy(update={"lines": (), "total": yuan(0)})
    for name in bought or ("kettle",):
        order = with_line(order, CATALOG_WITH_FOOD[name], pieces, CATALOG_WITH_FOOD[name].price("CNY"))
    lines = tuple(
        line.model_copy(
            update={"fulfilled": pieces, "shipped": pieces, "delivered": pieces, "warranty_months": warranty}
        )
        for line in order.lines
    )
    return order.model_copy(update={"lines": lines, **fields})


def outbound(order: Order, at: Instant) -> Parcel:
    """The parcel with which an order was delivered."""
    items = tuple(ParcelItem(line_id=line.id, quantity=line.quantity) for line in order.lines)
    scan = Scan(event_id="d", parcel_id="p-out", status=ParcelStatus.DELIVERED, at=at)
    parcel = Parcel(
        key="p",
        id="p-out",
        at=0,
        order_id=order.id,
        direction=Direction.OUTBOUND,
        items=items,
        status=ParcelStatus.LABELLED,
    )
    return parcel.with_scan(scan)


@dataclass
class FieldsOfReturns(FieldsOfAShop):
    """What a shop and a carrier know of goods that come back, as plain fields."""

    returns: dict[str, ReturnDocument] = field(default_factory=dict)
    labels: dict[str, Parcel] = field(default_factory=dict)
    replacements: dict[str, Replacement] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    forgets_receipts: bool = False

    def read_variant(self, ask: asks.ReadVariant) -> object:
        known = CATALOG_WITH_FOOD.get(ask.variant_id)
        return known or Refusal("variant_not_found", "no such variant", {})

    def request_return(self, ask: asks.RequestReturn) -> object:
        wanted = {item.line_id: item.quantity for item in ask.items}
        if any(self.order.line(line).returnable < count for line, count in wanted.items()):
            return Refusal("quantity_not_possible", "more than was delivered", {})
        self.order = counted(self.order, {line: {"return_requested": count} for line, count in wanted.items()})
        self.returns[ask.key] = ReturnDocument(
            key=ask.key,
            id="r",
            at=0,
            order_id="o1",
            status=ReturnStatus.REQUESTED,
            items=ask.items,
            value=yuan(0),
        )
        return self.returns[ask.key]

    def receive_return(self, ask: asks.ReceiveReturn) -> object:
        announced = self.returns[ask.return_key]
        if self.forgets_receipts:
            return announced
        came = {i.line_id: {"return_requested": -i.quantity, "returned": i.quantity} for i in ask.items}
        self.order = counted(self.order, came)
        self.returns[ask.return_key] = announced.with_receipt(Receipt(key=ask.key, id="x", at=0, items=ask.items))
        return self.returns[ask.return_key]

    def cancel_return(self, ask: asks.CancelReturn) -> object:
        announced = self.returns.pop(ask.key)
        dropped = {item.line_id: {"return_requested": -item.quantity} for item in announced.items}
        self.order = counted(self.order, dropped)
        return announced.model_copy(update={"status": ReturnStatus.CANCELED})

    def send_replacement(self, ask: asks.SendReplacement) -> object:
        before = self.order
        for item in ask.replacement.items:
            price = item.unit_price or CATALOG_WITH_FOOD[item.variant_id].price("CNY")
            new = CATALOG_WITH_FOOD[item.variant_id]
            self.order = with_line(self.order, new, item.quantity, price, item.replaces)
        self.replacements[ask.key] = Replacement(
            key=ask.key,
            id="s",
            at=0,
            order_id="o1",
            status=ReplacementStatus.REQUESTED,
            why=ask.replacement.why,
            line_ids=tuple(line.id for line in self.order.lines[len(before.lines) :]),
            value=yuan(0),
        )
        return self.replacements[ask.key]

    def cancel_replacement(self, ask: asks.CancelReplacement) -> object:
        gone = self.replacements.pop(ask.key)
        after = {line: {"quantity": -self.order.line(line).quantity} for line in gone.line_ids}
        self.order = counted(self.order, after)
        return gone

    def create_label(self, ask: asks.CreateLabel) -> object:
        name = f"label-{len(self.labels) + 1}"
        label = ask.label
        self.labels[name] = Parcel(
            key=ask.key,
            id=name,
            at=0,
            order_id="o1",
            direction=label.direction,
            items=label.items,
            status=ParcelStatus.LABELLED,
            return_key=label.return_key,
        )
        return self.labels[name]

    def read_parcel(self, ask: asks.ReadParcel) -> object:
        return self.labels[ask.parcel_id]

    # What happens without us.

    def move(self, status: ParcelStatus, at: Instant, name: str | None = None) -> None:
        """The newest parcel, or one by its name, is seen somewhere."""
        name = name or list(self.labels)[-1]
        scan = Scan(event_id=f"{name}:{status}:{at}", parcel_id=name, status=status, at=at)
        self.labels[name] = self.labels[name].with_scan(scan)

    def ship_replacements(self, *, deliver: bool = False) -> None:
        """The warehouse sends what goes out in place of others."""
        lines = [line for line in self.order.lines if line.replaces]
        how_far = {"fulfilled": "fulfilled", "shipped": "shipped"} | ({"delivered": "delivered"} if deliver else {})
        by = {line.id: {name: line.quantity - getattr(line, name) for name in how_far} for line in lines}
        self.order = counted(self.order, by)

    @property
    def received(self) -> list[ReceivedItem]:
        """All that was booked."""
        return [item for one in self.returns.values() for receipt in one.receipts for item in receipt.items]


def returning_shop(order: Order, ago: Span = DAY) -> FieldsOfReturns:
    """A shop with one order, delivered some time ago and paid."""
    return FieldsOfReturns(order, order.total, parcels=[outbound(order, MONDAY - ago)])
