"""When the embedded shop takes the money for an order that was not paid when it was placed."""

from __future__ import annotations

from activities.shop.money import capture, read_account
from activities.shop.transactions import HeldOrder
from domain.money import Money
from domain.shop.values import PaymentMethod


async def charge_at_cut_off(held: HeldOrder) -> None:
    """Who has changed from cash to another way to pay is charged when the warehouse takes the order over."""
    account = await read_account(held.connection, held.order.id)
    if held.order.payment_method is not PaymentMethod.CASH_ON_DELIVERY and not account.captured.minor:
        await _take(held, held.order.total, f"cut-off-{held.writes}")


async def charge_at_the_door(held: HeldOrder, parcel_id: str) -> None:
    """Cash is taken when a parcel arrives, and what changed too late to be charged before.

    Not for goods that stand in for others: what those cost is between the customer and the case that sent them.
    """
    account = await read_account(held.connection, held.order.id)
    if held.order.payment_method is not PaymentMethod.CASH_ON_DELIVERY and account.captured.minor:
        return
    due = held.order.total
    for line in held.order.lines:
        due = due.beyond(line.owed) if line.replaces else due
    await _take(held, due.beyond(account.refundable), parcel_id)


async def _take(held: HeldOrder, due: Money, instance: str) -> None:
    if due.minor:
        await capture(held.connection, held.order.id, due)
        await held.tell("paid", instance, minor=due.minor, currency=due.currency)
