"""What a customer wants changed of an order, what it would mean, and what became of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from domain.money import Money
from domain.shop.values import Address, Asked, PaymentMethod, Quantity, Reason, ShopDocument, ShopId, Told


class AddItem(Asked):
    """Take something more, at today's price."""

    do: Literal["add"] = "add"
    variant_id: ShopId
    quantity: Quantity


class RemoveLine(Asked):
    """Do without a line."""

    do: Literal["remove"] = "remove"
    line_id: ShopId


class SetQuantity(Asked):
    """Take more or fewer pieces of a line, at the line's price."""

    do: Literal["quantity"] = "quantity"
    line_id: ShopId
    quantity: Quantity


class SwapVariant(Asked):
    """Take another variant instead of a line's, as many pieces, at today's price."""

    do: Literal["variant"] = "variant"
    line_id: ShopId
    variant_id: ShopId


LineChange: TypeAlias = Annotated[AddItem | RemoveLine | SetQuantity | SwapVariant, Field(discriminator="do")]
"""One change of what is in an order."""


class OrderDelta(Asked):
    """All that a customer wants changed at once. A case carries it out in several calls, each with a key of its own.

    `cancel` is the reason for a cancellation, and then nothing else can be wanted.
    """

    lines: tuple[LineChange, ...] = ()
    address: Address | None = None
    payment_method: PaymentMethod | None = None
    cancel: Reason | None = None

    @model_validator(mode="after")
    def _one_thing_or_the_other(self) -> Self:
        changes = bool(self.lines or self.address or self.payment_method)
        if changes == bool(self.cancel):
            raise ValueError("expected either changes or a cancellation")
        named = [change.line_id for change in self.lines if not isinstance(change, AddItem)]
        if len(named) != len(set(named)):
            raise ValueError("expected each line to be named once")
        return self


class LinePreview(Told):
    """A line in a preview: the pieces that the customer keeps or will get, and what each costs."""

    line_id: ShopId
    variant_id: ShopId
    quantity: int
    unit_price: Money

    @property
    def total(self) -> Money:
        """What the line costs in all."""
        return self.unit_price.times(self.quantity)


class ChangePreview(Told):
    """What a change means: lines, totals and delivery date before and after."""

    lines_before: tuple[LinePreview, ...]
    lines_after: tuple[LinePreview, ...]
    before: Money
    after: Money
    promised_before: date | None = None
    promised_after: date | None = None

    @property
    def to_collect(self) -> Money:
        """What the customer has to pay on top; zero if nothing."""
        return self.after.beyond(self.before)

    @property
    def to_refund(self) -> Money:
        """What the customer gets back; zero if nothing."""
        return self.before.beyond(self.after)

    @property
    def difference(self) -> int:
        """After less before, in minor units; negative if it becomes cheaper."""
        return self.after.minor - self.before.minor

    def quoted(self) -> dict[str, Money]:
        """The price of a piece of each variant that is new in the order, as the customer was shown it."""
        known = {line.line_id for line in self.lines_before}
        return {line.variant_id: line.unit_price for line in self.lines_after if line.line_id not in known}


class ChangeStatus(StrEnum):
    """A staged change is the order's only active one, until it is confirmed or discarded."""

    STAGED = "staged"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class StagedChange(ShopDocument):
    """A change of an order's lines. The prices are those of the preview, whenever it is confirmed."""

    kind: ClassVar[str] = "change"

    order_id: ShopId
    status: ChangeStatus
    changes: tuple[LineChange, ...]
    preview: ChangePreview


class AmendmentKind(StrEnum):
    """What of an order can be amended at once, without a preview."""

    ADDRESS = "address"
    PAYMENT_METHOD = "payment_method"


class Amendment(ShopDocument):
    """An address or a payment method was changed. The address itself is in the order, not in the evidence."""

    kind: ClassVar[str] = "amendment"

    order_id: ShopId
    what: AmendmentKind
    status: Literal["done"] = "done"


class Cancellation(ShopDocument):
    """All that was not shipped has been canceled.

    Attributes:
        pieces: how many were canceled, by line id.
        refunded: what the shop paid back by itself in doing so; the rest is for the payment gateway.
        refundable: what it had of the order's money in that moment, after it; None if it does not say.
    """

    kind: ClassVar[str] = "cancellation"

    order_id: ShopId
    status: Literal["done"] = "done"
    reason: str
    pieces: dict[str, int]
    before: Money
    after: Money
    refunded: Money
    refundable: Money | None = None
