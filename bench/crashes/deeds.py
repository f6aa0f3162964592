"""The three deeds that a shop can tear: a refund, an order edit's confirmation, a receipt's confirmation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from bench.crashes.errands import Way
from bench.crashes.truth import Truth
from domain.money import Money
from domain.shop.asks import ConfirmChange, ReceiveReturn, RefundPayment
from domain.shop.changes import SetQuantity
from domain.shop.errors import ShopUnavailableError
from domain.shop.returns import ReceivedItem, ReturnItem
from tests.activities.shop.medusa_stage import MedusaStage
from tests.activities.shop.stage import delivered

PRICE, BOUGHT, STOCKED = 10_000, 3, 10
"""Fen; pieces of each order; pieces on the shelf, which nobody else buys."""

REFUND = Money(minor=PRICE, currency="CNY")
YUAN = Decimal(PRICE) / 100
PLACED = Truth(refunds=(), total=BOUGHT * YUAN, pieces=BOUGHT, returned=0, stocked=STOCKED, reserved=BOUGHT)
DELIVERED = PLACED.after(stocked=STOCKED - BOUGHT, reserved=0)


class Deed(StrEnum):
    """What is to be done once."""

    RECEIPT = "receive/confirm"
    EDIT = "order edit"
    REFUND = "refund"


@dataclass(frozen=True)
class Prepared:
    """An order on which one request is left to be made, and what should be so afterwards."""

    order_id: str
    ask: ConfirmChange | ReceiveReturn | RefundPayment
    path: str
    body: dict[str, Any]
    wanted: Truth


Preparation: TypeAlias = Callable[[MedusaStage, Way], Awaitable[Prepared]]


async def _receipt(stage: MedusaStage, way: Way) -> Prepared:
    """Two of three pieces have come back; they are to be on the shelf again, and no longer paid for."""
    order = await delivered(stage, (await stage.offer(PRICE), BOUGHT))
    [line], key = order.lines, stage.key("return")
    announced = await stage.orders.request_return(
        key, order.id, [ReturnItem(line_id=line.id, quantity=2, reason="does not fit")]
    )
    path = f"returns/{announced.id}"
    if way is Way.PLAIN:
        # Spared it: what is torn here is only repeated, and not the request that is looked at.
        await stage.client.post(f"{path}/receive")
        await stage.client.post(f"{path}/receive-items", items=[{"id": line.id, "quantity": 2}])
    arrived = (ReceivedItem(line_id=line.id, sound=2),)
    ask = ReceiveReturn(order_id=order.id, key=stage.key("receipt"), return_key=key, items=arrived)
    wanted = DELIVERED.after(total=YUAN, returned=2, stocked=DELIVERED.stocked + 2)
    return Prepared(order.id, ask, f"{path}/receive/confirm", {}, wanted)


async def _edit(stage: MedusaStage, way: Way) -> Prepared:
    """Two pieces more, shown to the customer and accepted."""
    order = await stage.place((await stage.offer(PRICE), BOUGHT))
    key = stage.key("change")
    await stage.orders.stage_change(key, order.id, [SetQuantity(line_id=order.lines[0].id, quantity=5)])
    wanted = PLACED.after(total=5 * YUAN, pieces=5, reserved=5)
    ask = ConfirmChange(order_id=order.id, key=key)
    return Prepared(order.id, ask, f"order-edits/{order.id}/confirm", {}, wanted)


async def _refund(stage: MedusaStage, way: Way) -> Prepared:
    """One piece fewer than was paid for; its price is owed."""
    order = await stage.place((await stage.offer(PRICE), BOUGHT))
    await stage.client.post("order-edits", order_id=order.id)
    await stage.client.post(f"order-edits/{order.id}/items/item/{order.lines[0].id}", quantity=2)
    await stage.client.post(f"order-edits/{order.id}/confirm")
    [payment] = (await stage.shop.read(order.id)).payments
    wanted = PLACED.after(refunds=(YUAN,), total=2 * YUAN, pieces=2, reserved=2)
    ask = RefundPayment(order_id=order.id, key=stage.key("refund"), amount=REFUND, reason="one piece fewer")
    return Prepared(order.id, ask, f"payments/{payment.id}/refund", {"amount": int(YUAN), "note": ask.key}, wanted)


async def prepare(deed: Deed, stage: MedusaStage, way: Way) -> Prepared:
    """An order that is ready for it; another one, where the shop was too slow or down meanwhile."""
    while True:
        try:
            return await _PREPARATIONS[deed](stage, way)
        except ShopUnavailableError:
            await asyncio.sleep(1)


_PREPARATIONS: dict[Deed, Preparation] = {Deed.RECEIPT: _receipt, Deed.EDIT: _edit, Deed.REFUND: _refund}
