"""Pure decisions about returns: what may come back, what it is worth, what the customer pays or gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from domain.money import Money
from domain.returns.policy import CategoryRule, ReturnPolicy
from domain.returns.wish import FAULTS, ReturnKind, ReturnWish, WantedItem
from domain.shop.orders import Order, OrderLine
from domain.shop.parcels import Direction, Parcel, ParcelStatus
from domain.shop.values import Variant
from domain.sla.spans import DAY, Instant, Span

MONTH = 30 * DAY
"""As warranties count."""


class Verdict(IntEnum):
    """What the rules say; of several items the strictest counts."""

    APPROVE = 0
    ASK = 1
    REFUSE = 2


class Judgement(NamedTuple):
    """A verdict with its reason, a code that messages know."""

    verdict: Verdict
    why: str


FINE = Judgement(Verdict.APPROVE, "eligible")


class Delivery(NamedTuple):
    """When an order's line was delivered, as the carrier saw it; the order's placing where no scan says."""

    at: Mapping[str, Instant]
    otherwise: Instant

    def of(self, line_id: str) -> Instant:
        """The delivery of a line's newest pieces."""
        return self.at.get(line_id, self.otherwise)


def delivery(order: Order, parcels: Iterable[Parcel]) -> Delivery:
    """When each line was delivered."""
    at: dict[str, Instant] = {}
    for parcel in parcels:
        scans = [scan.at for scan in parcel.scans if scan.status is ParcelStatus.DELIVERED]
        if parcel.direction is Direction.OUTBOUND and scans:
            for item in parcel.items:
                at[item.line_id] = max(at.get(item.line_id, 0), min(scans))
    return Delivery(at, order.placed_at)


def judge(wanted: ReturnWish, order: Order, delivered: Delivery, asked_at: Instant, policy: ReturnPolicy) -> Judgement:
    """Judge a wish by the moment at which it was uttered."""
    found = [_judge_item(item, wanted, order, delivered, asked_at, policy) for item in wanted.items]
    if wanted.in_advance and not _within(worth(wanted, order), policy.in_advance_up_to):
        found.append(Judgement(Verdict.ASK, "in_advance"))
    return max(found, key=lambda judgement: judgement.verdict)


def _judge_item(
    item: WantedItem, wanted: ReturnWish, order: Order, delivered: Delivery, asked_at: Instant, policy: ReturnPolicy
) -> Judgement:
    line = next((line for line in order.lines if line.id == item.line_id), None)
    if line is None:
        return Judgement(Verdict.REFUSE, "line_not_found")
    if line.delivered < item.quantity:
        lost = wanted.kind is ReturnKind.CLAIM and line.shipped >= item.quantity
        return Judgement(Verdict.ASK if lost else Verdict.REFUSE, "not_delivered")
    if claimable(order, line) < item.quantity:
        return Judgement(Verdict.REFUSE, "already_returned")
    return _judge_goods(item, wanted.kind, line, asked_at - delivered.of(line.id), policy)


def _judge_goods(item: WantedItem, kind: ReturnKind, line: OrderLine, age: Span, policy: ReturnPolicy) -> Judgement:
    fault = item.reason in FAULTS
    if kind is not ReturnKind.REPAIR and not fault:
        if policy.categories.get(line.category, CategoryRule()).only_faulty:
            return Judgement(Verdict.REFUSE, "category")
        if item.condition not in policy.as_new:
            return Judgement(Verdict.ASK, "condition")
    window = policy.window(kind, line.category)
    return Judgement(Verdict.ASK, "window_over") if window is not None and age >= window else FINE


def claimable(order: Order, line: OrderLine) -> int:
    """Pieces that nobody has announced to come back, and for which nothing was sent without a price, as in a claim."""
    free = sum(one.quantity for one in order.lines if one.replaces == line.id and not one.unit_price.minor)
    return max(line.returnable - free, 0)


def in_warranty(wanted: ReturnWish, order: Order, delivered: Delivery, asked_at: Instant) -> bool:
    """Whether each of the goods still has its warranty."""
    lines = [order.line(item.line_id) for item in wanted.items]
    return all(asked_at - delivered.of(line.id) < line.warranty_months * MONTH for line in lines)


def _within(amount: Money, limit: Money) -> bool:
    return amount.currency == limit.currency and amount.minor <= limit.minor


# Money.


def worth(wanted: ReturnWish, order: Order) -> Money:
    """What the goods of a wish cost; lines that there are not count nothing."""
    prices = {line.id: line.unit_price for line in order.lines}
    total = Money(minor=0, currency=order.currency)
    for item in wanted.items:
        if item.line_id in prices:
            total = total.plus(prices[item.line_id].times(item.quantity))
    return total


def price_of(order: Order, pieces: Mapping[str, int]) -> Money:
    """What so many pieces of each line cost."""
    total = Money(minor=0, currency=order.currency)
    for line_id, quantity in pieces.items():
        total = total.plus(order.line(line_id).unit_price.times(quantity))
    return total


def price_instead(
    order: Order, wanted: ReturnWish, variants: Mapping[str, Variant], pieces: Mapping[str, int]
) -> Money:
    """What is sent instead of so many pieces of each line costs."""
    total = Money(minor=0, currency=order.currency)
    for item in wanted.items:
        if item.variant_id and item.line_id in pieces:
            total = total.plus(variants[item.variant_id].price(order.currency).times(pieces[item.line_id]))
    return total


def goods(order: Order, pieces: Mapping[str, int]) -> str:
    """Pieces with their names, for people."""
    titles = {line.id: line.title for line in order.lines}
    return ", ".join(f"{quantity} × {titles.get(line_id, line_id)}" for line_id, quantity in pieces.items())
