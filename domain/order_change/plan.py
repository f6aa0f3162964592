"""The steps of an order change at the shop, in their order, and beside each one how it is taken back.

What is confirmed last cannot be taken back; all before it can. What comes after it, the refund, is never undone: it is
tried until it works, or settled by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.order_change.rules import pieces_to_reserve
from domain.order_change.standing import OrderChangeStanding
from domain.shop import asks
from domain.shop.asks import ShopAsk
from domain.shop.orders import Fulfilment
from domain.shop_case.plan import (
    COLLECT,
    Planned,
    give_back,
    key_of,
    refund,
    release_stock,
    release_what_was_kept,
    reserve,
)
from domain.shop_case.state import TakenStep

STAGE = "stage_change"
BECAUSE = "order change"
"""The reason that the shop may show to anybody."""


def to_prepare(case: OrderChangeStanding) -> Iterator[Planned]:
    """Before the customer is shown anything: the change is staged, and what it takes is kept for it."""
    order_id, wanted = case.state.order_id, case.state.wanted
    if not wanted.lines:
        return
    yield Planned(
        STAGE,
        "Stage the change",
        lambda: asks.StageChange(key=case.key(STAGE), order_id=order_id, changes=wanted.lines),
    )
    if case.state.quote and case.state.quote.collect:
        for variant_id, quantity in pieces_to_reserve(wanted, case.order).items():
            yield reserve(case, variant_id, quantity)


def to_commit(case: OrderChangeStanding) -> Iterator[Planned]:
    """After everybody agreed; what cannot be taken back comes last, and then the money."""
    yield from _amendments(case)
    yield from _decisive(case)
    if due := case.state.refund_due:
        yield refund(case, due, BECAUSE)


def _amendments(case: OrderChangeStanding) -> Iterator[Planned]:
    order_id, wanted = case.state.order_id, case.state.wanted
    if address := wanted.address:
        yield Planned(
            "change_address",
            "Change the address",
            lambda: asks.ChangeAddress(key=case.key("change_address"), order_id=order_id, address=address),
        )
    if method := wanted.payment_method:
        yield Planned(
            "change_payment_method",
            "Change the way to pay",
            lambda: asks.ChangePaymentMethod(key=case.key("change_payment_method"), order_id=order_id, method=method),
        )


def _decisive(case: OrderChangeStanding) -> Iterator[Planned]:
    order_id, wanted = case.state.order_id, case.state.wanted
    yield from release_what_was_kept(case)
    if (staged := case.find_step(STAGE)) and wanted.lines:
        yield Planned(
            "confirm_change",
            "Confirm the change",
            lambda: asks.ConfirmChange(key=key_of(staged), order_id=order_id),
        )
    # What the carrier lost counts as shipped: only pieces that never left can still be canceled.
    whole = case.order.fulfilment is Fulfilment.SHIPPED
    if (reason := wanted.cancel) and not (case.state.written_off and whole):
        yield Planned(
            "cancel_order",
            "Cancel the order",
            lambda: asks.CancelOrder(key=case.key("cancel_order"), order_id=order_id, reason=reason),
        )


# What takes each step back. Steps that are not here change nothing that anybody could miss.


def _discard(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    return asks.DiscardChange(key=key_of(step), order_id=case.state.order_id)


def _give_back(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    return give_back(step, BECAUSE)


def _former_address(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    key = case.key("restore_address")
    return asks.ChangeAddress(key=key, order_id=case.state.order_id, address=case.order.address)


def _former_method(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    method = case.order.payment_method
    return asks.ChangePaymentMethod(key=case.key("restore_method"), order_id=case.state.order_id, method=method)


UNDO: dict[str, Callable[[OrderChangeStanding, TakenStep], ShopAsk]] = {
    STAGE: _discard,
    "reserve_stock": release_stock,
    COLLECT: _give_back,
    "change_address": _former_address,
    "change_payment_method": _former_method,
}
