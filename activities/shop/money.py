"""The embedded shop's till: what was captured and paid back of each order, changed by conditional statements only."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.store.shop_tables import SHOP_ACCOUNTS
from domain.money import Money
from domain.shop.errors import OrderNotFoundError, RefundExceedsError
from domain.shop.payments import PaymentAccount


async def read_account(connection: AsyncConnection, order_id: str) -> PaymentAccount:
    """The money of an order.

    Raises:
        OrderNotFoundError: there is no such order.
    """
    row = (await connection.execute(select(SHOP_ACCOUNTS).where(SHOP_ACCOUNTS.c.order_id == order_id))).one_or_none()
    if row is None:
        raise OrderNotFoundError(f"the shop has no order {order_id}", field="order_id", order_id=order_id)
    return PaymentAccount(
        order_id=order_id,
        captured=Money(minor=row.captured, currency=row.currency),
        refunded=Money(minor=row.refunded, currency=row.currency),
    )


async def capture(connection: AsyncConnection, order_id: str, amount: Money) -> None:
    """Take money."""
    own = update(SHOP_ACCOUNTS).where(SHOP_ACCOUNTS.c.order_id == order_id)
    await connection.execute(own.values(captured=SHOP_ACCOUNTS.c.captured + amount.minor))


async def pay_back(connection: AsyncConnection, order_id: str, amount: Money) -> None:
    """Pay money back.

    Raises:
        RefundExceedsError: more than is left of what was captured.
    """
    covered = SHOP_ACCOUNTS.c.captured - SHOP_ACCOUNTS.c.refunded >= amount.minor
    own = update(SHOP_ACCOUNTS).where((SHOP_ACCOUNTS.c.order_id == order_id) & covered)
    paid = await connection.execute(own.values(refunded=SHOP_ACCOUNTS.c.refunded + amount.minor))
    if not paid.rowcount:
        left = (await read_account(connection, order_id)).refundable
        raise RefundExceedsError(f"{amount} to refund, {left} left", field="amount", refundable=left.minor)
