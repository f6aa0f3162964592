"""What a customer wants changed of an order, one thing at a time: as it is, and as it is to be."""

from __future__ import annotations

from collections.abc import Iterator

from domain.messages import Wished
from domain.order_change.state import OrderChangeState
from domain.shop.changes import AddItem, LineChange, SetQuantity, SwapVariant
from domain.shop.orders import Order, OrderLine


def wished(state: OrderChangeState) -> tuple[Wished, ...]:
    """The whole wish, for whoever decides; before the order was read it says only what is wanted."""
    return (*(_line(change, state.shop_order) for change in state.wanted.lines), *_besides(state))


def _besides(state: OrderChangeState) -> Iterator[Wished]:
    order, wanted = state.shop_order, state.wanted
    if address := wanted.address:
        yield Wished(what="address", now=order.address.whole if order else None, wanted=address.whole)
    if method := wanted.payment_method:
        yield Wished(what="payment_method", now=order.payment_method.value if order else None, wanted=method.value)
    if reason := wanted.cancel:
        yield Wished(what="cancel", wanted=reason)


def _line(change: LineChange, order: Order | None) -> Wished:
    lines = order.lines if order else ()
    if isinstance(change, AddItem):
        titles = {line.variant_id: line.title for line in lines}
        return Wished(what=change.do, wanted=f"{change.quantity} × {titles.get(change.variant_id, change.variant_id)}")
    line = next((line for line in lines if line.id == change.line_id), None)
    now = f"{line.quantity} × {line.title}" if line else change.line_id
    return Wished(what=change.do, now=now, wanted=_instead(change, line))


def _instead(change: LineChange, line: OrderLine | None) -> str | None:
    """What a line is to become; None where it is to go."""
    if isinstance(change, SetQuantity):
        return f"{change.quantity} × {line.title if line else change.line_id}"
    if isinstance(change, SwapVariant):
        return f"{line.quantity} × {change.variant_id}" if line else change.variant_id
    return None
