"""The steps of a delivery problem at the shop and the carrier. None is taken back: they are what was decided."""

from __future__ import annotations

from collections.abc import Iterator

from domain.delivery.forms import Remedy
from domain.delivery.standing import DeliveryStanding
from domain.money import Money
from domain.shop import asks
from domain.shop.asks import ShopAsk
from domain.shop.parcels import STOPPABLE
from domain.shop.returns import ReplacementItem, ReplacementRequest
from domain.shop_case.plan import Planned, refund

INTERCEPT, SEND = "intercept_parcel", "send_replacement"
BECAUSE = "delivery problem"
"""The reason that the shop may show to anybody."""


def to_commit(case: DeliveryStanding) -> Iterator[Planned]:
    """What was decided. A parcel that is still on its way is stopped first, or the customer would have both."""
    if case.parcel.status in STOPPABLE:
        yield Planned(INTERCEPT, "Have the parcel turned back", lambda: _intercept(case))
    if case.state.remedy is Remedy.SEND_AGAIN:
        yield Planned(SEND, "Send the goods again", lambda: _send(case))
    elif due := case.state.refund_due:
        yield refund(case, due, BECAUSE)


def _intercept(case: DeliveryStanding) -> ShopAsk:
    state = case.state
    return asks.InterceptParcel(key=case.key(INTERCEPT), order_id=state.order_id, parcel_id=state.parcel_id)


def _send(case: DeliveryStanding) -> ShopAsk:
    nothing = Money(minor=0, currency=case.order.currency)
    items = tuple(
        ReplacementItem(
            replaces=item.line_id,
            variant_id=case.order.line(item.line_id).variant_id,
            quantity=item.quantity,
            unit_price=nothing,
        )
        for item in case.parcel.items
    )
    request = ReplacementRequest(why="claim", items=items)
    return asks.SendReplacement(key=case.key(SEND), order_id=case.state.order_id, replacement=request)
