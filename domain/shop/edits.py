"""What an order becomes when its lines are changed: pure arithmetic, whoever stores the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from domain.errors import InvalidInputError
from domain.money import Money
from domain.shop.changes import AddItem, ChangePreview, LineChange, LinePreview, SetQuantity, SwapVariant
from domain.shop.errors import EmptyOrderError, OrderStateError, QuantityNotPossibleError, VariantNotFoundError
from domain.shop.orders import Fulfilment, Order, OrderLine, counted, priced
from domain.shop.values import Variant
from domain.sla.spans import Instant


def variants_of(changes: Iterable[LineChange]) -> set[str]:
    """The variants that changes ask for."""
    return {change.variant_id for change in changes if isinstance(change, (AddItem, SwapVariant))}


def edited(order: Order, changes: Sequence[LineChange], variants: Mapping[str, Variant]) -> Order:
    """The order as it will be.

    Raises:
        InvalidInputError: no change, or a line is named twice.
        OrderStateError: the order was canceled.
        LineNotFoundError, VariantNotFoundError: a change names what is not there.
        QuantityNotPossibleError: the warehouse has pieces already that a change would take away.
        EmptyOrderError: nothing would be left.
    """
    check_named_once("changes", [change.line_id for change in changes if not isinstance(change, AddItem)])
    if not changes:
        raise InvalidInputError("expected at least one change", field="changes")
    check_not_canceled(order)
    for change in changes:
        order = _changed(order, change, variants)
    if order.fulfilment is Fulfilment.CANCELED:
        raise EmptyOrderError("nothing would be left of the order; cancel it instead", field="lines")
    return order.model_copy(update={"promised_on": _promised(order, variants)})


def preview(before: Order, after: Order) -> ChangePreview:
    """What the change from one to the other means."""
    return ChangePreview(
        lines_before=_shown(before),
        lines_after=_shown(after),
        before=before.total,
        after=after.total,
        promised_before=before.promised_on,
        promised_after=after.promised_on,
    )


def check_named_once(field: str, line_ids: Sequence[str]) -> None:
    """See that each line is named once, so that what is asked for does not depend on the order of reading.

    Raises:
        InvalidInputError: it is not.
    """
    if len(line_ids) != len(set(line_ids)):
        raise InvalidInputError("expected each line to be named once", field=field, lines=list(line_ids))


def check_not_canceled(order: Order) -> None:
    """See that there is an order left.

    Raises:
        OrderStateError: it was canceled.
    """
    if order.fulfilment is Fulfilment.CANCELED:
        raise OrderStateError(f"order {order.number} was canceled", field="order_id", state=order.fulfilment.value)


def with_line(order: Order, variant: Variant, quantity: int, price: Money, replaces: str | None = None) -> Order:
    """The order with one more line at its end."""
    line = OrderLine(
        id=f"{order.id}-{len(order.lines) + 1}",
        variant_id=variant.id,
        title=variant.title,
        category=variant.category,
        unit_price=price,
        quantity=quantity,
        warranty_months=variant.warranty_months,
        replaces=replaces,
    )
    return priced(order, (*order.lines, line))


def reserved_more(before: Order, after: Order) -> dict[str, int]:
    """By how many pieces, by variant, the stock kept for an order grows or shrinks; shipped pieces are not in stock."""
    more: Counter[str] = Counter()
    for order, sign in ((after, 1), (before, -1)):
        for line in order.lines:
            more[line.variant_id] += sign * (line.quantity - line.shipped)
    return {variant_id: count for variant_id, count in sorted(more.items()) if count}


def delivered_on(placed_at: Instant, lead_days: int) -> date:
    """The delivery date of what takes so many days."""
    return (datetime.fromtimestamp(placed_at / 1000, UTC) + timedelta(days=lead_days)).date()


def _changed(order: Order, change: LineChange, variants: Mapping[str, Variant]) -> Order:
    if isinstance(change, AddItem):
        return _added(order, change.variant_id, change.quantity, variants)
    pieces = _present(order, change.line_id)
    if isinstance(change, SetQuantity):
        return counted(order, {change.line_id: {"quantity": change.quantity - pieces}})
    without = counted(order, {change.line_id: {"quantity": -pieces}})
    return _added(without, change.variant_id, pieces, variants) if isinstance(change, SwapVariant) else without


def _added(order: Order, variant_id: str, quantity: int, variants: Mapping[str, Variant]) -> Order:
    variant = variants.get(variant_id)
    if variant is None:
        raise VariantNotFoundError(f"the shop does not sell {variant_id}", field="variant_id", variant=variant_id)
    return with_line(order, variant, quantity, variant.price(order.currency))


def _present(order: Order, line_id: str) -> int:
    quantity = order.line(line_id).quantity
    if not quantity:
        raise QuantityNotPossibleError(f"line {line_id} was removed or canceled", field="line_id", line_id=line_id)
    return quantity


def _promised(order: Order, variants: Mapping[str, Variant]) -> date | None:
    if order.promised_on is None:
        return None
    leads = [delivered_on(order.placed_at, variant.lead_days) for variant in variants.values()]
    return max([order.promised_on, *leads])


def _shown(order: Order) -> tuple[LinePreview, ...]:
    return tuple(
        LinePreview(
            line_id=line.id,
            variant_id=line.variant_id,
            quantity=line.quantity - line.returned,
            unit_price=line.unit_price,
        )
        for line in order.lines
        if line.quantity
    )
