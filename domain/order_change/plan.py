"""The steps of an order change at the shop, in their order, and beside each one how it is taken back.

What is confirmed last cannot be taken back; all before it can. What comes after it, the refund, is never undone: it is
tried until it works, or settled by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from domain.order_change.rules import pieces_to_reserve
from domain.order_change.standing import OrderChangeStanding
from domain.order_change.state import StepState, TakenStep
from domain.shop import asks
from domain.shop.asks import ShopAsk

STAGE, COLLECT, REFUND = "stage_change", "collect_payment", "refund_payment"
BECAUSE = "order change"
"""The reason that the shop may show to anybody."""


class Planned(NamedTuple):
    """A step to take; `ask` makes what is asked of the shop, with a key of its own."""

    name: str
    about: str
    ask: Callable[[], ShopAsk]


def key_of(step: TakenStep) -> str:
    """The key under which a step was taken."""
    assert isinstance(step.ask, asks.Keyed)
    return step.ask.key


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
    if case.state.quote and case.state.quote.collect and case.state.shop_order:
        for variant_id, quantity in pieces_to_reserve(wanted, case.state.shop_order).items():
            yield Planned(
                f"reserve_stock:{variant_id}", f"Keep {quantity} pieces", _reserve(case, variant_id, quantity)
            )


def _reserve(case: OrderChangeStanding, variant_id: str, quantity: int) -> Callable[[], ShopAsk]:
    return lambda: asks.ReserveStock(
        key=case.key("reserve_stock"), order_id=case.state.order_id, variant_id=variant_id, quantity=quantity
    )


def to_commit(case: OrderChangeStanding) -> Iterator[Planned]:
    """After everybody agreed; what cannot be taken back comes last, and then the money."""
    yield from _amendments(case)
    yield from _decisive(case)
    if due := case.state.refund_due:
        yield Planned(
            REFUND,
            f"Refund {due}",
            lambda: asks.RefundPayment(key=case.key(REFUND), order_id=case.state.order_id, amount=due, reason=BECAUSE),
        )


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
    # The shop keeps stock for the order itself when it confirms, and would find our own pieces taken.
    for kept in [step for step in case.state.steps if isinstance(step.ask, asks.ReserveStock)]:
        yield Planned(f"release_{kept.name}", "Free what was kept", _release(order_id, key_of(kept)))
    if (staged := case.find_step(STAGE)) and wanted.lines:
        yield Planned(
            "confirm_change",
            "Confirm the change",
            lambda: asks.ConfirmChange(key=key_of(staged), order_id=order_id),
        )
    if reason := wanted.cancel:
        yield Planned(
            "cancel_order",
            "Cancel the order",
            lambda: asks.CancelOrder(key=case.key("cancel_order"), order_id=order_id, reason=reason),
        )


def _release(order_id: str, key: str) -> Callable[[], ShopAsk]:
    return lambda: asks.ReleaseStock(key=key, order_id=order_id)


def next_of(case: OrderChangeStanding, plan: Iterator[Planned]) -> Planned | None:
    """The first step of a plan that is not taken, nor in the hands of a person."""
    settled = (StepState.DONE, StepState.BY_HAND, StepState.SETTLED)
    for planned in plan:
        step = case.find_step(planned.name)
        if step is None or step.state not in settled:
            return planned
    return None


# What takes each step back. Steps that are not here change nothing that anybody could miss.


def _discard(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    return asks.DiscardChange(key=key_of(step), order_id=case.state.order_id)


def _release_stock(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    return asks.ReleaseStock(key=key_of(step), order_id=case.state.order_id)


def _give_back(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    collected = cast(asks.CollectPayment, step.ask)
    if not step.paid:
        return asks.ReleaseCollection(key=collected.key, order_id=collected.order_id)
    key = f"{collected.key}:back"
    return asks.RefundPayment(key=key, order_id=collected.order_id, amount=collected.amount, reason=BECAUSE)


def _former_address(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    assert case.state.shop_order
    address = case.state.shop_order.address
    return asks.ChangeAddress(key=case.key("restore_address"), order_id=case.state.order_id, address=address)


def _former_method(case: OrderChangeStanding, step: TakenStep) -> ShopAsk:
    assert case.state.shop_order
    method = case.state.shop_order.payment_method
    return asks.ChangePaymentMethod(key=case.key("restore_method"), order_id=case.state.order_id, method=method)


UNDO: dict[str, Callable[[OrderChangeStanding, TakenStep], ShopAsk]] = {
    STAGE: _discard,
    "reserve_stock": _release_stock,
    COLLECT: _give_back,
    "change_address": _former_address,
    "change_payment_method": _former_method,
}


def next_to_undo(case: OrderChangeStanding) -> TakenStep | None:
    """The step to take back next: the newest that was taken and can be taken back."""
    return next(
        (step for step in reversed(case.state.steps) if step.state is StepState.DONE and step.ask.do in UNDO), None
    )
