"""What is owed to the customer: what came back and stays, less what was sent for it, less what was paid back."""

from __future__ import annotations

from domain.money import Money
from domain.returns.rules import price_instead, price_of
from domain.returns.standing import ReturnStanding
from domain.returns.wish import Remedy, ReturnKind


def owed(case: ReturnStanding) -> Money | None:
    """The refund that is due now, never more than the shop has of the order's money; None if nothing is.

    What the customer paid on top for a dearer variant is not given back as long as a further parcel may bring the goods
    that it is for.
    """
    state, order = case.state, case.order
    assert state.account
    due = price_of(order, state.accepted)
    if state.paid and state.price and not state.more_to_come and state.wanted.kind is not ReturnKind.REPAIR:
        due = due.plus(state.price)
    due = due.beyond(price_instead(order, state.wanted, state.variants, state.replaced))
    if state.remedy is Remedy.REPLACEMENT:
        due = Money(minor=0, currency=order.currency)
    due = due.beyond(Money(minor=state.paid_back, currency=order.currency))
    refundable = state.account.refundable
    due = due if due.minor <= refundable.minor else refundable
    return due if due.minor else None


def at_stake(case: ReturnStanding) -> Money:
    """What is given away when this is settled: money, or goods for which nothing comes back."""
    order, coming = case.order, {item.line_id: item.quantity for item in case.state.arrived}
    value = price_of(order, coming)
    if case.state.remedy is Remedy.EXCHANGE:
        return value.beyond(price_instead(order, case.state.wanted, case.state.variants, coming))
    return value
