"""The port to the money of orders. Keys, evidence and errors are as in `activities.orders.port`."""

from __future__ import annotations

from typing import Protocol

from domain.money import Money
from domain.shop.payments import Collection, PaymentAccount, Refund
from domain.sla.spans import Instant


class PaymentGateway(Protocol):
    """Takes money and gives it back; amounts are in minor units of the order's currency."""

    async def account(self, order_id: str) -> PaymentAccount:
        """What was captured and refunded of an order's money until now.

        Raises:
            OrderNotFoundError: there is no such order.
        """

    async def refund(self, key: str, order_id: str, amount: Money, reason: str) -> Refund:
        """Pay back once for each key, and never more than is captured and not refunded.

        Refunds of an order are made one at a time. Done is: a refund with this key, and the account's refunded amount
        has it; a `pending` one counts, a `failed` one does not.

        Raises:
            CurrencyMismatchError: the order's money is in another currency.
            InvalidInputError: an amount of nothing.
            RefundExceedsError: more than is left; details say how much that is.
            RefundInProgressError: another refund of this order is under way.
        """

    async def find_refund(self, key: str, order_id: str) -> Refund | None:
        """The refund with this key, as it stands."""

    async def refunds(self, order_id: str) -> list[Refund]:
        """All refunds of an order, oldest first."""

    async def collect(self, key: str, order_id: str, amount: Money, lapses_at: Instant) -> Collection:
        """Ask the customer for a difference; it waits, `pending`, until it is paid, released or lapsed.

        Raises:
            CurrencyMismatchError: the order's money is in another currency.
            InvalidInputError: an amount of nothing, or a time that is over.
        """

    async def release_collection(self, key: str, order_id: str) -> Collection:
        """Ask no longer. One that has lapsed stays lapsed; a repeat does nothing.

        Raises:
            NothingUnderKeyError: nothing is collected under this key.
            StepStateError: it was paid; that money goes back only as a refund.
        """

    async def find_collection(self, key: str, order_id: str) -> Collection | None:
        """The collection with this key, as it stands now: past its time a pending one reads `lapsed`."""
