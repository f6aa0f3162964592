"""The port to a shop's orders. `docs/shop.md` has what all four ports of a shop promise, and the table of errors.

Every writing call takes a key, `case:step:instance`, which is the identity of its effect at the shop: a repeat with the
same content returns what was done, a repeat with other content raises `KeyReusedError`. What was begun under a key is
found by the key and the order's id; None means that nothing was done, and that is evidence too. Every call may raise
`ShopUnavailableError`: then nobody knows, and the same call with the same key finds out. Writing calls and `order`
raise `OrderNotFoundError`. Calls that change what is in an order raise `OrderBusyError` while another change is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from activities.orders.returns_port import OrderReturns
from domain.shop.changes import Amendment, Cancellation, LineChange, StagedChange
from domain.shop.orders import Order
from domain.shop.values import Address, PaymentMethod, Variant


class OrderReading(Protocol):
    """What the shop sells, and what it has sold."""

    async def order(self, order_id: str) -> Order:
        """The order as it is now; never from a cache, for cases decide by it."""

    async def variant(self, variant_id: str) -> Variant:
        """What the shop sells under this id; prices in minor units, taxes included.

        Raises:
            VariantNotFoundError: nothing.
        """


class OrderChanges(Protocol):
    """Changes of orders. A change of lines is staged, shown to the customer, and then confirmed or discarded.

    One change for each order can be open. Staging touches neither the order nor stock nor money; it fixes the prices.
    The key of a change is that of its staging: confirming and discarding are states of the same thing, and repeating
    them does nothing. Money that a confirmed change makes due, either way, is for the payment gateway.
    """

    async def stage_change(self, key: str, order_id: str, changes: Sequence[LineChange]) -> StagedChange:
        """Open a change, with its preview; no line may be named twice.

        Raises:
            OrderBusyError: another change is open, or goods of a line that it names are on their way back; details
                name the key of the change or return, so that its case can be found.
            OrderStateError: the order was canceled.
            LineNotFoundError, VariantNotFoundError: a change names what is not there.
            QuantityNotPossibleError: it would take away what the warehouse has released already.
            EmptyOrderError: nothing would be left; `cancel_order` is for that.
            OutOfStockError: not enough to promise; nothing is kept until the change is confirmed.
        """

    async def confirm_change(self, key: str, order_id: str) -> StagedChange:
        """Make the staged change true: lines, total and stock together.

        Done is: the change reads `confirmed`, the order's lines and total are those of the preview, and the stock is
        kept. A refusal leaves the change open.

        Raises:
            NothingUnderKeyError: no change was staged under this key.
            StepStateError: it was discarded.
            QuantityNotPossibleError, OutOfStockError: the warehouse or another customer was faster.
        """

    async def discard_change(self, key: str, order_id: str) -> StagedChange:
        """Close the change without effect; the order is free for the next.

        Raises:
            NothingUnderKeyError: no change was staged under this key.
            StepStateError: it was confirmed.
        """

    async def find_change(self, key: str, order_id: str) -> StagedChange | None:
        """The change that was staged under this key, as it stands."""

    async def active_change(self, order_id: str) -> StagedChange | None:
        """The change that keeps the order busy, if it is one of ours."""

    async def change_address(self, key: str, order_id: str, address: Address) -> Amendment:
        """Deliver somewhere else.

        Raises:
            OrderStateError: something was shipped already, or the order was canceled.
        """

    async def change_payment_method(self, key: str, order_id: str, method: PaymentMethod) -> Amendment:
        """Let the customer pay in another way.

        Raises:
            PaymentMethodFixedError: money was captured already.
            OrderStateError: the order was canceled.
        """

    async def find_amendment(self, key: str, order_id: str) -> Amendment | None:
        """The change of address or payment method that was made under this key."""

    async def cancel_order(self, key: str, order_id: str, reason: str) -> Cancellation:
        """Cancel all that was not shipped, even if the warehouse has it; the stock kept for it is free again.

        Done is: no piece of the order is left that was not shipped. A shop that pays back in doing so says how much.

        Raises:
            OrderBusyError: a change is open; discard it first.
            OrderStateError: nothing is left to cancel.
        """

    async def find_cancellation(self, key: str, order_id: str) -> Cancellation | None:
        """The cancellation that was made under this key."""


class OrderSystem(OrderReading, OrderChanges, OrderReturns, Protocol):
    """All of a shop's orders: the port that an adapter keeps. Cases take the part of it that they need."""
