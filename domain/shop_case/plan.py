"""Plans of steps at the shop: which comes next, and which is taken back next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, cast

from domain.money import Money
from domain.shop import asks
from domain.shop.asks import ShopAsk
from domain.shop_case.case import ShopCase
from domain.shop_case.state import StepState, TakenStep

COLLECT, REFUND = "collect_payment", "refund_payment"


class Planned(NamedTuple):
    """A step to take; `ask` makes what is asked of the shop, with a key of its own."""

    name: str
    about: str
    ask: Callable[[], ShopAsk]


def key_of(step: TakenStep) -> str:
    """The key under which a step was taken."""
    assert isinstance(step.ask, asks.Keyed)
    return step.ask.key


def next_of(case: ShopCase, plan: Iterator[Planned]) -> Planned | None:
    """The first step of a plan that is not taken, nor in the hands of a person."""
    settled = (StepState.DONE, StepState.BY_HAND, StepState.SETTLED)
    for planned in plan:
        step = case.find_step(planned.name)
        if step is None or step.state not in settled:
            return planned
    return None


def take(case: ShopCase, planned: Planned) -> None:
    """Take the step that a plan says."""
    case.take(planned.name, planned.ask(), planned.about)


def next_to_undo(case: ShopCase, can_be_undone: Collection[str]) -> TakenStep | None:
    """The step to take back next: the newest that was taken and can be taken back."""
    taken = (step for step in reversed(case.state.steps) if step.state is StepState.DONE)
    return next((step for step in taken if step.ask.do in can_be_undone), None)


def refund(case: ShopCase, due: Money, because: str, name: str = REFUND) -> Planned:
    """Pay back what is due; `because` is the reason that the shop may show to anybody."""

    def ask() -> ShopAsk:
        return asks.RefundPayment(key=case.key(REFUND), order_id=case.state.order_id, amount=due, reason=because)

    return Planned(name, f"Refund {due}", ask)


def reserve(case: ShopCase, variant_id: str, quantity: int) -> Planned:
    """Keep pieces for the case, so that nobody else buys them meanwhile."""

    def ask() -> ShopAsk:
        key = case.key("reserve_stock")
        return asks.ReserveStock(key=key, order_id=case.state.order_id, variant_id=variant_id, quantity=quantity)

    return Planned(f"reserve_stock:{variant_id}", f"Keep {quantity} pieces", ask)


def release_what_was_kept(case: ShopCase) -> Iterator[Planned]:
    """Free it: the shop keeps stock for the order itself, and would find our own pieces taken."""
    order_id = case.state.order_id
    for kept in [step for step in case.state.steps if isinstance(step.ask, asks.ReserveStock)]:
        yield Planned(f"release_{kept.name}", "Free what was kept", _release(order_id, key_of(kept)))


def _release(order_id: str, key: str) -> Callable[[], ShopAsk]:
    return lambda: asks.ReleaseStock(key=key, order_id=order_id)


# What takes back the steps that both types take.


def release_stock(case: ShopCase, step: TakenStep) -> ShopAsk:
    """Keep pieces no longer."""
    return asks.ReleaseStock(key=key_of(step), order_id=case.state.order_id)


def give_back(step: TakenStep, because: str) -> ShopAsk:
    """Ask for a difference no longer, or refund it if it was paid."""
    collected = cast(asks.CollectPayment, step.ask)
    if not step.paid:
        return asks.ReleaseCollection(key=collected.key, order_id=collected.order_id)
    key = f"{collected.key}:back"
    return asks.RefundPayment(key=key, order_id=collected.order_id, amount=collected.amount, reason=because)
