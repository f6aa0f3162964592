"""Pure decisions about order changes: what is inside its window, what it costs, what the customer is shown."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from domain.money import Money
from domain.order_change.policy import ChangeKind, OrderChangePolicy
from domain.order_change.state import Quote
from domain.shop.changes import AddItem, ChangePreview, OrderDelta, SetQuantity, SwapVariant
from domain.shop.orders import Order
from domain.shop.payments import PaymentAccount
from domain.sla.spans import Instant, Span


def kinds_of(wanted: OrderDelta) -> tuple[ChangeKind, ...]:
    """The kinds of change that are wanted at once."""
    parts = {
        ChangeKind.CONTENT: wanted.lines,
        ChangeKind.ADDRESS: wanted.address,
        ChangeKind.PAYMENT_METHOD: wanted.payment_method,
        ChangeKind.CANCELLATION: wanted.cancel,
    }
    return tuple(kind for kind, part in parts.items() if part)


class Permission(NamedTuple):
    """Whether the customer may change the order alone; `why_not` is None if so. `within` is the narrowest window."""

    within: Span
    why_not: str | None


def permission(wanted: OrderDelta, order: Order, asked_at: Instant, policy: OrderChangePolicy) -> Permission:
    """Judge a wish by the moment at which it was uttered: what was inside the window then stays inside."""
    windows = [policy.windows[kind] for kind in kinds_of(wanted)]
    within = min(window.within for window in windows)
    if cut_off(wanted, order, policy):
        return Permission(within, f"the order is {order.fulfilment.value.replace('_', ' ')}")
    over = asked_at - order.placed_at >= within
    return Permission(within, "the window was over" if over else None)


def cut_off(wanted: OrderDelta, order: Order, policy: OrderChangePolicy) -> bool:
    """Whether the order has come too far for a change without a decision, whatever the clock says."""
    windows = [policy.windows[kind] for kind in kinds_of(wanted)]
    return any(order.fulfilment not in window.while_order_is for window in windows)


def pieces_to_reserve(wanted: OrderDelta, order: Order) -> dict[str, int]:
    """Pieces by variant that the change takes out of stock and that another customer could buy meanwhile."""
    more: Counter[str] = Counter()
    for change in wanted.lines:
        if isinstance(change, AddItem):
            more[change.variant_id] += change.quantity
        elif isinstance(change, SwapVariant):
            more[change.variant_id] += order.line(change.line_id).quantity
        elif isinstance(change, SetQuantity):
            line = order.line(change.line_id)
            more[line.variant_id] += max(change.quantity - line.quantity, 0)
    return {variant: count for variant, count in sorted(more.items()) if count}


def quote_lines(order: Order, preview: ChangePreview, account: PaymentAccount) -> Quote:
    """What a change of lines costs or gives back. Nothing moves now where the carrier collects the total."""
    paid = bool(account.captured.minor)
    titles = {line.variant_id: line.title for line in order.lines}
    shown = (f"{line.quantity} × {titles.get(line.variant_id, line.variant_id)}" for line in preview.lines_after)
    return Quote(
        changes=", ".join(shown),
        before=preview.before,
        after=preview.after,
        collect=_some(preview.to_collect) if paid else None,
        refund=_some(_at_most(preview.to_refund, account.refundable)) if paid else None,
        delivery_on=preview.promised_after,
    )


def quote_cancellation(order: Order, account: PaymentAccount, *, turned_back: bool) -> Quote:
    """What a cancellation gives back: all that was paid, except for what stays with the customer."""
    kept = Money(minor=0, currency=order.currency) if turned_back else value_of_shipped(order)
    return Quote(before=order.total, after=kept, refund=_some(account.refundable.beyond(kept)))


def quote_unchanged(order: Order) -> Quote:
    """Nothing about the price changes: another address, another way to pay."""
    return Quote(before=order.total, after=order.total, delivery_on=order.promised_on)


def value_of_shipped(order: Order) -> Money:
    """What is owed for the pieces that left the warehouse, shipping included if there are any."""
    kept = Money(minor=0, currency=order.currency)
    for line in order.lines:
        kept = kept.plus(line.unit_price.times(line.shipped - line.returned))
    return kept.plus(order.shipping) if any(line.shipped for line in order.lines) else kept


def _at_most(amount: Money, limit: Money) -> Money:
    return amount if amount.minor <= limit.minor else limit


def _some(amount: Money) -> Money | None:
    return amount if amount.minor else None
