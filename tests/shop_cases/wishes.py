"""What customers want of the orders of the shop: any wish that a door lets in, made from a draw of numbers."""

from __future__ import annotations

import random
from typing import Any

from domain.order_change import facts as change_facts
from domain.order_change import messages as c
from domain.order_change.case import OrderChange
from domain.people import Channel
from domain.policy import Policy
from domain.returns import facts as return_facts
from domain.returns import messages as r
from domain.returns.case import Return
from domain.returns.wish import FAULTS, GoodsCondition, Remedy, ReturnKind, ReturnReason, ReturnWish, WantedItem
from domain.shop.changes import AddItem, LineChange, OrderDelta, RemoveLine, SetQuantity, SwapVariant
from domain.shop.values import PaymentMethod
from domain.sla.spans import Instant
from tests.activities.shop.stage import ELSEWHERE
from tests.domain.cases import CUSTOMER, profile
from tests.shop_cases.shop import GOODS


def some_change(order: dict[str, Any], draw: random.Random) -> OrderDelta:
    """Another content, address or way to pay, or a cancellation."""
    kind = draw.randint(0, 9)
    if kind < 2:
        return OrderDelta(cancel="no longer needed")
    in_cash = order["payment_method"] == "cash_on_delivery"
    method = PaymentMethod.ALIPAY if kind == 9 or (in_cash and kind > 6) else None
    lines = _line_changes(order, draw) if kind < 8 else ()
    address = ELSEWHERE if kind == 8 else None
    if not (lines or method):
        address = ELSEWHERE
    return OrderDelta(lines=lines, address=address, payment_method=method)


def _line_changes(order: dict[str, Any], draw: random.Random) -> tuple[LineChange, ...]:
    lines = [line["id"] for line in order["lines"] if line["quantity"]] or [order["lines"][0]["id"]]
    some = draw.sample(lines, k=min(len(lines), draw.randint(1, 2)))
    changes: list[LineChange] = []
    for line_id in some:
        kind, variant = draw.randint(0, 3), draw.choice(list(GOODS))
        if kind == 0:
            changes.append(AddItem(variant_id=variant, quantity=draw.randint(1, 3)))
        elif kind == 1:
            changes.append(RemoveLine(line_id=line_id))
        elif kind == 2:
            changes.append(SetQuantity(line_id=line_id, quantity=draw.randint(1, 4)))
        else:
            changes.append(SwapVariant(line_id=line_id, variant_id=variant))
    return tuple(changes)


def some_return(order: dict[str, Any], draw: random.Random) -> ReturnWish:
    """Goods back for money, for something else, for repair; or a claim for goods that need not come back."""
    kind = draw.choice(list(ReturnKind))
    lines = [line for line in order["lines"] if line["quantity"]] or order["lines"][:1]
    reasons = list(FAULTS) if kind is ReturnKind.CLAIM else list(ReturnReason)
    items = tuple(
        WantedItem(
            line_id=line["id"],
            quantity=draw.randint(1, max(line["quantity"], 1)),
            reason=draw.choice(reasons),
            condition=draw.choice(list(GoodsCondition)),
            variant_id=draw.choice(list(GOODS)) if kind is ReturnKind.EXCHANGE else None,
        )
        for line in draw.sample(lines, k=min(len(lines), draw.randint(1, 2)))
    )
    return ReturnWish(
        kind=kind,
        items=items,
        in_advance=kind is ReturnKind.EXCHANGE and draw.random() < 0.4,
        claimed=draw.choice([Remedy.REFUND, Remedy.REPLACEMENT]),
    )


def new_case(
    case_id: str, wanted: OrderDelta | ReturnWish, order_id: str, policy: Policy, now: Instant, asked_by: str | None
) -> OrderChange | Return:
    """The case of a wish that has just come in."""
    arrival: dict[str, Any] = {
        "case_id": case_id,
        "source": "test",
        "reference": case_id,
        "policy": policy.version,
        "arrived_at": now,
        "channel": Channel.CHAT,
        "customer_id": CUSTOMER.id,
        "order_id": order_id,
        "wanted": wanted,
        "asked_by": asked_by,
    }
    if isinstance(wanted, OrderDelta):
        return change_facts.new_change(c.OrderChangeInput(**arrival), profile(), policy, now)
    return return_facts.new_return(r.ReturnInput(**arrival), profile(), policy, now)
