"""What an order's money and goods are, by the shop's own books, beside what they should be."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from activities.medusa.client import MedusaClient
from activities.medusa.documents.changes import Change
from activities.medusa.documents.orders import ORDER_FIELDS, MedusaOrder
from activities.medusa.stock import read_stock
from domain.shop.errors import ShopUnavailableError


@dataclass(frozen=True)
class Truth:
    """An order of one line, and the stock of what it is of, which nobody else buys.

    Attributes:
        refunds: the amount of each, as it was paid back.
        total: what the order costs.
        pieces: of its line.
        returned: of those, what came back.
        stocked: what lies on the shelf.
        reserved: of that, what is kept for orders.
        changing: an order change is open, so that nothing else can be done.
    """

    refunds: tuple[Decimal, ...]
    total: Decimal
    pieces: int
    returned: int
    stocked: int
    reserved: int
    changing: bool = False

    def after(self, **changed: object) -> Truth:
        """The truth that should be."""
        return replace(self, **changed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with an order after an errand; nothing is if all is as it should be.

    Attributes:
        refunded: currency units too much (or, negative, too little).
        stock: pieces too many or too few, on the shelf or kept.
        total: the order's total or lines are not what they should be.
        stuck: the errand did not come to its end, or left its order locked.
    """

    refunded: Decimal = Decimal(0)
    stock: int = 0
    total: bool = False
    stuck: bool = False
    said: str = ""

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.refunded or self.stock or self.total or self.stuck)


async def look(client: MedusaClient, order_id: str) -> Truth:
    """The order as the shop's books have it now; if it is down, as soon as it is up again."""
    while True:
        try:
            return await _read(client, order_id)
        except ShopUnavailableError:
            await asyncio.sleep(1)


async def _read(client: MedusaClient, order_id: str) -> Truth:
    found = await client.get(f"orders/{order_id}", fields=f"{ORDER_FIELDS},+total")
    order = MedusaOrder.model_validate(found["order"])
    changes = (await client.get(f"orders/{order_id}/changes"))["order_changes"]
    [line] = order.items
    stock = await read_stock(client, [line.variant_id or ""])
    [level] = [level for item in stock[line.variant_id or ""].inventory_items for level in item.levels]
    return Truth(
        refunds=tuple(sorted(refund.amount for payment in order.payments for refund in payment.refunds)),
        total=Decimal(str(found["order"]["total"])),
        pieces=line.detail.quantity,
        returned=line.detail.return_received_quantity,
        stocked=level.stocked_quantity,
        reserved=level.reserved_quantity,
        changing=any(Change.model_validate(change).active for change in changes),
    )


def judged(found: Truth, wanted: Truth, *, ended: bool, said: str) -> Verdict:
    """What is wrong with what was found."""
    off = (found.stocked - wanted.stocked, found.reserved - wanted.reserved)
    verdict = Verdict(
        refunded=sum(found.refunds, Decimal(0)) - sum(wanted.refunds, Decimal(0)),
        stock=max(off, key=abs),
        total=(found.total, found.pieces, found.returned) != (wanted.total, wanted.pieces, wanted.returned),
        stuck=not ended or found.changing,
    )
    if verdict.right:
        return verdict
    pairs = ((name, asdict(found)[name], value) for name, value in asdict(wanted).items())
    differing = (f"{name} {_written(is_)}, not {_written(should)}" for name, is_, should in pairs if is_ != should)
    return replace(verdict, said="; ".join((said, *differing)))


def _written(value: object) -> str:
    return " + ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
