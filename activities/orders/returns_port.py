"""The part of the port to a shop's orders that is about goods coming back, and goods going out in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.shop.returns import ReceivedItem, Replacement, ReplacementRequest, ReturnDocument, ReturnItem


class OrderReturns(Protocol):
    """Returns, and replacements in exchanges and claims. Keys and errors are as in `activities.orders.port`."""

    async def request_return(self, key: str, order_id: str, items: Sequence[ReturnItem]) -> ReturnDocument:
        """Announce goods; their lines show them as requested. The order's total falls only when they are received.

        Raises:
            OrderBusyError: a change of the order is open.
            LineNotFoundError: the order has no such line.
            QuantityNotPossibleError: more than was delivered and is not coming back already.
        """

    async def receive_return(
        self, key: str, order_id: str, receipt_key: str, items: Sequence[ReceivedItem]
    ) -> ReturnDocument:
        """Book an arrival. `key` is the return's, `receipt_key` is this arrival's: a return may come in several.

        Sound pieces go on the shelf, all others are set aside; the order's total falls by the price of all of them.
        Done is: the return has the receipt, the lines show the pieces as returned, and the stock has risen once.

        Raises:
            NothingUnderKeyError: no return was requested under this key.
            StepStateError: the return was canceled.
            OrderBusyError: a change of the order is open.
            LineNotFoundError: a line is not part of the return.
            QuantityNotPossibleError: more than is still outstanding.
        """

    async def cancel_return(self, key: str, order_id: str) -> ReturnDocument:
        """Drop a return of which nothing has arrived; the customer keeps the goods.

        Raises:
            NothingUnderKeyError: no return was requested under this key.
            StepStateError: something has arrived.
        """

    async def find_return(self, key: str, order_id: str) -> ReturnDocument | None:
        """The return that was requested under this key, with all that arrived."""

    async def send_replacement(self, key: str, order_id: str, request: ReplacementRequest) -> Replacement:
        """Add goods to the order that go out in place of others, and keep stock for them.

        The order's total rises by their price: none for a claim, usually the variant's or the old line's for an
        exchange. An adapter may carry it out as the shop's exchange, claim or order edit.

        Raises:
            OrderBusyError: a change of the order is open.
            NothingUnderKeyError: `return_key` is not that of a return of this order.
            LineNotFoundError, VariantNotFoundError: it names what is not there.
            OutOfStockError: not enough to send.
        """

    async def cancel_replacement(self, key: str, order_id: str) -> Replacement:
        """Take a replacement back that the warehouse has not released; total and stock are as before it.

        Raises:
            NothingUnderKeyError: no replacement was sent under this key.
            QuantityNotPossibleError: the warehouse has it already.
        """

    async def find_replacement(self, key: str, order_id: str) -> Replacement | None:
        """The replacement that was sent under this key."""
