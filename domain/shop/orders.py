"""An order as the shop has it: its lines with what became of each piece, and what all of it costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, ValidationError, model_validator

from domain.money import Money
from domain.people import OrderSummary
from domain.shop.errors import LineNotFoundError, QuantityNotPossibleError
from domain.shop.values import Address, Count, PaymentMethod, ShopId, Told
from domain.sla.spans import Instant


class Fulfilment(StrEnum):
    """How far an order or one of its lines has come, judged by the pieces that still belong to it."""

    OPEN = "open"
    RELEASED = "released"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELED = "canceled"


class OrderLine(Told):
    """One line. Each counter is contained in the one before it: what was delivered was shipped, and so on.

    Attributes:
        quantity: pieces ordered, less those that were removed or canceled; 0 is a line that is gone.
        fulfilled: released to the warehouse; a change can no longer take these away.
        return_requested: announced to come back and not received yet.
        returned: received back, in whatever condition.
        replaces: the line whose goods these stand in for, in an exchange or a claim.
    """

    id: ShopId
    variant_id: ShopId
    title: str
    category: str
    unit_price: Money
    quantity: Count
    fulfilled: Count = 0
    shipped: Count = 0
    delivered: Count = 0
    return_requested: Count = 0
    returned: Count = 0
    warranty_months: int = Field(default=0, ge=0)
    replaces: ShopId | None = None

    @model_validator(mode="after")
    def _each_contained_in_the_one_before(self) -> Self:
        back = self.return_requested + self.returned
        if not back <= self.delivered <= self.shipped <= self.fulfilled <= self.quantity:
            raise ValueError("expected returned <= delivered <= shipped <= fulfilled <= quantity")
        return self

    @property
    def fulfilment(self) -> Fulfilment:
        """How far this line has come."""
        return _how_far((self,))

    @property
    def returnable(self) -> int:
        """Pieces that may still be announced to come back."""
        return self.delivered - self.return_requested - self.returned

    @property
    def owed(self) -> Money:
        """The price of the pieces that the customer keeps or will get."""
        return self.unit_price.times(self.quantity - self.returned)


class Order(Told):
    """An order.

    Attributes:
        number: what the customer knows it by.
        release_at: when the warehouse takes it over (its cut-off), None if the shop does not say.
        promised_on: the delivery date that the customer was told.
        shipping: what delivery costs; owed as long as a piece is.
        total: what is owed for all of it as the shop computes it, returned goods taken off.
    """

    id: ShopId
    number: str
    customer_id: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    placed_at: Instant
    release_at: Instant | None = None
    promised_on: date | None = None
    payment_method: PaymentMethod
    address: Address
    lines: tuple[OrderLine, ...]
    shipping: Money
    total: Money

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        amounts = [self.shipping, self.total, *(line.unit_price for line in self.lines)]
        if any(amount.currency != self.currency for amount in amounts):
            raise ValueError(f"expected all amounts in {self.currency}")
        return self

    @property
    def fulfilment(self) -> Fulfilment:
        """How far the order has come."""
        return _how_far(self.lines)

    @property
    def summary(self) -> OrderSummary:
        """What a complaint needs to know of it."""
        status = self.fulfilment.value
        return OrderSummary(id=self.id, customer_id=self.customer_id, status=status, placed_at=self.placed_at)

    def line(self, line_id: str) -> OrderLine:
        """One line.

        Raises:
            LineNotFoundError: there is no such line.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise LineNotFoundError(
            f"order {self.number} has no line {line_id}",
            field="line_id",
            possible=[line.id for line in self.lines],
        )


def priced(order: Order, lines: tuple[OrderLine, ...]) -> Order:
    """The order with these lines, its total computed anew: unit prices and shipping, no other charges."""
    total = Money(minor=0, currency=order.currency)
    for line in lines:
        total = total.plus(line.owed)
    if any(line.quantity for line in lines):
        total = total.plus(order.shipping)
    return order.model_copy(update={"lines": lines, "total": total})


def counted(order: Order, changes: Mapping[str, Mapping[str, int]]) -> Order:
    """The order with counters of its lines raised or lowered: `{line id: {counter: by how much}}`.

    Raises:
        LineNotFoundError: there is no such line.
        QuantityNotPossibleError: a line would have more pieces in one state than in the state before it.
    """
    found = {line_id: _counted(order.line(line_id), by) for line_id, by in changes.items()}
    return priced(order, tuple(found.get(line.id, line) for line in order.lines))


def _counted(line: OrderLine, by: Mapping[str, int]) -> OrderLine:
    before = line.model_dump()
    try:
        return OrderLine.model_validate(before | {name: before[name] + count for name, count in by.items()})
    except ValidationError:
        said = ", ".join(f"{name} {count:+d}" for name, count in by.items())
        counters = line.model_dump(include={"quantity", "fulfilled", "shipped", "delivered"} | by.keys())
        raise QuantityNotPossibleError(
            f"not possible for line {line.id}: {said}", field="quantity", line_id=line.id, **counters
        ) from None


def _how_far(lines: tuple[OrderLine, ...]) -> Fulfilment:
    pieces = sum(line.quantity for line in lines)
    if not pieces:
        return Fulfilment.CANCELED
    for name in ("returned", "delivered", "shipped"):
        if sum(getattr(line, name) for line in lines) == pieces:
            return Fulfilment(name)
    if any(line.shipped for line in lines):
        return Fulfilment.PARTLY_SHIPPED
    return Fulfilment.RELEASED if any(line.fulfilled for line in lines) else Fulfilment.OPEN
