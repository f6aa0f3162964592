"""The steps of a return at the shop and the carrier, in their order, and beside each one how it is taken back.

What was received, refunded and sent back is never taken back: it is tried until it works, or settled by a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from domain.money import Money
from domain.returns.dues import owed
from domain.returns.standing import ReturnStanding
from domain.returns.wish import Remedy, ReturnKind
from domain.shop import asks
from domain.shop.asks import ShopAsk
from domain.shop.parcels import Direction, LabelRequest, ParcelItem
from domain.shop.returns import ReplacementItem, ReplacementRequest, ReturnItem
from domain.shop.values import Address
from domain.shop_case.plan import (
    COLLECT,
    REFUND,
    Planned,
    give_back,
    key_of,
    refund,
    release_stock,
    release_what_was_kept,
    reserve,
)
from domain.shop_case.state import TakenStep

ANNOUNCE, RECEIVE, REPLACE, LABEL = "request_return", "receive_return", "send_replacement", "create_label"
SEND_BACK = "send_back"
BECAUSE = "return"
"""The reason that the shop may show to anybody."""


def to_prepare(case: ReturnStanding) -> Iterator[Planned]:
    """Before the customer is shown anything: the goods are announced, and what is wanted instead is kept."""
    state = case.state
    if state.wanted.kind in (ReturnKind.REFUND, ReturnKind.EXCHANGE):
        yield _announce(case)
    instead: Counter[str] = Counter()
    for item in state.wanted.items:
        if item.variant_id:
            instead[item.variant_id] += item.quantity
    for variant_id, quantity in sorted(instead.items()):
        yield reserve(case, variant_id, quantity)


def to_announce(case: ReturnStanding) -> Iterator[Planned]:
    """Before the customer sends anything: what goes out in advance, and the label."""
    state = case.state
    if state.wanted.in_advance and not case.part_settled:
        yield from _replace(case, case.wished)
    expected = still_expected(case)
    yield Planned(
        f"{LABEL}:{state.round}",
        "Make the label for the customer's parcel",
        lambda: _label(case, Direction.INBOUND, expected, case.rules.send_to),
    )


def to_settle(case: ReturnStanding) -> Iterator[Planned]:
    """What came is booked first; then goods go out for it, and money."""
    state = case.state
    if state.arrived and state.remedy is not Remedy.REPLACEMENT and _bookable(case):
        yield _announce(case)
        announced = case.find_step(ANNOUNCE)
        key = key_of(announced) if announced else ""
        yield Planned(
            f"{RECEIVE}:{state.round}",
            "Book what came back",
            lambda: asks.ReceiveReturn(
                key=case.key(RECEIVE), order_id=state.order_id, return_key=key, items=tuple(state.arrived)
            ),
        )
    if state.remedy in (Remedy.EXCHANGE, Remedy.REPLACEMENT):
        coming = {item.line_id: item.quantity for item in state.arrived}
        fresh = {line: count for line, count in coming.items() if not state.wanted.in_advance and count}
        if fresh:
            yield from _replace(case, fresh)
    if due := owed(case):
        yield refund(case, due, BECAUSE, f"{REFUND}:{state.round}")


def to_send_back(case: ReturnStanding) -> Iterator[Planned]:
    """The customer's goods that lie with us go home."""
    if case.state.to_go_back:
        yield Planned(
            SEND_BACK,
            "Make the label for the parcel to the customer",
            lambda: _label(case, Direction.OUTBOUND, case.state.to_go_back, case.order.address),
        )


def _announce(case: ReturnStanding) -> Planned:
    items = tuple(
        ReturnItem(line_id=item.line_id, quantity=item.quantity, reason=item.reason.value.replace("_", " "))
        for item in case.state.wanted.items
    )
    order_id = case.state.order_id
    return Planned(
        ANNOUNCE,
        "Announce the goods to the shop",
        lambda: asks.RequestReturn(key=case.key(ANNOUNCE), order_id=order_id, items=items),
    )


def _bookable(case: ReturnStanding) -> bool:
    """Whether the shop can book the goods as returned: those that never reached the customer it cannot."""
    return case.find_step(ANNOUNCE) is not None or all(
        case.order.line(line_id).returnable >= quantity for line_id, quantity in case.wished.items()
    )


def still_expected(case: ReturnStanding) -> dict[str, int]:
    """Pieces by line that have not come yet."""
    if case.state.document is None:
        return case.wished
    return {line: count for line, count in case.state.document.outstanding().items() if count}


def _replace(case: ReturnStanding, pieces: Mapping[str, int]) -> Iterator[Planned]:
    state, order = case.state, case.order
    yield from release_what_was_kept(case)
    claim = state.remedy is Remedy.REPLACEMENT
    items = tuple(
        ReplacementItem(
            replaces=item.line_id,
            variant_id=item.variant_id or order.line(item.line_id).variant_id,
            quantity=pieces[item.line_id],
            unit_price=Money(minor=0, currency=order.currency)
            if claim
            else state.variants[item.variant_id or ""].price(order.currency),
        )
        for item in state.wanted.items
        if item.line_id in pieces
    )
    announced = case.find_step(ANNOUNCE)
    request = ReplacementRequest(
        why="claim" if claim else "exchange", items=items, return_key=key_of(announced) if announced else None
    )
    yield Planned(
        f"{REPLACE}:{state.round}",
        "Have the replacement sent",
        lambda: asks.SendReplacement(key=case.key(REPLACE), order_id=state.order_id, replacement=request),
    )


def _label(case: ReturnStanding, direction: Direction, pieces: Mapping[str, int], to: Address) -> ShopAsk:
    announced = case.find_step(ANNOUNCE) if direction is Direction.INBOUND else None
    request = LabelRequest(
        order_id=case.state.order_id,
        direction=direction,
        items=tuple(ParcelItem(line_id=line_id, quantity=count) for line_id, count in pieces.items()),
        to=to,
        return_key=key_of(announced) if announced else None,
    )
    return asks.CreateLabel(key=case.key(LABEL), order_id=case.state.order_id, label=request)


# What takes each step back. Steps that are not here change nothing that anybody could miss.


def _cancel_return(case: ReturnStanding, step: TakenStep) -> ShopAsk:
    return asks.CancelReturn(key=key_of(step), order_id=case.state.order_id)


def _cancel_replacement(case: ReturnStanding, step: TakenStep) -> ShopAsk:
    return asks.CancelReplacement(key=key_of(step), order_id=case.state.order_id)


def _give_back(case: ReturnStanding, step: TakenStep) -> ShopAsk:
    return give_back(step, BECAUSE)


UNDO: dict[str, Callable[[ReturnStanding, TakenStep], ShopAsk]] = {
    ANNOUNCE: _cancel_return,
    REPLACE: _cancel_replacement,
    COLLECT: _give_back,
    "reserve_stock": release_stock,
}
